"""Counts of what a run decides: what no relation has, and the whole as a `Summary`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from lapse.model.decision import APPROVAL, NotCovered
from lapse.model.facts import Vocabulary
from lapse.model.invoices import FACTS_OWED
from lapse.model.profile import Gives
from lapse.model.record import Joining
from lapse.runs.resting import Rest
from lapse.runs.results.customers import in_several_currencies, largest_debts, money
from lapse.runs.results.first_orders import order_counts
from lapse.runs.summary import (
    ActionCount,
    HeldCount,
    MissingFact,
    NotCoveredCount,
    RestingCount,
    Summary,
    assumption,
)
from lapse.sql.sandbox import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Lacking(NamedTuple):
    """Rows in which the same is missing: for undetermined rules, by name, and for held orders.

    With a ledger debts are missing for these subscriptions only: `--assume` would not help.
    """

    undetermined: Mapping[str, frozenset[str]]
    held: tuple[frozenset[str], ...]
    has_ledger: bool
    rows: int = 1


@dataclass(slots=True)
class LackCount:
    rules: Counter[str] = field(default_factory=Counter)
    subscriptions: int = 0
    held: int = 0


@dataclass(slots=True)
class Tally:
    """What is counted while rows are decided; `columnless` are the facts without any column.

    `currencies` are those of the amounts of rows that are in no relation, as nobody owes anything.
    """

    columnless: frozenset[str]
    decided: int = 0
    undetermined: int = 0
    currencies: set[str] = field(default_factory=set)
    resting: Counter[Rest] = field(default_factory=Counter)
    _not_covered: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lacks: dict[str, LackCount] = field(default_factory=dict)

    def leave_out(self, reason: NotCovered, rows: int = 1) -> None:
        self._not_covered[reason.layer, reason.because] += rows

    def lack(self, found: Lacking) -> None:
        """Counts what is missing in some rows."""
        lacking, lacked = self._lacking(found), set()
        self.undetermined += found.rows * len(found.undetermined)
        for rule, missing in found.undetermined.items():
            for fact in missing & lacking:
                lacked.add(fact)
                self._lacks.setdefault(fact, LackCount()).rules[rule] += found.rows
        for missing in found.held:
            for fact in missing & lacking:
                lacked.add(fact)
                self._lacks.setdefault(fact, LackCount()).held += found.rows
        for fact in lacked:
            self._lacks[fact].subscriptions += found.rows

    def listed(self, found: Lacking) -> Iterator[tuple[str, frozenset[str]]]:
        """The undetermined rules that miss other facts than those without a column, by name."""
        lacking = self._lacking(found)
        for rule, missing in sorted(found.undetermined.items()):
            if not missing <= lacking:
                yield rule, missing

    def _lacking(self, found: Lacking) -> frozenset[str]:
        return self.columnless - frozenset(FACTS_OWED if found.has_ledger else ())

    def not_covered(self) -> tuple[NotCoveredCount, ...]:
        return tuple(NotCoveredCount(*key, n) for key, n in sorted(self._not_covered.items()))

    def missing_facts(self, words: Vocabulary) -> Iterator[MissingFact]:
        for fact, lack in sorted(self._lacks.items()):
            rules = dict(sorted(lack.rules.items()))
            option = assumption(words.facts[fact])
            yield MissingFact(fact, rules, lack.subscriptions, lack.held, option)


def summary(
    tally: Tally,
    connection: "DuckDBPyConnection",
    words: Vocabulary,
    read: int,
    joining: Joining,
) -> Summary:
    """The counts of a run, from its tally and the relations of a connection."""
    given: Counter[tuple[str, bool]] = Counter()
    provider: Counter[str] = Counter()
    held: Counter[tuple[str, str]] = Counter()
    for output, action, held_by, is_again, rows in order_counts(connection):
        match output:
            case "actions":
                given[action, is_again] += rows
            case "provider":
                provider[action] += rows
            case _:
                held[action, held_by] += rows
    rejected, by_code, elsewhere = _rejected(connection)
    return Summary(
        read=read,
        decided=tally.decided,
        rejected=rejected,
        not_covered=sum(each.count for each in tally.not_covered()),
        actions=given.total(),
        provider=provider.total(),
        held=held.total(),
        undetermined=tally.undetermined,
        by_action=tuple(
            ActionCount(name, given[name, False], given[name, True])
            for name in sorted({name for name, _ in given})
        ),
        provider_by_action=dict(sorted(provider.items())),
        held_by=tuple(HeldCount(*key, n) for key, n in sorted(held.items())),
        rejected_by_code=by_code,
        not_covered_by=tally.not_covered(),
        missing_facts=tuple(tally.missing_facts(words)),
        money=money(connection, tally.currencies),
        largest_debts=largest_debts(connection),
        in_several_currencies=in_several_currencies(connection),
        rejected_elsewhere=elsewhere,
        joining=joining,
        to_approve=sum(n for (_, held_by), n in held.items() if held_by == APPROVAL),
        resting=tuple(
            RestingCount(rest.fact, rest.value, rest.action, n)
            for rest, n in sorted(tally.resting.items())
        ),
    )


def _rejected(connection: "DuckDBPyConnection") -> tuple[int, dict[str, int], dict[str, int]]:
    """The rows about subscriptions that are rejected, their cells by code, others by input."""
    ((rows,),) = connection.execute(_REJECTED_ROWS).fetchall()
    by_code, elsewhere = (
        dict(connection.execute(statement).fetchall()) for statement in (_BY_CODE, _ELSEWHERE)
    )
    return int(rows), by_code, elsewhere


# A row may be rejected for several of its cells; all that is not about a subscription counts apart.
_OF_SUBSCRIPTIONS = f"FROM decided_rejected WHERE gives = {literal(Gives.SUBSCRIPTIONS)}"
_REJECTED_ROWS = f'SELECT count(*) FROM (SELECT DISTINCT input, "row" {_OF_SUBSCRIPTIONS})'
_BY_CODE = f"SELECT code, count(*) {_OF_SUBSCRIPTIONS} GROUP BY ALL ORDER BY ALL"
_ELSEWHERE = f"""
SELECT input, count(*) FROM decided_rejected WHERE gives <> {literal(Gives.SUBSCRIPTIONS)}
GROUP BY ALL ORDER BY ALL
"""
