"""A profile's ways to its facts as SQL over the columns of one file.

Every fact becomes one text in the form of canonical cells; typing and rejecting are the same for
all inputs. `lapse.model.asked` decides which ways count where columns are missing.
Importing this module costs the import of sqlglot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from sqlglot import exp

from lapse.inputs.day_forms import day_text, instant_text
from lapse.inputs.number_forms import Decimals, amount_text, months_text, whole_text
from lapse.inputs.profiles.way_text import is_other, joined, mapped, stepped
from lapse.inputs.typed import utc
from lapse.model.asked import FileColumns, given
from lapse.model.days import AsOf
from lapse.model.facts import FactSpec, ValueType
from lapse.model.ids import GUID_FORM
from lapse.model.profile import ANY, BLANK, GUID, DateForm, ListSum, Profile, Unmapped, Way, Where
from lapse.sql.expressions import (
    all_of,
    any_of,
    first_of,
    is_null,
    is_there,
    matches,
    query,
    sql,
)
from lapse.sql.steps import Steps

_DATED = frozenset({ValueType.DATE, ValueType.INSTANT})
_LAST_MOMENT = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Cell:
    """A fact's text; `is_unread` is true where no map has some word in it.

    For dates and instants, `undated` is the text before it was put into ISO form.
    """

    text: exp.Expr
    is_unread: exp.Expr | None = None
    undated: exp.Expr | None = None


@dataclass(frozen=True, slots=True)
class Lowering:
    """Turns the columns of one file, as text by name, into facts; `as_of` is the moment judged.

    The columns have no guards and no spaces around them. `steps` has intermediate results. `forms`
    has the date forms of facts where the profile names none.
    """

    profile: Profile
    columns: Mapping[str, exp.Expr]
    decimals: Decimals
    as_of: AsOf
    steps: Steps
    forms: Mapping[str, tuple[DateForm, ...]] = field(default_factory=dict)

    def cells(self, specs: Mapping[str, FactSpec]) -> dict[str, Cell]:
        """Each fact that some column of the file gives, or the profile itself."""
        by_fact = {fact: self._cell(ways, specs[fact]) for fact, ways in self.profile.facts.items()}
        return {fact: cell for fact, cell in by_fact.items() if cell is not None}

    def _there(self) -> FileColumns:
        return given(self.profile, self.columns)

    def _cell(self, ways: Sequence[Way], spec: FactSpec) -> Cell | None:
        speaking = self._there().speaking(ways)
        if not speaking:
            return None
        formed: list[exp.Expr] = []
        unread: list[exp.Expr] = []
        read: list[exp.Expr] = []
        for way in speaking:
            said = self._said(way, is_last=way is speaking[-1])
            cell = self._form(said, way, spec)
            if spec.type in _DATED and way.value is None and way.words is None:
                read.append(said.text)
            if cell.is_unread is not None:
                unread.append(all_of([*map(is_null, formed), cell.is_unread]))
            formed.append(self.steps.named(cell.text))
        undated = first_of(read) if read else None
        return Cell(self.steps.named(first_of(formed)), _any(unread), undated)

    def _form(self, said: Cell, way: Way, spec: FactSpec) -> Cell:
        """A text in the form in which its fact is read; written values are in it already."""
        if spec.type is ValueType.MONEY:
            return self._money(said, way)
        if way.value is not None or way.words is not None:
            return said
        return Cell(self._formed(said.text, spec), said.is_unread)

    def _formed(self, text: exp.Expr, spec: FactSpec) -> exp.Expr:
        forms = self.forms.get(spec.name, self.profile.dates)
        match spec.type:
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

    def _money(self, said: Cell, way: Way) -> Cell:
        """An amount with its currency, where there is one; null where there is no amount."""
        is_written = way.value is not None or way.words is not None
        decimals = Decimals.POINT if is_written else self.decimals
        months = None
        if way.covers_months:
            covered = self._first(way.covers_months, keeps_others=False)
            months = self.steps.named(self._months(covered.text))
        amount = self.steps.named(amount_text(said.text, months, decimals, self.steps))
        if not way.currency:
            return Cell(amount, said.is_unread)
        currency = self._first(way.currency, keeps_others=True)
        text = sql(
            """CASE WHEN $currency <> '' AND $amount <> ''
                THEN concat($amount, ' ', $currency) ELSE $amount END""",
            currency=currency.text,
            amount=amount,
        )
        unread = [said.is_unread] if said.is_unread is not None else []
        if currency.is_unread is not None:
            is_told = sql("coalesce($amount <> '', false)", amount=amount)
            unread.append(all_of([is_told, currency.is_unread]))
        return Cell(text, _any(unread))

    def _first(self, ways: Sequence[Way], *, keeps_others: bool) -> Cell:
        """The text of the first way that is not null."""
        there = self._there().speaking(ways)
        said = [self._said(way, is_last=keeps_others and way is there[-1]) for way in there]
        if not said:
            return Cell(sql("CAST(NULL AS text)"))
        texts = [each.text for each in said]
        unread = said[-1].is_unread
        if unread is not None:
            unread = all_of([*map(is_null, texts[:-1]), unread])
        return Cell(self.steps.named(first_of(texts)), unread)

    def _said(self, way: Way, *, is_last: bool) -> Cell:
        """The text of one way; only the last way keeps a word that its map lacks."""
        parts = [self._said(part, is_last=is_last) for part in way.parts]
        text = self.steps.named(self._bare(way, [part.text for part in parts]))
        unread = [part.is_unread for part in parts if part.is_unread is not None]
        if is_last and way.words is not None and way.otherwise is Unmapped.REJECTED:
            unread.append(is_other(text, way.words))
        conditions = [holds(each, self.columns) for each in way.where]
        is_unread = _any(unread)
        if is_unread is not None:
            is_unread = all_of([is_there(text), is_unread, *conditions])
            is_unread = self.steps.sql("coalesce($unread, false)", unread=is_unread)
        if way.words is not None:
            lower = self.steps.sql("lower($text)", text=text)
            text = mapped(text, lower, way, keeps_others=is_last)
        if conditions:
            text = sql("CASE WHEN $all THEN $text END", all=all_of(conditions), text=text)
        return Cell(self.steps.named(text), is_unread)

    def _bare(self, way: Way, parts: Sequence[exp.Expr]) -> exp.Expr:
        """The text before its words are mapped."""
        if way.value is not None:
            return exp.Literal.string(way.value)
        if way.total is not None:
            return self._total(way.total)
        if way.join is not None:
            return stepped(self.steps.named(joined(parts, way.join)), way, self.steps)
        cells = [self.columns[name] for name in way.columns if name in self.columns]
        return first_of([stepped(cell, way, self.steps) for cell in cells])

    def _total(self, total: ListSum) -> exp.Expr:
        """The sum over a JSON list; null where there is no list or an item is not a number."""
        listed, inner = self.columns[total.column], Steps()
        counted = inner.sql("try_cast($number AS bigint)", number=_member(total.number))
        if total.until is not None:
            until = inner.named(_member(total.until))
            moment = inner.named(utc(inner.named(instant_text(until, self.profile.dates, inner))))
            counted = inner.sql(
                "CASE WHEN $moment >= $judged THEN $counted WHEN $moment IS NOT NULL THEN 0 END",
                moment=moment,
                judged=self._moment(),
                counted=counted,
            )
        items = query(
            """SELECT unnest(json_extract($listed, '$[*]')) AS "item" """, listed=listed
        ).subquery("items", copy=False)
        return sql(
            # SQL's `sum` skips nulls: uncounted, a number that cannot be read would be left out.
            """CASE WHEN $listed IS NOT NULL THEN (
                SELECT CASE WHEN count($counted) = count(*)
                    THEN CAST(coalesce(sum($counted), 0) AS text) END FROM $items
            ) END""",
            listed=listed,
            counted=counted,
            items=inner.over(items),
        )

    def _moment(self) -> exp.Expr:
        """The UTC instant judged; for a day, its end, so that whatever closes on it is over."""
        if isinstance(self.as_of, datetime):
            naive = self.as_of.replace(tzinfo=None)
        else:
            naive = datetime.combine(self.as_of, _LAST_MOMENT)
        return sql("CAST($moment AS timestamp)", moment=naive.isoformat(sep=" "))


def holds(where: Where, columns: Mapping[str, exp.Expr]) -> exp.Expr:
    """Whether a column has one of the values asked for; a missing column counts as blank."""
    cell = columns.get(where.column)
    text = sql("CAST(NULL AS text)") if cell is None else sql("lower($cell)", cell=cell)
    return exp.Paren(this=any_of(_is_like(text, value) for value in where.values))


def _any(conditions: Sequence[exp.Expr]) -> exp.Expr | None:
    return any_of(conditions) if conditions else None


def _is_like(text: exp.Expr, value: str) -> exp.Expr:
    if value == BLANK:
        return is_null(text)
    if value == GUID:
        return sql("coalesce($is_guid, false)", is_guid=matches(text, GUID_FORM))
    if not value.endswith(ANY):
        return sql("coalesce($text = $value, false)", text=text, value=value)
    asked = value.removesuffix(ANY)
    if asked.startswith(ANY):
        part = asked.removeprefix(ANY)
        return sql("coalesce(contains($text, $part), false)", text=text, part=part)
    return sql("coalesce(starts_with($text, $start), false)", text=text, start=asked)


def _member(name: str) -> exp.Expr:
    return sql("""json_extract_string("item", $path)""", path=f'$."{name}"')
