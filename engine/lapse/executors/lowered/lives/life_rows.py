"""The rows of lives as they are judged: a row for each life and day, with what is in force then."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from lapse.executors.lowered.facts.debts import Debts
from lapse.executors.lowered.facts.layout import SCOPES, Layout
from lapse.executors.lowered.facts.moments import completed
from lapse.executors.lowered.facts.settling import Facts
from lapse.executors.lowered.kept_statements import Statements
from lapse.executors.lowered.orders.other_days import A_DAY
from lapse.executors.lowered.words.columns import DAY, INSTANT, PROVIDER_DAY
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.scopes import Lexicon
from lapse.executors.lowered.words.term_tables import Terms
from lapse.inputs.relation import ROW
from lapse.sql.expressions import aliased, column, query, sql
from lapse.sql.named_tables import Tables

LIFE, FIRST_DAY, FIRST_INSTANT, AHEAD = "#life", "first day", "first instant", "provider ahead"
"""The number of a life's row in its export, the moment judged there, and how far ahead of its day
the provider's is."""
BEGINS = "#begins"
"""The day on which a segment of a life begins."""


@dataclass(slots=True)
class LifeRows:
    """The rows of the table `days` (`ROW`, `LIFE`, `DAY`), with the facts in the table `lives`.

    `lexicon`, `names` and `statements` are as in `JudgedRows`.
    """

    facts: Facts
    names: Names
    lives: str
    days: str
    statements: Statements = field(default_factory=Statements)
    _known: set[tuple[int, ...]] = field(default_factory=set)
    """The combinations of places for which the tables of what is in force have rows."""

    @property
    def lexicon(self) -> Lexicon:
        return self.names.terms.lexicon

    @property
    def layout(self) -> Layout:
        return Layout(self.lexicon, self.names)

    def load(self, tables: Tables) -> Sequence[tuple[int, ...]]:
        """Makes the small tables with what is in force, as far as they are not there yet.

        Returns the combinations of places in which some life is.
        """
        layout, text = self.layout, self.statements.text
        places = query(
            "SELECT DISTINCT $places FROM $lives",
            places=[column(name) for name in layout.key_columns],
            lives=self.lives,
        )
        occurring = tables.found(text("places", lambda: places))
        if not self._known.issuperset(occurring):
            self._known |= {*occurring}
            for table in Terms(self.lexicon).tables(layout.places, sorted(self._known)):
                tables.load(table)
        return occurring

    def load_debts(self, tables: Tables) -> None:
        """Makes the tables of what is owed on the days that are there."""
        if self.facts.relation.has_invoices:
            for name, rows in self.statements.texts("debts", self._debts).items():
                tables.make(name, rows)

    def _debts(self) -> Mapping[str, exp.Expr]:
        return dict(Debts(Terms(self.lexicon), self.layout).tables(self._dated()))

    def query(self, read: Collection[str] | None = None) -> exp.Select:
        return self.with_terms(self.keyed(), read)

    def keyed(self, numbers: exp.Query | None = None) -> exp.Select:
        """As `JudgedRows.keyed`, of the rows with some numbers, or of all."""
        return self.layout.keyed(completed(self._dated(numbers), self.facts, {}))

    def keyed_among(self, numbers: exp.Query) -> exp.Select:
        return self.keyed(numbers)

    def with_terms(self, keyed: exp.Expr, read: Collection[str] | None = None) -> exp.Select:
        return Terms(self.lexicon).joined(keyed, read)

    def placed_again(self, tables: Tables, rows: str) -> exp.Select:
        """Rows of a table whose keys may have changed, with the places of their keys."""
        layout = self.layout
        bare = query(
            "SELECT $columns FROM $rows",
            columns=[
                column(name)
                for name, _ in tables.columns(rows)
                if name not in layout.placed_columns
            ],
            rows=rows,
        )
        tables.make(SCOPES, tables.render(layout.scopes(bare.copy())))
        return layout.placed(bare)

    def _dated(self, numbers: exp.Query | None = None) -> exp.Select:
        day = column(DAY, "days")
        gone = sql("($day - $first) * $whole", day=day, first=column(FIRST_DAY), whole=A_DAY)
        dated = query(
            "SELECT lives.*, $moment FROM $days AS days JOIN $lives AS lives ON $meets",
            moment=[
                column(ROW, "days"),
                day,
                aliased(sql("$day + $ahead", day=day, ahead=column(AHEAD)), PROVIDER_DAY),
                aliased(sql("$at + $gone", at=column(FIRST_INSTANT), gone=gone), INSTANT),
            ],
            days=self.days,
            lives=self.lives,
            meets=sql("$one = $other", one=column(LIFE, "days"), other=column(LIFE, "lives")),
        )
        if numbers is not None:
            dated = dated.where(
                sql("$row IN ($numbers)", row=column(ROW, "days"), numbers=numbers), copy=False
            )
        return dated
