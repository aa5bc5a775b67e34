"""Vendors' ways of writing days and instants, as the ISO text that facts are read from.

A text in no known form stays as it is: the typed reading then rejects it, and says what it found.
Importing this module costs the import of sqlglot.
"""

from collections.abc import Sequence

from sqlglot import exp

from lapse.inputs.steps import Steps, unless
from lapse.inputs.typed import call, is_there, literal, matches, number, try_cast, utc, when
from lapse.model.days import LAST_DAY, NEVER
from lapse.model.profile import DateForm

_ISO_DAY = r"\d{4}-\d{2}-\d{2}"
_HOUR = r"([01]\d|2[0-3])"
_TIME = rf"{_HOUR}:[0-5]\d(:[0-5]\d(\.\d{{1,9}})?)?"
_ZONE = rf"(Z|[+-]{_HOUR}:?[0-5]\d)"
_ISO = rf"{_ISO_DAY}[T ]{_TIME}{_ZONE}?"
_UTC = rf"{_ISO_DAY}([T ]{_TIME}(Z|[+-]00:?00)?)?"
_UNZONED = rf"{_ISO_DAY}[T ]{_TIME}"
_NEVER_ISO = rf"{NEVER}-\d\d-\d\d([T ]{_TIME}{_ZONE}?)?"
_HALF_DAY = r"(0?[1-9]|1[0-2])"
_REST = r":[0-5]\d(:[0-5]\d)?"
_CLOCK = rf"( (\d|{_HOUR}){_REST}| {_HALF_DAY}{_REST} ?[AaPp][Mm])?"
_PARTS = {"year": r"(\d{4})", "month": r"(\d{1,2})", "day": r"(\d{1,2})"}
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p")
_MARKS = {"year": "%Y", "month": "%m", "day": "%d"}
_SHOWN = "%Y-%m-%dT%H:%M:%SZ"


def day_text(text: exp.Expr, forms: Sequence[DateForm], steps: Steps) -> exp.Expr:
    """The day of a date, or the UTC day of an instant, as `2026-11-23`; ISO is always read."""
    is_simple = steps.named(matches(text, f"{_UTC}|{_NEVER_ISO}"))
    closed = steps.named(unless(is_simple, _closed_up(text)))
    shifted = call("strftime", utc(closed), literal("%Y-%m-%d"))
    found = when(is_simple.copy(), call("left", text.copy(), number(10)))
    first = call("left", closed.copy(), number(10))
    found = found.when(matches(closed, f"{_UTC}|{_NEVER_ISO}"), first, copy=False)
    found = found.when(matches(closed, _ISO), call("coalesce", shifted, text.copy()), copy=False)
    for form in _not_iso(forms):
        found = found.when(matches(closed, _pattern(form)), _day(closed, form), copy=False)
    return found.else_(text.copy(), copy=False)


def instant_text(text: exp.Expr, forms: Sequence[DateForm], steps: Steps) -> exp.Expr:
    """An instant as ISO; without an offset it is UTC, and of a day its beginning.

    The year 9999 means that it never comes: the last day there is.
    """
    closed = steps.named(_closed_up(text))
    never = literal(f"{LAST_DAY}T23:59:59Z")
    is_day = is_there(try_cast(call("left", closed.copy(), number(10)), "date"))
    found = when(exp.and_(matches(closed, _NEVER_ISO), is_day, copy=False), never)
    begun = call("concat", closed.copy(), literal("T00:00Z"))
    found = found.when(matches(closed, _ISO_DAY), begun, copy=False)
    zoned = call("concat", closed.copy(), literal("Z"))
    found = found.when(matches(closed, _UNZONED), zoned, copy=False)
    for form in _not_iso(forms):
        read = call("try_strptime", _upper(closed), _formats(form))
        is_never = exp.EQ(this=call("year", read), expression=number(NEVER))
        shown = when(is_never, never.copy()).else_(call("strftime", read.copy(), literal(_SHOWN)))
        told = call("coalesce", shown, text.copy())
        found = found.when(matches(closed, _pattern(form)), told, copy=False)
    return found.else_(closed.copy(), copy=False)


def months_text(text: exp.Expr) -> exp.Expr:
    """`P1Y` and `P12M` as 12, any other text as it is."""
    unit = when(
        exp.EQ(this=call("right", text.copy(), number(1)), expression=literal("Y")), number(12)
    )
    count = try_cast(call("regexp_extract", text.copy(), literal(r"\d+")), "bigint")
    months = exp.Mul(this=count, expression=unit.else_(number(1), copy=False))
    is_duration = matches(text, r"P\d{1,3}[YM]")
    shown = exp.Cast(this=months, to=exp.DataType.build("text"))
    return when(is_duration, shown).else_(text.copy(), copy=False)


def _closed_up(text: exp.Expr) -> exp.Expr:
    """The text without spaces beside colons, as one of Microsoft's samples has them."""
    closed = call("regexp_replace", text.copy(), literal(" *: *"), literal(":"), literal("g"))
    has_gap = exp.or_(
        call("contains", text.copy(), literal(": ")), call("contains", text.copy(), literal(" :"))
    )
    return when(has_gap, closed).else_(text.copy(), copy=False)


def _not_iso(forms: Sequence[DateForm]) -> list[DateForm]:
    return [form for form in forms if (form.order[0], form.mark) != ("year", "-")]


def _pattern(form: DateForm) -> str:
    mark = f"[{form.mark}]"
    return mark.join(_PARTS[part] for part in form.order) + _CLOCK


def _day(text: exp.Expr, form: DateForm) -> exp.Expr:
    """The parts of a day put in ISO's order; the time behind it is left out."""

    def part(name: str, digits: int) -> exp.Expr:
        place = number(form.order.index(name) + 1)
        found = call("split_part", text.copy(), literal(form.mark), place)
        if form.order[-1] == name:
            found = call("split_part", found, literal(" "), number(1))
        return call("lpad", found, number(digits), literal("0"))

    mark = literal("-")
    return call("concat", part("year", 4), mark, part("month", 2), mark.copy(), part("day", 2))


def _formats(form: DateForm) -> exp.Array:
    day = form.mark.join(_MARKS[part] for part in form.order)
    return exp.Array(expressions=[literal(day), *(literal(f"{day} {time}") for time in _TIMES)])


def _upper(text: exp.Expr) -> exp.Expr:
    return call("upper", text.copy())
