"""What SQL says of every rule, and which rows of a batch lack the same.

A unit is true, false or unknown in a row, as in the specification's step 2. Which rules are
undetermined, and for want of what, follows from what is unknown in a row, its `signature`, and from
nothing else.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from lapse.executors.lowered.words.columns import BITS, lacks_column, rule_column
from lapse.executors.lowered.words.conditions import Cell, Row
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.scopes import Lexicon
from lapse.executors.lowered.words.units import Unit, Units
from lapse.model.condition import (
    Condition,
    Leaf,
    Name,
    NameKind,
    Not,
    Operator,
    is_staged,
    name_read,
    names,
)
from lapse.model.facts import ValueType
from lapse.model.rule import Rule
from lapse.model.subscription import parts_of
from lapse.model.tables import currency_of
from lapse.sql.expressions import all_of, any_of, cases, column, is_null, sql
from lapse.sql.steps import Steps


@dataclass(slots=True)
class Truths:
    """The truth of every unit, forbid and `only_if`, as columns over rows with what is in force."""

    lexicon: Lexicon
    cells: Names
    rules: Collection[int]
    """The numbers of the rules that may be true or unknown; all others are false in every row."""
    steps: Steps = field(default_factory=Steps)
    _leaves: dict[str, exp.Expr] = field(default_factory=dict)
    """The column of each leaf: many rules share theirs."""
    _unknown: dict[str, exp.Expr] = field(default_factory=dict)
    """For each unit, forbid, lock and part of a condition, whether it is unknown; each once."""
    _of_units: int = 0
    """How many of them are of units, and not of forbids or `only_if`."""

    def of_units(self) -> list[exp.Expr]:
        """For each unit, by its number: TRUE, FALSE, or NULL where that is not known."""
        units = Units(self.lexicon, self.cells)
        is_open = {number: self.steps.named(units.is_open(number)) for number in self.rules}

        def truth(it: Unit) -> exp.Expr:
            said = self._says(it.rule.when, it.stage)
            return self._named(units.says(it, said, is_open[it.of]))

        said = [truth(it) if it.of in self.rules else exp.false() for it in units.every()]
        self._of_units = len(self._unknown)
        return said

    def of_forbids(self) -> list[exp.Expr]:
        """For each forbid: TRUE, FALSE, or NULL where that is not known, and it forbids, too."""
        first = len(self.lexicon.rules)
        numbered = enumerate(self.lexicon.forbids, start=first)
        return [self._named(self._forbids(number, rule)) for number, rule in numbered]

    def _forbids(self, number: int, rule: Rule) -> exp.Expr:
        exists = column(rule_column(number))
        said = all_of([exists, self._says(rule.when)])
        return cases([(is_null(exists), None)], said)

    def of_locks(self) -> list[exp.Expr]:
        """For each `only_if`, by its action's place among those with one."""
        return [self._named(self._says(lock)) for lock in self.lexicon.locks.values()]

    def _says(self, condition: Condition, stage: exp.Expr | None = None) -> exp.Expr:
        """What a whole condition says; parts of it get columns of their own."""
        own = "" if stage is None else stage.sql()

        def kept(part: Condition, say: Callable[[Condition], exp.Expr]) -> exp.Expr:
            if isinstance(part, Leaf):
                return self._leaf(part, own, say)
            return (
                say(part) if part is condition or isinstance(part, Not) else self._named(say(part))
            )

        return Row(self.cells, self.cells.currency, stage, kept).says(condition)

    def _leaf(self, leaf: Leaf, stage: str, say: Callable[[Condition], exp.Expr]) -> exp.Expr:
        key = repr((leaf.subject, leaf.operator, leaf.operand))
        key += stage if is_staged(leaf) else ""
        if key not in self._leaves:
            self._leaves[key] = self.steps.named(say(leaf))
        said = self._leaves[key]
        if leaf.subject.type is ValueType.MONEY:
            self._unknown[key] = is_null(said)
        elif leaf.operator is not Operator.KNOWN:
            sides = (leaf.subject, name_read(leaf.operand))
            cells = [self.cells(name) for name in sides if name is not None]
            self._unknown.setdefault(repr(sides), _is_any_unknown(cells))
            # `cancellation_open` may be unknown though its facts are known: which side lacks.
            words = self.cells.words
            for name, cell in zip(filter(None, sides), cells, strict=True):
                read = name.kind is NameKind.TERM or name.name in {*words.facts, *words.counters}
                if not read:
                    self._unknown.setdefault(repr(name), is_null(cell.value))
        return said

    def _named(self, said: exp.Expr) -> exp.Expr:
        """A column for what is said of a rule, or of a part of its condition."""
        named = self.steps.named(said)
        if isinstance(named, exp.Column):
            self._unknown[named.name] = is_null(named)
        return named

    def signature(self) -> list[exp.Expr]:
        """What decides which rules are undetermined, and which names they lack, in a row."""
        rules = [self.lexicon.rules[number] for number in self.rules]
        stages = (name for rule in rules if rule.stages for name in rule.stages.names())
        read = [*stages, *(name for rule in rules for name in names(rule.when))]
        return self._signature([*self._unknown.values()][: self._of_units], read)

    def more_signature(self) -> list[exp.Expr]:
        """What decides besides which names forbids and `only_if` lack."""
        conditions = [rule.when for rule in self.lexicon.forbids]
        conditions += self.lexicon.locks.values()
        read = [name for condition in conditions for name in names(condition)]
        return self._signature([*self._unknown.values()][self._of_units :], read)

    def _signature(self, flags: Sequence[exp.Expr], read: Sequence[Name]) -> list[exp.Expr]:
        """What is unknown: these flags, facts and terms; counters read facts, too."""
        words = self.cells.words
        terms = {name.name for name in read if name.kind is NameKind.TERM}
        lacks = [
            lacks_column(number)
            for number, shape in enumerate(self.lexicon.shapes)
            if shape.rules or not terms.isdisjoint(shape.terms)
        ]
        others = (name.name for name in read if name.kind is not NameKind.TERM)
        facts = {part for name in others for part in parts_of(name, words)} | {"status"}
        specs = self.lexicon.book.catalogue.terms
        pins = (specs[term].pinned_to for term in terms if term in specs)
        facts |= {pin for pin in pins if pin is not None}
        amounts = [fact for fact in sorted(facts) if words.facts[fact].type is ValueType.MONEY]
        flags = [*flags, *(is_null(column(fact)) for fact in sorted(facts))]
        known = [sql("coalesce($it, -1)", it=column(lack)) for lack in lacks]
        owned = ["currency", *map(currency_of, amounts)]
        known += [sql("coalesce($it, '')", it=column(name)) for name in owned]
        return [*packed(flags), *known]


def _is_any_unknown(sides: Sequence[Cell]) -> exp.Expr:
    """Whether two sides cannot be compared: absence decides before what is not known."""
    unknown = any_of([is_null(side.value) for side in sides])
    absences = [side.is_absent for side in sides if side.is_absent is not None]
    return all_of([unknown, sql("NOT $it", it=any_of(absences))]) if absences else unknown


def packed(flags: Sequence[exp.Expr]) -> list[exp.Expr]:
    """Flags as the bits of whole numbers, `BITS` in each."""
    return [_packed(flags[first : first + BITS]) for first in range(0, len(flags), BITS)]


def _packed(flags: Sequence[exp.Expr]) -> exp.Expr:
    """Flags as the bits of one whole number."""
    total = exp.convert(0)
    for place, flag in enumerate(flags):
        if flag == exp.false():
            continue
        bit = cases([(flag, 1 << place)], exp.convert(0))
        total = sql("$total | $bit", total=total, bit=bit)
    return total


def numbers_in(words: Sequence[int | None]) -> Iterator[int]:
    """The numbers of the bits that are set in words of `BITS` each."""
    for place, word in enumerate(words):
        yield from (place * BITS + bit for bit in range(BITS) if (word or 0) >> bit & 1)
