"""Lapse: a rule-driven policy engine for companies that resell subscriptions.

From facts about subscriptions, earlier actions and a day, it makes a decision on each subscription.
Read in this order. Each package or module imports only those above it, and none beside it (`|`);
import-linter checks this (`pyproject.toml`):

    model        the nouns: facts, days, money, conditions, rules, decisions; no I/O
    lock         the lock on a file, released when its process ends
    scratch      private temporary folders, removed when their process ends
    policy       YAML to a checked rulebook (text, reading, check), and what is in force
    | sql        SQL as syntax trees, and DuckDB confined to the files it is given
    decide       the specification: when a condition holds, what follows, why; start at `reference`
    | inputs     files to facts: formats, profiles as SQL, several exports joined
    | proofs     one decision as formulas, and promises proved or refuted by a solver
    | runs       the folders: history, receipts, outputs, publishing by one rename
    executors    other ways to the same decisions: in batches by SQL, directly, with durable_rules
    analysis     what people ask: explain, cases, coverage, forecasts, what-if
    | nightly    the run: policies, inputs and history in, one folder out
    report       results as text, tables, Markdown and JSON
    cli          the commands; only this package prints, or reads the clock
    | frames     a DataFrame of facts in, one of decisions out

Conditions are evaluated in `decide.truth`, and values compared in `model.comparing`. A market's
value is chosen in `policy.in_force`, for the day that `decide.situation` picks. A vendor's date
becomes ISO text in `inputs.day_forms` and a date in `inputs.typed`. The message about a mistake in
a policy is in the module of `policy.reading` or `policy.check` that finds it, for invalid YAML in
`policy.text.slips`. Of a batch `executors.lowered.rules` says in SQL which rules are true, over
rows that `facts` beside it settles and joins with what is in force, and `orders` there what becomes
of these. Whoever decides, the results are relations, of which `runs.results` makes files and sums;
`runs.rows` has the cells of what is decided one by one.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lapse.frames import decisions as decisions
    from lapse.model.place import LapseError as LapseError

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """What is offered is imported when it is asked for: commands start in a moment without it."""
    if name == "decisions":
        from lapse.frames import decisions  # noqa: PLC0415

        return decisions
    if name == "LapseError":
        from lapse.model.place import LapseError  # noqa: PLC0415

        return LapseError
    raise AttributeError(f"module `lapse` has no attribute `{name}`")
