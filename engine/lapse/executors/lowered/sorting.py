"""The statement that sorts the rows of an export by what becomes of them.

It makes the table `sorted_rows`: for each row its id, its `kind`, what the sums of its customer are
made of, and
* `signature`: equal in rows in which the same rules are undetermined, for want of the same;
* `not_false`: where a rule is true, the rules that are true or unknown, as bits by their number.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from lapse.decide.known import Judging
from lapse.executors.lowered.columns import (
    BALANCES,
    CURRENCY,
    DAY,
    FIRST_SEEN,
    LEFT,
    LEFT_OUT,
    READ,
    REGION,
    UNBROKEN_SEEN,
)
from lapse.executors.lowered.conditions import Amount
from lapse.executors.lowered.debts import Debts
from lapse.executors.lowered.layout import Layout
from lapse.executors.lowered.moments import Moments, completed
from lapse.executors.lowered.names import Names
from lapse.executors.lowered.scopes import Lexicon
from lapse.executors.lowered.settling import Facts
from lapse.executors.lowered.sighted import sighted
from lapse.executors.lowered.term_tables import Terms
from lapse.executors.lowered.texts import shown
from lapse.executors.lowered.truths import Truths
from lapse.inputs.reading import Export
from lapse.inputs.relation import Relation
from lapse.model.facts import STATUS, ValueType
from lapse.model.tables import currency_of
from lapse.runs.rows import AMOUNTS
from lapse.sql.expressions import (
    aliased,
    any_of,
    cases,
    column,
    is_null,
    is_there,
    query,
    render,
    sql,
)

ID, CUSTOMER = "subscription_id", ("customer_id", "customer_name", "market")
ON = "judged on"


class Kind(StrEnum):
    """What becomes of a row."""

    OUT = "out"
    """A layer leaves it out."""
    NOTHING = "nothing"
    """Every rule is false."""
    UNSURE = "unsure"
    """No rule is true, and some are undetermined."""
    LEFT = "left"
    """Some rule is true, or SQL does not know all that it takes."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """How the rows of a relation are sorted."""

    lexicon: Lexicon
    relation: Relation
    judging: Judging

    def run(self, export: Export) -> None:
        """Makes `sorted_rows` beside an export, and the small tables that it takes."""
        connection = export.connection
        terms = Terms(self.lexicon)
        names = Names(self._facts.words, terms, self._facts.absent() | {REGION})
        layout, moments = Layout(self.lexicon, names), Moments(self.lexicon, self.judging.as_of)
        for table in (*layout.tables(), moments.table()):
            table.load(connection)
        placed = layout.placed(self._facts.settled())
        occurring = connection.execute(render(layout.occurring(placed.copy()))).fetchall()
        for table in terms.tables(layout.places, occurring):
            table.load(connection)
        dated = moments.dated(placed)
        debts = Debts(terms, layout).tables(dated.copy()) if self.relation.has_invoices else ()
        for name, rows in debts:
            connection.execute(f"CREATE OR REPLACE TABLE {name} AS {render(rows)}")
        seen = sighted(dated, self.lexicon.book.catalogue.runs_every)
        keyed = layout.keyed(completed(seen, self._facts))
        statement = _sorted(terms.joined(keyed), Truths(self.lexicon, names), names)
        connection.execute(f"CREATE OR REPLACE TABLE sorted_rows AS {render(statement)}")

    @property
    def _facts(self) -> Facts:
        return Facts(self.relation, self.lexicon.book.words, self.judging.assumed)


def _sorted(rows: exp.Select, truths: Truths, names: Names) -> exp.Select:
    of_rules = truths.of_rules()
    state, signature = truths.state(of_rules), truths.signature()
    # `decide.known` settles a row before anything else is asked of it.
    is_left = any_of([column(LEFT), is_null(column(DAY))])
    is_out = is_there(column(LEFT_OUT))
    is_set_aside = any_of([is_left, is_out])
    kinds = [(is_left, Kind.LEFT), (is_out, Kind.OUT), (state, Kind.LEFT)]
    kinds.append((is_null(state), Kind.UNSURE))
    kind = cases([(is_it, each.value) for is_it, each in kinds], _text(Kind.NOTHING))
    whole = sql("concat_ws(' ', $signature)", signature=signature)
    bits = sql("[$bits]", bits=truths.not_false(of_rules))
    selects = [
        column(ID),
        aliased(kind, "kind"),
        aliased(column(READ), "is_read"),
        column(LEFT_OUT),
        *(aliased(_told(column(name)), name) for name in (*CUSTOMER, CURRENCY)),
        *_amounts(names),
        aliased(sql("DATE '1970-01-01' + CAST($day AS INT)", day=column(DAY)), ON),
        *map(column, BALANCES),
        *_sightings(),
        aliased(cases([(is_set_aside, None), (is_null(state), whole)]), "signature"),
        aliased(cases([(is_set_aside, None), (state, bits)]), "not_false"),
    ]
    table = truths.steps.over(rows.subquery("joined", copy=False))
    return query("SELECT $selects FROM $table", selects=selects, table=table)


def _amounts(names: Names) -> list[exp.Expr]:
    """The amounts that are summed by customer, each with its currency."""
    found = (names.fact("debt"), names.monthly("unit_price"), names.commitment_left())
    columns = []
    for name, amount in zip(AMOUNTS, found, strict=True):
        assert isinstance(amount, Amount)
        columns += [aliased(amount.value, name)]
        columns += [aliased(_told(amount.currency), currency_of(name))]
    return columns


def _sightings() -> list[exp.Expr]:
    """The cells of a row of `seen`, null where nothing is seen."""
    days = {"first_day": FIRST_SEEN, "unbroken_since": UNBROKEN_SEEN, "last_seen": DAY}
    told = {name: shown(column(day), ValueType.DATE) for name, day in days.items()}
    is_seen = is_there(column(FIRST_SEEN))
    cells = {STATUS: column(STATUS), **told}
    return [aliased(cases([(is_seen, cell)]), name) for name, cell in cells.items()]


def _told(text: exp.Expr) -> exp.Expr:
    return sql("coalesce($text, '')", text=text)


def _text(kind: Kind) -> exp.Expr:
    return exp.Literal.string(kind.value)
