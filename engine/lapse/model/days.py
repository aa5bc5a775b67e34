"""Civil days: months added and clamped, days in a time zone, working days of a calendar.

All arithmetic is on civil days, never on multiples of 24 hours. Only this module uses pendulum and
holidays; both are imported when first needed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

ONE_DAY = timedelta(days=1)
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)
"""Dates outside these are typing errors or "never"; inside, no arithmetic here overflows."""

# As Microsoft does in `commitmentEndDate` of usage and of what does not renew
# (developer/subscription-resources.md).
NEVER = 9999
"""The year of the dates by which vendors mean "never"; `FactSpec.never` says what each means."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?[0-5]\d)"
)
_DAY_OF_YEAR = re.compile(r"\d{2}-\d{2}", re.ASCII)
NO_HOLIDAYS = "none"
_LESS = " less "


@dataclass(frozen=True, slots=True)
class Moment:
    """The time judged: a civil day, or an instant and the civil day of a market at that instant.

    `provider_day` is the UTC day, which the provider counts by. `instant` is null when only a day
    is judged. Where the market's zone is unknown, `is_day_known` is false and `day` the UTC day.
    """

    day: date
    provider_day: date
    instant: datetime | None = None
    is_day_known: bool = True

    def shifted(self, days: int) -> "Moment":
        """The moment `days` civil days later, at the same time of day in UTC."""
        step = timedelta(days=days)
        return Moment(
            self.day + step,
            self.provider_day + step,
            None if self.instant is None else self.instant + step,
            self.is_day_known,
        )

    def on(self, day: date) -> "Moment":
        return self if day == self.day else self.shifted((day - self.day).days)


AsOf = date | datetime
"""The time that a run judges: one civil day in every market, or an aware instant in UTC."""


def moment_in(as_of: AsOf, zone: str | None) -> Moment:
    """The moment in a market with this time zone; a null zone is an unknown one."""
    if not isinstance(as_of, datetime):
        return Moment(as_of, as_of)
    # Partner Center keeps its times in UTC, up to a day from those of a market
    # (Microsoft, create-a-new-subscription.md, note).
    utc_day = as_of.astimezone(UTC).date()
    if zone is None:
        return Moment(utc_day, utc_day, as_of, is_day_known=False)
    return Moment(_local_day(as_of, zone), utc_day, as_of)


def utc_day(as_of: AsOf) -> date:
    """The UTC day, or the day itself; a run's folder is named by it."""
    return as_of.astimezone(UTC).date() if isinstance(as_of, datetime) else as_of


@cache
def _local_day(instant: datetime, zone: str) -> date:
    import pendulum  # noqa: PLC0415  slow to import, needed for instants only

    local = pendulum.instance(instant).in_timezone(zone)
    return date(local.year, local.month, local.day)


def is_time_zone(name: str) -> bool:
    """Whether it names an IANA time zone such as `Europe/Oslo`; offsets are not zones."""
    import pendulum  # noqa: PLC0415

    return name in pendulum.timezones()


def parse_date(text: str) -> date | None:
    """An ISO date between 1900 and 2999, or null.

    >>> parse_date("2024-02-29"), parse_date("2023-02-29")
    (datetime.date(2024, 2, 29), None)
    """
    day = _iso_date(text)
    return day if day is not None and FIRST_DAY <= day <= LAST_DAY else None


def is_never(text: str) -> bool:
    """Whether it is an ISO date in the year that means "never"."""
    day = _iso_date(text)
    return day is not None and day.year == NEVER


def _iso_date(text: str) -> date | None:
    # `date.fromisoformat` also reads `20261130` and `2026-W49-1`, and `\d` digits of any script.
    if not _DATE.fullmatch(text) or not text.isascii():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_instant(text: str) -> datetime | None:
    """An ISO date and time with `Z` or an offset, as UTC, or null."""
    if not _INSTANT.fullmatch(text) or not text.isascii():
        return None
    try:
        instant = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if FIRST_DAY <= instant.date() <= LAST_DAY else None


def parse_as_of(text: str) -> AsOf | None:
    return parse_date(text) or parse_instant(text)


def add_months(anchor: date, months: int) -> date:
    """The same day of a later month, or that month's last day; always add to the original anchor.

    >>> add_months(date(2024, 1, 31), 1), add_months(date(2024, 1, 31), 2)
    (datetime.date(2024, 2, 29), datetime.date(2024, 3, 31))
    """
    import pendulum  # noqa: PLC0415

    # Pendulum's own date: to a `datetime.date` its Duration of a month adds 30 days, silently.
    moved = pendulum.Date(anchor.year, anchor.month, anchor.day).add(months=months)
    return date(moved.year, moved.month, moved.day)


def is_calendar(name: str) -> bool:
    """Whether it names a calendar: `none`, a country such as `NO`, or a part such as `DE/BY`."""
    if name == NO_HOLIDAYS:
        return True
    import holidays  # noqa: PLC0415
    from holidays.registry import EntityLoader  # noqa: PLC0415

    country, slash, part = name.partition("/")
    if country not in EntityLoader.get_country_codes():
        return False
    # `list_supported_countries` imports every country, 0.1 s, and tells the same of this one.
    return not slash or part in getattr(holidays, country).subdivisions


def calendar_named(text: str) -> str | None:
    """The calendar that a country's or a part's name stands for; null where none is known.

    >>> calendar_named("DE/Bayern"), calendar_named("germany"), calendar_named("Atlantis")
    ('DE/BY', 'DE', None)
    """
    import holidays  # noqa: PLC0415
    from holidays.registry import COUNTRIES  # noqa: PLC0415

    name, _, part = text.partition("/")
    names = COUNTRIES.get(name.strip().lower().replace(" ", "_"))
    country = names[1] if names else name.upper()
    if not is_calendar(country) or country == NO_HOLIDAYS.upper():
        return None
    aliases = getattr(getattr(holidays, country), "subdivisions_aliases", {})
    parts = {alias.lower(): code for alias, code in aliases.items()}
    if not part:
        return country
    return f"{country}/{parts[part.lower()]}" if part.lower() in parts else None


def closing(calendar: str, closed: Iterable[str]) -> str:
    """A calendar with extra closing days, each year's (`12-24`) or one day (`2027-05-14`).

    It is one text, like a country, so that code that compares, shows or stores terms need not
    treat it differently.

    >>> closing("NO", ["2027-05-14", "12-24"])
    'NO less 12-24, 2027-05-14'
    """
    days = ", ".join(sorted(closed))
    return f"{calendar}{_LESS}{days}" if days else calendar


def is_closing_day(text: str) -> bool:
    """Whether it is a day of each year such as `12-24`, or one day such as `2027-05-14`."""
    # 29 February exists in some years only, 2000 among them.
    return parse_date(f"2000-{text}" if _DAY_OF_YEAR.fullmatch(text) else text) is not None


@cache
def is_working_day(day: date, calendar: str) -> bool:
    """Whether a market works on that day; the calendar `none` works Monday to Friday."""
    country, _, closed = calendar.partition(_LESS)
    if not {day.isoformat(), f"{day:%m-%d}"}.isdisjoint(closed.split(", ")):
        return False
    if country == NO_HOLIDAYS:
        return day.weekday() < 5  # noqa: PLR2004  Saturday
    return _calendar(country).is_working_day(day)


@cache
def _calendar(name: str) -> "HolidayBase":
    from holidays import country_holidays  # noqa: PLC0415

    country, _, part = name.partition("/")
    return country_holidays(country, subdiv=part or None)


def next_working_day(day: date, calendar: str) -> date:
    """The day itself when it is a working day, else the first one after it."""
    # This ends: `reading.clock` allows too few closing days to fill a year.
    while not is_working_day(day, calendar):
        day += ONE_DAY
    return day
