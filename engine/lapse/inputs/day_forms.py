"""Vendors' ways of writing days and instants, as the ISO text that facts are read from.

A text in no known form stays as it is: the typed reading then rejects it, and says what it found.
Importing this module costs the import of sqlglot.
"""

from collections.abc import Sequence

from sqlglot import exp

from lapse.inputs.typed import ISO_DAY, ISO_HOUR, ISO_TIME, ISO_ZONE, utc
from lapse.model.days import LAST_DAY, NEVER
from lapse.model.profile import DateForm
from lapse.sql.expressions import cases, matches, sql
from lapse.sql.steps import Steps, unless

_ISO = rf"{ISO_DAY}[T ]{ISO_TIME}{ISO_ZONE}?"
_UTC = rf"{ISO_DAY}([T ]{ISO_TIME}(Z|[+-]00:?00)?)?"
_UNZONED = rf"{ISO_DAY}[T ]{ISO_TIME}"
_NEVER_ISO = rf"{NEVER}-\d\d-\d\d([T ]{ISO_TIME}{ISO_ZONE}?)?"
_HOUR_OF_12 = r"(0?[1-9]|1[0-2])"
_MINUTES = r":[0-5]\d(:[0-5]\d)?"
_CLOCK = rf"( (\d|{ISO_HOUR}){_MINUTES}| {_HOUR_OF_12}{_MINUTES} ?[AaPp][Mm])?"
_PARTS = {"year": r"(\d{4})", "month": r"(\d{1,2})", "day": r"(\d{1,2})"}
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p")
_MARKS = {"year": "%Y", "month": "%m", "day": "%d"}
_SHOWN = "%Y-%m-%dT%H:%M:%SZ"


def day_text(text: exp.Expr, forms: Sequence[DateForm], steps: Steps) -> exp.Expr:
    """The day of a date, or the UTC day of an instant, as `2026-11-23`; ISO is always read."""
    is_simple = steps.named(matches(text, f"{_UTC}|{_NEVER_ISO}"))
    closed = steps.named(unless(is_simple, _closed_up(text)))
    shifted = sql("coalesce(strftime($utc, '%Y-%m-%d'), $text)", utc=utc(closed), text=text)
    branches = [
        # `commitmentEndDate` at midnight Z means the whole of that day.
        (is_simple, sql("left($text, 10)", text=text)),
        (matches(closed, f"{_UTC}|{_NEVER_ISO}"), sql("left($closed, 10)", closed=closed)),
        (matches(closed, _ISO), shifted),
    ]
    branches += [(matches(closed, _pattern(form)), _day(closed, form)) for form in _not_iso(forms)]
    return cases(branches, text)


def instant_text(text: exp.Expr, forms: Sequence[DateForm], steps: Steps) -> exp.Expr:
    """An instant as ISO; without an offset it is taken as UTC, a bare day as its first instant.

    The year 9999 means never: it becomes the last instant there is.
    """
    closed = steps.named(_closed_up(text))
    never = f"{LAST_DAY}T23:59:59Z"
    is_never = sql(
        "$has_its_year AND try_cast(left($closed, 10) AS date) IS NOT NULL",
        has_its_year=matches(closed, _NEVER_ISO),
        closed=closed,
    )
    branches: list[tuple[exp.Expr, exp.Expr | str]] = [
        (is_never, never),
        (matches(closed, ISO_DAY), sql("concat($closed, 'T00:00Z')", closed=closed)),
        (matches(closed, _UNZONED), sql("concat($closed, 'Z')", closed=closed)),
        (matches(closed, _ISO), closed),
    ]
    for form in _not_iso(forms):
        shown = sql(
            """coalesce(
                CASE WHEN year($read) = $year THEN $never ELSE strftime($read, $shown) END, $text
            )""",
            read=sql("try_strptime(upper($text), [$forms])", text=closed, forms=_formats(form)),
            year=NEVER,
            never=never,
            shown=_SHOWN,
            text=text,
        )
        branches.append((matches(closed, _pattern(form)), shown))
    return cases(branches, text)


def _closed_up(text: exp.Expr) -> exp.Expr:
    """The text without spaces beside colons; one of Microsoft's samples has such spaces."""
    return sql(
        """CASE WHEN contains($text, ': ') OR contains($text, ' :')
            THEN regexp_replace($text, ' *: *', ':', 'g') ELSE $text END""",
        text=text,
    )


def _not_iso(forms: Sequence[DateForm]) -> list[DateForm]:
    return [form for form in forms if (form.order[0], form.mark) != ("year", "-")]


def _pattern(form: DateForm) -> str:
    mark = f"[{form.mark}]"
    return mark.join(_PARTS[part] for part in form.order) + _CLOCK


def _day(text: exp.Expr, form: DateForm) -> exp.Expr:
    """The parts of a day put in ISO's order; the time behind it is left out."""

    def part(name: str) -> exp.Expr:
        place = form.order.index(name) + 1
        piece = sql("split_part($text, $mark, $place)", text=text, mark=form.mark, place=place)
        is_last = form.order[-1] == name
        return sql("split_part($piece, ' ', 1)", piece=piece) if is_last else piece

    return sql(
        "concat(lpad($year, 4, '0'), '-', lpad($month, 2, '0'), '-', lpad($day, 2, '0'))",
        year=part("year"),
        month=part("month"),
        day=part("day"),
    )


def _formats(form: DateForm) -> list[str]:
    day = form.mark.join(_MARKS[part] for part in form.order)
    return [day, *(f"{day} {time}" for time in _TIMES)]
