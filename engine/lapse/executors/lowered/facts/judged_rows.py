"""The rows of an export as they are judged: settled facts, the day judged, what is in force."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlglot import exp

from lapse.decide.known import Judging
from lapse.executors.lowered.facts.debts import Debts
from lapse.executors.lowered.facts.layout import SCOPES, Layout
from lapse.executors.lowered.facts.moments import Moments, completed
from lapse.executors.lowered.facts.settling import Facts
from lapse.executors.lowered.facts.sighted import seen_facts, sighted
from lapse.executors.lowered.kept_statements import Statements
from lapse.executors.lowered.words.columns import REGION
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.scopes import Lexicon
from lapse.executors.lowered.words.term_tables import Terms
from lapse.inputs.relation import ROW, Relation
from lapse.sql.expressions import column, query
from lapse.sql.named_tables import Tables


class AnyRows(Protocol):
    """Rows as they are judged: those of an export tonight, or of lives on days to come."""

    @property
    def lexicon(self) -> Lexicon: ...
    @property
    def names(self) -> Names: ...
    @property
    def statements(self) -> Statements: ...
    def query(self, read: Collection[str] | None = None) -> exp.Select: ...
    def keyed_among(self, numbers: exp.Query) -> exp.Select: ...
    def with_terms(self, keyed: exp.Expr, read: Collection[str] | None = None) -> exp.Select: ...


@dataclass(frozen=True, slots=True)
class JudgedRows:
    """A relation's rows as one query, over small tables that `load` makes first."""

    lexicon: Lexicon
    relation: Relation
    judging: Judging
    statements: Statements = field(default_factory=Statements)

    @property
    def names(self) -> Names:
        """The values of names in a row."""
        facts = self._facts
        return Names(facts.words, Terms(self.lexicon), facts.absent() | {REGION})

    def load(self, tables: Tables) -> None:
        """Makes the small tables."""
        layout = self._layout
        for table in (*layout.tables(), self._moments.table()):
            tables.load(table)
        text = self.statements.text
        tables.make(SCOPES, text("scopes", lambda: layout.scopes(self._facts.settled())))
        occurring = text("occurring", lambda: layout.occurring(self._placed()))
        places = tables.found(occurring)
        for table in Terms(self.lexicon).tables(layout.places, places):
            tables.load(table)
        if self.relation.has_invoices:
            for name, rows in self.statements.texts("debts", self._debts).items():
                tables.make(name, rows)

    def _debts(self) -> Mapping[str, exp.Expr]:
        dated = self._moments.dated(self._placed())
        return dict(Debts(Terms(self.lexicon), self._layout).tables(dated))

    def among(self, numbers: exp.Query) -> "JudgedRows":
        """Only the rows with some numbers, given by a query."""
        few = query(
            "SELECT * FROM $kept AS facts WHERE $row IN ($numbers)",
            kept=self.relation.query,
            row=column(ROW),
            numbers=numbers,
        )
        return replace(self, relation=replace(self.relation, query=few))

    def query(self, read: Collection[str] | None = None) -> exp.Select:
        """Rows with all that conditions read, or with what they read of these names."""
        return self.with_terms(self.keyed(), read)

    def keyed(self) -> exp.Select:
        """Rows with their facts, and with what decides what is in force for them."""
        runs_every = self.lexicon.book.catalogue.runs_every
        seen, facts = sighted(self._moments.dated(self._placed()), runs_every), self._facts
        return self._layout.keyed(completed(seen, facts, seen_facts(facts)))

    def keyed_among(self, numbers: exp.Query) -> exp.Select:
        """Such rows, only those with some numbers."""
        return self.among(numbers).keyed()

    def with_terms(self, keyed: exp.Expr, read: Collection[str] | None = None) -> exp.Select:
        """Such rows, of a table or query, with what is in force for them."""
        return Terms(self.lexicon).joined(keyed, read)

    def _placed(self) -> exp.Select:
        return self._layout.placed(self._facts.settled())

    @property
    def _facts(self) -> Facts:
        return Facts(self.relation, self.lexicon.book.words, self.judging.assumed)

    @property
    def _layout(self) -> Layout:
        return Layout(self.lexicon, self.names)

    @property
    def _moments(self) -> Moments:
        return Moments(self.lexicon, self.judging.as_of)
