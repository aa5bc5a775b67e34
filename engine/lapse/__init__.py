"""Lapse: a rule-driven policy engine for companies that resell subscriptions.

Facts about subscriptions, what was done before and a day go in; a decision about each comes out.
Read in this order. A room imports only rooms above it, and none that stands beside it (`|`), as
import-linter holds (`pyproject.toml`):

    model        the nouns: facts, days, money, conditions, rules, decisions; no I/O
    lock         the lock of a file, which ends with its process
    scratch      temporary folders that outlive nobody
    policy       YAML to a checked rulebook (text, reading, check), and what is in force
    | sql        SQL as trees, and the one DuckDB that may touch only what it is given
    decide       the specification: when a condition holds, what follows, why; read `reference`
    | inputs     files to facts: formats, profiles as SQL, several exports joined
    | runs       the folders: history, receipts, outputs, publishing by one rename
    executors    other ways to the same decisions: directly, by durable_rules, by jumps
    analysis     what people ask: explain, cases, coverage, forecasts, what-if
    | nightly    the run: policies, inputs and history in, one folder out
    report       results as text, tables, Markdown and JSON
    cli          the commands; only here is anything printed, or a clock read

A condition is evaluated in `decide.truth`, two values are compared in `model.comparing`; a market's
value is chosen in `policy.in_force`, for the day that `decide.situation` picks. A vendor's date
becomes ISO text in `inputs.day_forms` and a date in `inputs.typed`. A policy's mistake is worded by
the module of `policy.reading` or `policy.check` that finds it (slips of YAML: `policy.text.slips`).
A row's cells are made in `runs.rows`, turned into text in `runs.cells`, written by `runs.outputs`.
"""

__version__ = "0.1.0"
