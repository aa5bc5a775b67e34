"""What is in force as small tables, which a batch is joined with.

Each shape of scope is a table: a row for each combination of its keys' values that occurs and each
stretch of days on which nothing changes, a column for each term and rule. So the statement does not
grow with the number of markets, and `policy.in_force` alone chooses what counts.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from sqlglot import exp

from lapse.executors.lowered.words.columns import (
    BITS,
    DAY,
    EVERYWHERE,
    LEFT_OUT,
    TYPES,
    amount_column,
    existing_column,
    key_column,
    lacks_column,
    may_exist_column,
    pin_column,
    rule_column,
    stage_column,
    term_column,
)
from lapse.executors.lowered.words.conditions import Amounts, Cell, held
from lapse.executors.lowered.words.scopes import Keys, Lexicon, Shape
from lapse.executors.lowered.words.term_days import (
    Run,
    bounds_as_pinned,
    cells_beside,
    day_of,
    runs_of,
    stretches,
    types_beside,
)
from lapse.model.facts import Missing, ValueType
from lapse.model.money import MoneyTable
from lapse.policy.in_force import InForce, TermInForce
from lapse.sql.expressions import all_of, any_of, cases, column, is_there, query, sql
from lapse.sql.small_tables import Cell as Plain
from lapse.sql.small_tables import SmallTable

ANY_OTHER = "other"
"""In place of a currency: one that no layer names."""
_BOUNDS = ("judged_from", "judged_until", "pinned_from", "pinned_until")


Line = tuple[tuple[int, ...], Hashable, Sequence[Plain]]
"""A row of a table: keys and bounds, what it lacks, and the values of its terms and rules."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The tables of a rulebook."""

    lexicon: Lexicon

    def tables(self, keys: Keys, occurring: Iterable[Sequence[int]]) -> Iterator[SmallTable]:
        """The table of each shape, for the combinations of places of keys that occur."""
        every = [dict(zip(keys, places, strict=True)) for places in occurring]
        for number, shape in enumerate(self.lexicon.shapes):
            keyed = [*map(key_column, keys_of(shape)), *_BOUNDS]
            types = dict.fromkeys([*keyed, lacks_column(number)], "BIGINT")
            types |= self._of_rules(number) | self._types(shape)
            its_keys = keys_of(shape)
            places = dict.fromkeys(tuple(each[key] for key in its_keys) for each in every)
            rows = (row for each in places for row in self._rows(shape, each))
            patterns: dict[Hashable, int] = {}
            numbered = [
                (*bounds, patterns.setdefault(lacking, len(patterns)), *cells)
                for bounds, lacking, cells in rows
            ]
            yield SmallTable(table_name(number), types, numbered)

    def _of_rules(self, number: int) -> dict[str, str]:
        """The columns that tell of all rules of a table together."""
        words = range(-(-len(self.lexicon.shapes[number].rules) // BITS))
        existing = dict.fromkeys((existing_column(number, word) for word in words), "BIGINT")
        return {may_exist_column(number): "BOOLEAN"} | existing

    def _types(self, shape: Shape) -> dict[str, str]:
        types: dict[str, str] = {}
        for term in shape.terms:
            types |= self.columns(term)
        for term in filter(self.lexicon.is_dated, shape.terms):
            types |= types_beside(term, self.columns(term), is_pinned=shape.pin is not None)
        types |= {LEFT_OUT: "BIGINT"} if shape.is_out else {}
        return types | {rule_column(number): "BOOLEAN" for number in shape.rules}

    def columns(self, term: str) -> dict[str, str]:
        """The columns of a term's value, with their types."""
        type_ = self.lexicon.type_of(term)
        if type_ is ValueType.MONEY:
            every = (*self.lexicon.currencies(term), ANY_OTHER)
            amounts = (amount_column(term, currency) for currency in every)
            return {term_column(term): "VARCHAR"} | dict.fromkeys(amounts, TYPES[type_])
        places = range(self._places(term))
        listed = dict.fromkeys((stage_column(term, place) for place in places), "BIGINT")
        return {term_column(term): TYPES.get(type_, "BIGINT")} | listed

    def _places(self, term: str) -> int:
        is_list = self.lexicon.type_of(term) is ValueType.DAYS_LIST
        return max(self.lexicon.longest(term), 1) if is_list else 0

    def _rows(self, shape: Shape, places: Sequence[int]) -> Iterator[Line]:
        force = self.lexicon.force(dict(zip(keys_of(shape), places, strict=True)))
        days = {day for term in shape.terms for day in force.term_days(term)}
        days |= set(force.rule_days) if shape.rules else set()
        every, always = stretches(days), stretches(())
        # Overrides count up to a day judged, whatever day a term is pinned to.
        expires = any(e.override for term in shape.terms for e in force.entries(term))
        judging = every if shape.pin is None or expires else always
        pinned = always if shape.pin is None else every
        for (judged_from, judged_until), (pinned_from, pinned_until) in product(judging, pinned):
            judged = day_of(judged_from)
            day = judged if shape.pin is None else day_of(pinned_from)
            found = {term: force.term(term, day, judged) for term in shape.terms}
            rules = {id(entry.rule): entry.missing for entry in force.rules(judged)}
            of_rules = [rules.get(id(self.lexicon.every_rule[number])) for number in shape.rules]
            lacks = [self._lacks(term, each) for term, each in found.items()]
            lacking = (*lacks, *map(bool, of_rules), *of_rules)
            cells: list[Plain] = [any(of_rules), *_bits(each is not None for each in of_rules)]
            cells += [cell for term, each in found.items() for cell in self._cells(term, each)]
            for term in filter(self.lexicon.is_dated, shape.terms):
                cells += self._beside(force, term, judged_from, pinned_from)
            cells += [self._out(force)] if shape.is_out else []
            cells += [None if missing else missing is not None for missing in of_rules]
            yield (*places, judged_from, judged_until, pinned_from, pinned_until), lacking, cells

    def _cells(self, term: str, found: TermInForce) -> Iterator[Plain]:
        value = None if isinstance(found.value, Missing) else found.value
        if self.lexicon.type_of(term) is ValueType.MONEY:
            yield None if value is None else str(value)
            for currency in (*self.lexicon.currencies(term), ANY_OTHER):
                yield _amount(found, currency)
            return
        yield None if value is None else held(value)
        listed = value if isinstance(value, tuple) else ()
        for place in range(self._places(term)):
            yield listed[place] if place < len(listed) else None

    def _lacks(self, term: str, found: TermInForce) -> Hashable:
        """What a term lacks: a money term may be known in some currencies only."""
        if self.lexicon.type_of(term) is not ValueType.MONEY:
            return found.missing
        every = (*self.lexicon.currencies(term), ANY_OTHER)
        return found.missing, *(found.in_currency(currency).missing for currency in every)

    def _beside(
        self, force: InForce, term: str, judged_from: int, pinned_from: int
    ) -> Iterator[Plain]:
        """Since when and until when a term keeps its value, and what it is before and after."""

        def runs(pinned: date | None) -> list[Run]:
            return runs_of(
                force.term_days(term),
                lambda day: tuple(self._cells(term, force.term(term, pinned or day, day))),
            )

        # Without the day of its pin a term has the value of the day judged.
        yield from cells_beside(runs(None), max(judged_from, pinned_from))
        if self.lexicon.pin_of(term) is not None:
            yield from bounds_as_pinned(runs(day_of(pinned_from)), judged_from)

    def _out(self, force: InForce) -> int | None:
        out = force.not_covered_by()
        return self.lexicon.book.layers.index(out.layer) if out and out.is_sure else None

    def cell(self, term: str, currency: exp.Expr) -> Cell:
        """A term in a row; `currency` is the subscription's."""
        if self.lexicon.type_of(term) is not ValueType.MONEY:
            return Cell(column(term_column(term)))
        value = is_there(column(term_column(term)))
        named = self.lexicon.currencies(term)
        # Where layers that may apply differ, the term is known only in currencies they agree on.
        is_ours = {name: sql("$own = $name", own=currency, name=name) for name in named}
        other = all_of([is_there(currency), *(sql("NOT $it", it=it) for it in is_ours.values())])
        amounts = {
            name: cases([(any_of([value, is_it]), column(amount_column(term, name)))])
            for name, is_it in is_ours.items()
        }
        rest = cases([(any_of([value, other]), column(amount_column(term, ANY_OTHER)))])
        known = cases([(value, True), *((is_ours[n], is_there(a)) for n, a in amounts.items())])
        is_known = cases([(known, True), (is_there(rest), True)])
        return Amounts(is_known, None, amounts, rest)

    def may_exist(self, rules: Collection[int]) -> exp.Expr:
        """Whether some of these rules exist in a row, or may; null where nobody knows of any."""
        found: list[exp.Expr] = []
        for number, shape in enumerate(self.lexicon.shapes):
            for word, bits in enumerate(_bits(rule in rules for rule in shape.rules)):
                if bits:
                    existing = column(existing_column(number, word))
                    found.append(sql("$those & $bits <> 0", those=existing, bits=bits))
        return any_of(found)

    def joined(self, keyed: exp.Expr, read: Collection[str] | None = None) -> exp.Select:
        """Rows that have keys, days and pins with all that is in force for them.

        With `read` only with columns of these names, and with the tables that have them.
        """
        added = [each for each in self.added() if read is None or each.name in read]
        tables = {each.table for each in added}
        joined = query("SELECT keyed.* FROM $keyed AS keyed", keyed=keyed)
        for number in range(len(self.lexicon.shapes)):
            if table_name(number) in tables:
                joined = self.join(joined, "keyed", number)
        return joined.select(*added, copy=False)

    def added(self) -> Iterator[exp.Column]:
        """The columns that rows are joined with."""
        for number, shape in enumerate(self.lexicon.shapes):
            for name in (lacks_column(number), *self._of_rules(number), *self._types(shape)):
                yield column(name, table_name(number))

    def join(self, select: exp.Select, rows: str, number: int) -> exp.Select:
        """Rows that have keys, days and pins, joined with the table of one shape."""
        shape, table = self.lexicon.shapes[number], table_name(number)
        meets = [_is_in(column(DAY, rows), table, "judged")]
        meets += [
            sql("$one = $two", one=column(key, rows), two=column(key, table))
            for key in map(key_column, keys_of(shape))
        ]
        if shape.pin is not None:
            meets.append(_is_in(column(pin_column(shape.pin), rows), table, "pinned"))
        return select.join(table, on=all_of(meets), join_type="left", copy=False)


def keys_of(shape: Shape) -> Keys:
    """What a table is joined by; never by days alone, for which DuckDB would sort all rows."""
    return shape.keys or (EVERYWHERE,)


def table_name(number: int) -> str:
    return f"in_force_{number}"


def _bits(flags: Iterable[bool]) -> Iterator[int]:
    """Flags as whole numbers of `BITS` bits each."""
    every = [*flags]
    for first in range(0, len(every), BITS):
        yield sum(1 << place for place, flag in enumerate(every[first : first + BITS]) if flag)


def _is_in(day: exp.Expr, table: str, what: str) -> exp.Expr:
    first, after = exp.column(f"{what}_from", table), exp.column(f"{what}_until", table)
    return sql("$day >= $first AND $day < $after", day=day, first=first, after=after)


def _amount(found: TermInForce, currency: str) -> str | None:
    table = found.in_currency(currency).value
    amount = table.amount_in(currency) if isinstance(table, MoneyTable) else None
    return None if amount is None else f"{amount:f}"
