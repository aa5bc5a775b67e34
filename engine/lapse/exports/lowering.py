"""A profile's ways to its facts as SQL over the columns of one file.

Every fact comes down to one text in the form that canonical cells have; typing and rejecting are
the same for all inputs. A way of which no column is there says nothing.
Importing this module costs the import of sqlglot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlglot import exp

from lapse.days import AsOf
from lapse.exports.day_forms import day_text, instant_text, months_text
from lapse.exports.number_forms import Decimals, amount_text, whole_text
from lapse.exports.profile import ANY, BLANK, GUID, Letters, Profile, Total, Unmapped, Way, Where
from lapse.exports.steps import Steps
from lapse.exports.typed import (
    call,
    cast,
    is_null,
    is_there,
    literal,
    matches,
    number,
    try_cast,
    utc,
    when,
)
from lapse.facts import FactSpec, ValueType

GUID_FORM = r"[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?"
_LAST_MOMENT = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Cell:
    """A fact's text; `is_unread` tells a word that no map has, where its type would not."""

    text: exp.Expr
    is_unread: exp.Expr | None = None


@dataclass(frozen=True, slots=True)
class Lowering:
    """What turns the columns of one file, as text by name, into facts; `as_of` is judged.

    The columns are without guards and spaces around; what is worked out on the way is in `steps`.
    """

    profile: Profile
    columns: Mapping[str, exp.Expr]
    decimals: Decimals
    as_of: AsOf
    steps: Steps

    def cells(self, specs: Mapping[str, FactSpec]) -> dict[str, Cell]:
        """Each fact that some column of the file gives, or the profile itself."""
        found = {fact: self._cell(ways, specs[fact]) for fact, ways in self.profile.facts.items()}
        return {fact: cell for fact, cell in found.items() if cell is not None}

    def _cell(self, ways: Sequence[Way], spec: FactSpec) -> Cell | None:
        speaking = [way for way in ways if is_there_for(way, self.columns)]
        if not speaking:
            return None
        texts = [self._text(way, is_last=way is speaking[-1]) for way in speaking]
        is_unread = None
        if spec.type is ValueType.TEXT and _rejects_others(speaking[-1]):
            is_unread = self._is_unmapped(speaking[-1], texts[:-1])
        formed = [self._form(*pair, spec.type) for pair in zip(texts, speaking, strict=True)]
        text = formed[0] if len(formed) == 1 else call("coalesce", *formed)
        return Cell(self.steps.named(text), is_unread)

    def _form(self, text: exp.Expr, way: Way, type_: ValueType) -> exp.Expr:
        """A text in the form in which its fact is read; written values are in it already."""
        if type_ is ValueType.MONEY:
            return self._money(text, way)
        if way.value is not None or way.words is not None:
            return text
        forms = self.profile.dates
        match type_:
            case ValueType.DATE:
                return day_text(text, forms, self.steps)
            case ValueType.INSTANT:
                return instant_text(text, forms, self.steps)
            case ValueType.MONTHS:
                return self._months(text)
            case ValueType.COUNT | ValueType.DAYS:
                return whole_text(text, self.decimals, self.steps)
            case _:
                return text

    def _months(self, text: exp.Expr) -> exp.Expr:
        return months_text(self.steps.named(whole_text(text, self.decimals, self.steps)))

    def _money(self, text: exp.Expr, way: Way) -> exp.Expr:
        """An amount with its currency, where it is told; null where there is no amount."""
        is_written = way.value is not None or way.words is not None
        decimals = Decimals.POINT if is_written else self.decimals
        months = None
        if way.covers_months:
            months = self._months(self.steps.named(self._first(way.covers_months)))
            months = self.steps.named(months)
        amount = self.steps.named(amount_text(text, months, decimals, self.steps))
        if not way.currency:
            return amount
        currency = self.steps.named(self._first(way.currency))
        is_named = exp.and_(
            is_there(currency), exp.NEQ(this=amount.copy(), expression=literal("")), copy=False
        )
        named = call("concat", amount.copy(), literal(" "), currency.copy())
        return when(is_named, named).else_(amount.copy(), copy=False)

    def _first(self, ways: Sequence[Way]) -> exp.Expr:
        texts = [self._text(way, is_last=False) for way in ways if is_there_for(way, self.columns)]
        return call("coalesce", *texts, exp.Null()) if texts else cast(exp.Null(), "text")

    def _text(self, way: Way, *, is_last: bool) -> exp.Expr:
        """What one way says; a word that its map lacks stays only in the last way."""
        text = self.steps.named(self._bare(way))
        if way.words is not None:
            text = _mapped(text, way, keeps_others=is_last)
        conditions = [holds(each, self.columns) for each in way.where]
        if conditions:
            text = when(exp.and_(*conditions, copy=False), text)
        return self.steps.named(text)

    def _is_unmapped(self, way: Way, before: Sequence[exp.Expr]) -> exp.Expr:
        bare = self.steps.named(self._bare(way))
        words = [literal(word) for word in way.words or ()]
        is_known = exp.In(this=call("lower", bare), expressions=words)
        silent = [is_null(text) for text in before]
        conditions = [holds(each, self.columns) for each in way.where]
        is_other = exp.Not(this=is_known)
        is_it = exp.and_(*silent, *conditions, is_there(bare), is_other, copy=False)
        return call("coalesce", is_it, exp.false())

    def _bare(self, way: Way) -> exp.Expr:
        """The text before its words are mapped."""
        if way.value is not None:
            return literal(way.value)
        if way.total is not None:
            return self._total(way.total)
        if way.join is not None:
            return _stepped(self.steps.named(self._joined(way)), way)
        cells = [self.columns[name] for name in way.columns if name in self.columns]
        texts = [_stepped(cell, way) for cell in cells]
        return texts[0] if len(texts) == 1 else call("coalesce", *texts)

    def _joined(self, way: Way) -> exp.Expr:
        """All the parts in one text, null when one of them is blank."""
        parts = [self._text(part, is_last=True) for part in way.parts]
        mark = literal(way.join or "")
        spaced = [piece.copy() for part in parts for piece in (mark, part)][1:]
        is_whole = exp.and_(*(is_there(part) for part in parts), copy=False)
        return when(is_whole, call("concat", *spaced))

    def _total(self, total: Total) -> exp.Expr:
        """The sum over a JSON list, null where there is no list or a number in it is none."""
        listed = self.columns[total.column]
        items = call("unnest", call("json_extract", listed.copy(), literal("$[*]")))
        table: exp.Expr = exp.select(items.as_("item", quoted=True)).subquery("items")
        inner = Steps()
        counted = inner.named(try_cast(_member(total.number), "bigint"))
        if total.until is not None:
            until = inner.named(_member(total.until))
            moment = inner.named(utc(inner.named(instant_text(until, self.profile.dates, inner))))
            is_allowed = exp.GTE(this=moment, expression=self._moment())
            past = exp.case().when(is_there(moment), number(0))
            counted = inner.named(when(is_allowed, counted).else_(past, copy=False))
        table = inner.over(table)
        is_whole = exp.EQ(this=call("count", counted), expression=call("count", exp.Star()))
        summed = call("coalesce", call("sum", counted.copy()), number(0))
        whole = exp.select(when(is_whole, cast(summed, "text"))).from_(table)
        return when(is_there(listed), whole.subquery())

    def _moment(self) -> exp.Expr:
        """The UTC instant judged; of a day its end, so that what closes on it counts no more."""
        if isinstance(self.as_of, datetime):
            naive = self.as_of.replace(tzinfo=None)
        else:
            naive = datetime.combine(self.as_of, _LAST_MOMENT)
        text = literal(naive.isoformat(sep=" "))
        return exp.Cast(this=text, to=exp.DataType.build("timestamp"))


def holds(where: Where, columns: Mapping[str, exp.Expr]) -> exp.Expr:
    """Whether a column has one of the values asked for; one that is not there is blank."""
    column = columns.get(where.column)
    text = cast(exp.Null(), "text") if column is None else call("lower", column.copy())
    return exp.Paren(this=exp.or_(*(_is_like(text, value) for value in where.values), copy=False))


def is_there_for(way: Way, columns: Mapping[str, object]) -> bool:
    """Whether a file with these columns lets a way say anything."""
    if way.total is not None:
        return way.total.column in columns
    if way.join is not None:
        return all(is_there_for(part, columns) for part in way.parts)
    if way.value is not None:
        return not way.where or any(where.column in columns for where in way.where)
    return any(name in columns for name in way.columns)


def _rejects_others(way: Way) -> bool:
    return way.words is not None and way.otherwise is Unmapped.REJECTED


def columns_read(profile: Profile) -> frozenset[str]:
    """Every column that a profile reads; those that hold a list are in `lists_read`, too."""
    ways = [way for each in profile.facts.values() for way in _every(each)]
    named = {name for way in ways for name in way.columns}
    named |= {where.column for way in ways for where in way.where}
    named |= lists_read(profile)
    if profile.one_row is not None:
        named |= {where.column for where in profile.one_row.prefer}
        named |= {profile.one_row.latest or ""}
    if profile.in_force is not None:
        named |= {profile.in_force.first, profile.in_force.last or ""}
    return frozenset(named - {""})


def lists_read(profile: Profile) -> frozenset[str]:
    """The columns that hold a JSON list to be summed."""
    ways = [way for each in profile.facts.values() for way in _every(each)]
    return frozenset(way.total.column for way in ways if way.total is not None)


def columns_of_fact(profile: Profile, fact: str, columns: Mapping[str, object]) -> tuple[str, ...]:
    """The columns of a file that a fact is read from, the first one first."""
    ways = _every(profile.facts[fact])
    named = [name for way in ways for name in way.columns]
    named += [way.total.column for way in ways if way.total is not None]
    return tuple(name for name in dict.fromkeys(named) if name in columns)


def _every(ways: Sequence[Way]) -> list[Way]:
    return [
        part
        for way in ways
        for part in (way, *_every((*way.parts, *way.currency, *way.covers_months)))
    ]


def _stepped(text: exp.Expr, way: Way) -> exp.Expr:
    """A text without its blanks, cut, padded and in the letters wanted."""
    if way.blanks:
        text = _without(text, way.blanks)
    if way.after is not None or way.before is not None:
        text = _between(text, way.after, way.before)
    if way.pad:
        text = _padded(text, way.pad)
    if way.case is not None:
        text = call("lower" if way.case is Letters.LOWER else "upper", text)
    return text


def _without(text: exp.Expr, blanks: frozenset[str]) -> exp.Expr:
    is_blank = exp.In(
        this=call("lower", text), expressions=[literal(b.lower()) for b in sorted(blanks)]
    )
    return when(exp.Not(this=is_blank), text.copy())


def _between(text: exp.Expr, after: str | None, before: str | None) -> exp.Expr:
    """What stands after one text and before another; to the end where the other is not there."""
    found = text
    if after is not None:
        start = exp.Add(
            this=call("strpos", text.copy(), literal(after)), expression=number(len(after))
        )
        rest = call("substr", text.copy(), start)
        found = when(call("contains", text.copy(), literal(after)), rest)
    if before is not None:
        found = call("split_part", found, literal(before), number(1))
    return exp.Nullif(this=found, expression=literal(""))


def _padded(text: exp.Expr, width: int) -> exp.Expr:
    is_short = exp.LT(this=call("length", text), expression=number(width))
    padded = call("lpad", text.copy(), number(width), literal("0"))
    return when(is_short, padded).else_(text.copy(), copy=False)


def _mapped(text: exp.Expr, way: Way, *, keeps_others: bool) -> exp.Expr:
    lower = call("lower", text.copy())
    found = exp.case()
    for word, value in (way.words or {}).items():
        is_word = exp.EQ(this=lower.copy(), expression=literal(word))
        found = found.when(is_word, literal(value), copy=False)
    otherwise = way.otherwise
    if isinstance(otherwise, str):
        return found.when(is_there(text), literal(otherwise), copy=False)
    if otherwise is Unmapped.UNKNOWN or not keeps_others:
        return found
    return found.else_(text.copy(), copy=False)


def _is_like(text: exp.Expr, value: str) -> exp.Expr:
    if value == BLANK:
        return is_null(text)
    found: exp.Expr
    if value == GUID:
        found = matches(text, GUID_FORM)
    elif value.endswith(ANY):
        found = call("starts_with", text.copy(), literal(value.removesuffix(ANY)))
    else:
        found = exp.EQ(this=text.copy(), expression=literal(value))
    return call("coalesce", found, exp.false())


def _member(name: str) -> exp.Expr:
    return call("json_extract_string", exp.column("item", quoted=True), literal(f'$."{name}"'))
