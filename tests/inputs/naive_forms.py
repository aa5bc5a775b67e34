"""How vendors write days, instants and numbers, as the text that `lapse` reads: in plain Python.

A text in no known form stays as it is.
"""

import re
from collections.abc import Sequence
from datetime import time
from decimal import ROUND_HALF_UP, Decimal, localcontext

from lapse.model.days import is_never, parse_instant
from lapse.model.profile import DateForm

_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9:.]+)(Z|[+-][0-9]{2}:?[0-9]{2})?)?")
_ISO_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?", re.ASCII)
_POINTED = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")
_GROUPED = r"[0-9]{1,3}([. '\u2019\xa0\u202f])[0-9]{3}(\2[0-9]{3})*"
_COMMAED = re.compile(rf"[+-]?([0-9]+|{_GROUPED})(,[0-9]+)?")
_SCALED = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,2}")
_READ_WITH, _KEPT = Decimal("1e-10"), Decimal("1e-4")
_TOO_LARGE = Decimal(10**17)
_NOON = 12
_LONGEST = 31


def day(text: str, forms: Sequence[DateForm]) -> str:
    """The UTC day of a date or an instant in ISO; a text in no form of dates as it is."""
    closed = _closed(text)
    iso = _ISO.fullmatch(closed)
    if iso is None:
        found = _vendors(closed, forms)
        return found[0] if found else text
    date, clock, zone = iso.groups()
    if clock is None:
        return closed
    if not _ISO_TIME.fullmatch(clock) or (zone and not _is_zone(zone)):
        return text
    if is_never(date) or zone in {None, "Z"}:
        return date
    moment = parse_instant(closed)
    return moment.date().isoformat() if moment else text


def instant(text: str, forms: Sequence[DateForm]) -> str:
    """An instant in ISO with its offset; without one it is UTC, and the year 9999 is the last."""
    closed = _closed(text)
    iso = _ISO.fullmatch(closed)
    found = None if iso else _vendors(closed, forms)
    if found is not None:
        return "2999-12-31T23:59:59Z" if is_never(found[0]) else f"{found[0]}T{found[1]}Z"
    if iso is None:
        return text
    date, clock, zone = iso.groups()
    if clock and (not _ISO_TIME.fullmatch(clock) or (zone and not _is_zone(zone))):
        return text
    if is_never(date):
        return "2999-12-31T23:59:59Z"
    return closed if zone else f"{date}T{clock or '00:00'}Z"


def _is_zone(zone: str) -> bool:
    return zone == "Z" or re.fullmatch(r"([01][0-9]|2[0-3]):?[0-5][0-9]", zone[1:]) is not None


def _closed(text: str) -> str:
    """Without spaces beside colons: `06: 41: 12`."""
    return re.sub(" *: *", ":", text)


def _vendors(text: str, forms: Sequence[DateForm]) -> tuple[str, str] | None:
    """The day and the time of a date in one of the vendor's forms."""
    written, _, clock = text.partition(" ")
    for form in forms:
        parts = dict(zip(form.order, written.split(form.mark), strict=False))
        is_date = len(parts) == len(form.order) == written.count(form.mark) + 1
        digits = {"year": r"\d{4}", "month": r"\d{1,2}", "day": r"\d{1,2}"}
        if is_date and all(re.fullmatch(digits[k], v, re.ASCII) for k, v in parts.items()):
            time_ = _time(clock) if " " in text else "00:00:00"
            date = f"{parts['year']}-{int(parts['month']):02}-{int(parts['day']):02}"
            return (date, time_) if time_ else None
    return None


def _time(clock: str) -> str | None:
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if found[4]:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if found[4].lower() == "pm" else 0)
    try:
        return time(hour, minute, second).isoformat()
    except ValueError:
        return None


def months(text: str) -> str:
    found = re.fullmatch(r"P([0-9]{1,3})([YM])", text)
    return str(int(found[1]) * (12 if found[2] == "Y" else 1)) if found else text


def decimal(text: str, *, has_comma: bool) -> str | None:
    """A number with a point before its decimals and no other mark; null when it is none."""
    behind = re.fullmatch(r"([0-9][^-]*)-", text)
    signed = f"-{behind[1]}" if behind else text
    if has_comma:
        bare = signed.replace(",", ".") if "." not in signed else ""
        if _COMMAED.fullmatch(signed):
            return re.sub(r"[. '\u2019\xa0\u202f]", "", signed).replace(",", ".")
    else:
        bare = signed
        if _POINTED.fullmatch(signed):
            return signed.replace(",", "")
    if not _SCALED.fullmatch(bare):
        return None
    with localcontext(prec=2_000):
        value = Decimal(bare).quantize(_READ_WITH, ROUND_HALF_UP)
    return f"{value:f}" if abs(value) < _TOO_LARGE else None


def whole(text: str, *, has_comma: bool) -> str:
    """A whole number without idle decimals; what is none as it is."""
    number, _, rest = (decimal(text, has_comma=has_comma) or "").partition(".")
    return number if number and not rest.strip("0") else text


def amount(text: str, divisor: int, *, has_comma: bool) -> str:
    """A share of an amount, rounded half away from zero to four places; what is none as it is."""
    number = decimal(text, has_comma=has_comma)
    if number is None:
        is_ambiguous = has_comma and re.match(r"[+-]?[0-9]+\.[0-9]", text)
        return "no amount" if is_ambiguous else text
    if abs(Decimal(number)) >= _TOO_LARGE:
        return text
    with localcontext(prec=2_000):
        read = Decimal(number).quantize(_READ_WITH, ROUND_HALF_UP)
        return f"{(read / divisor).quantize(_KEPT, ROUND_HALF_UP):f}"


MARKS = "/.-"
_EITHER = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})[/.-][0-9]{4}( .*)?")


class TwoFormsError(Exception):
    """A column has dates that fit only one form, and others, or the profile, only another."""


def forms_of(cells: Sequence[str], named: Sequence[DateForm]) -> Sequence[DateForm] | None:
    """The forms of a column for a profile that names these; null where nobody can say."""
    if not named and any(re.match("[0-9]{4}-[0-9]{2}-[0-9]{2}", cell) for cell in cells):
        return named
    by_mark: dict[str, set[tuple[bool, bool]]] = {}
    for cell in cells:
        found = _EITHER.fullmatch(cell)
        if found and found[2] == cell[len(found[1]) + 1 + len(found[3])]:
            one, two = int(found[1]), int(found[3])
            kind = (1 <= two <= _NOON and one <= _LONGEST, 1 <= one <= _NOON and two <= _LONGEST)
            if one != two and one and two:
                by_mark.setdefault(found[2], set()).add(kind)
    return _forms(by_mark, named)


def _forms(
    by_mark: dict[str, set[tuple[bool, bool]]], named: Sequence[DateForm]
) -> Sequence[DateForm] | None:
    day, month, either = (True, False), (False, True), (True, True)
    asked = {form.mark for form in named if form.order[-1] == "year"}
    every = set().union(*by_mark.values())
    for kinds in [by_mark.get(mark, set()) for mark in asked] if named else [every]:
        if {day, month} <= kinds:
            raise TwoFormsError
    for mark in asked:
        orders = {form.order[0] for form in named if form.mark == mark}
        kinds = by_mark.get(mark, set())
        if (day in kinds and "day" not in orders) or (month in kinds and "month" not in orders):
            raise TwoFormsError
    if named:
        return named
    if day in every or (month not in every and either not in every):
        return [DateForm(("day", "month", "year"), mark) for mark in MARKS]
    if month in every:
        return [DateForm(("month", "day", "year"), mark) for mark in MARKS]
    return None
