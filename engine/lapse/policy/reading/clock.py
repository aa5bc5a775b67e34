"""The values of the two terms about a market's time: its time zone, and its calendar."""

import re
from functools import cache
from zoneinfo import available_timezones

from lapse.model.days import calendar_named, closing, is_calendar, is_closing_day, is_time_zone
from lapse.model.rule import CALENDAR_TERM
from lapse.policy.text.amounts import MOST_DAYS
from lapse.policy.text.nodes import Mapping, Node
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import fields, items, written

COUNTRY, CLOSED = "country", "closed"

COUNTRY_HELP = "write a country such as `NO`, a part of it such as `DE/BY`, or `none`"
_OFFSET = re.compile(r"(?:UTC|GMT)? ?([+-])(0?\d|1[0-4])(?::?00)?")
_is_time_zone = cache(is_time_zone)
_is_calendar = cache(is_calendar)


def is_calendar_value(node: Mapping, term: str) -> bool:
    """Whether a mapping is a calendar with closing days, not an entry, by its keys."""
    keys = {key.text for key, _ in node.entries}
    return term == CALENDAR_TERM and not keys.isdisjoint({COUNTRY, CLOSED})


def time_zone(node: Node, problems: Problems) -> str | None:
    scalar = written(node, "a time zone", problems)
    if scalar is None or _is_time_zone(scalar.text):
        return scalar.text if scalar else None
    help_ = _zone_meant(scalar.text.strip(), problems)
    problems.add("unknown-zone", f"{shown(scalar.text)} is no time zone", scalar.place, help_)
    return None


def _zone_meant(text: str, problems: Problems) -> str:
    offset = _OFFSET.fullmatch(text)
    if offset is not None:
        # Signs of POSIX: what is an hour ahead of UTC is called -1 (tzdata, file `etcetera`).
        zone = f"Etc/GMT{'-' if offset.group(1) == '+' else '+'}{int(offset.group(2))}"
        summer = "a city such as `Europe/Oslo` knows summer time, too"
        return f"did you mean `{zone}`, whose sign is the opposite? {summer}"
    zones = available_timezones()
    city = text.rpartition("/")[2].lower().replace(" ", "_")
    near = sorted(zone for zone in zones if zone.lower().endswith(f"/{city}"))
    named = f"did you mean `{near[0]}`?" if near else problems.nearest(text, zones)
    return named or "write a continent and a city of the IANA's list, such as `Europe/Oslo`"


def calendar(node: Node, problems: Problems) -> str | None:
    """A country or a part of one, alone or with extra closing days; see `days.closing`."""
    if not isinstance(node, Mapping):
        return _country(node, problems)
    body = fields(node, "a calendar", (COUNTRY, CLOSED), problems)
    help_ = "write a country such as `NO`, or `none` for Monday to Friday"
    country_node = body.required(COUNTRY, problems, help_)
    country = _country(country_node, problems) if country_node else None
    days = _closing_days(body.get(CLOSED), problems)
    return None if country is None else closing(country, days)


def _closing_days(node: Node | None, problems: Problems) -> list[str]:
    days: list[str] = []
    given = items(node, f"`{CLOSED}`", problems) if node else ()
    # This limit leaves a working day in every year, which a rule that waits for one needs.
    if node is not None and len(given) > MOST_DAYS:
        message = f"this list has {len(given)} days"
        problems.add("list-too-long", message, node.place, f"name at most {MOST_DAYS}")
        return []
    for item in given:
        scalar = written(item, "a closing day", problems)
        word = scalar.text.strip() if scalar else ""
        if scalar is None:
            continue
        if not is_closing_day(word):
            help_ = "write month and day of each year as `12-24`, or one day as `2027-05-14`"
            problems.add("bad-value", f"{shown(word)} is no closing day", scalar.place, help_)
        elif word in days:
            message = f"{shown(word)} stands in the list twice"
            problems.add("duplicate-value", message, scalar.place, "keep one of them")
        else:
            days.append(word)
    return days


def _country(node: Node, problems: Problems) -> str | None:
    scalar = written(node, "a calendar", problems)
    if scalar is None or _is_calendar(scalar.text):
        return scalar.text if scalar else None
    text = scalar.text
    tried = (
        calendar_named(text),
        text.replace("-", "/").upper(),
        text.upper(),
        text.lower(),
        text.partition("/")[0].upper(),
    )
    near = next((each for each in tried if each and _is_calendar(each)), None)
    help_ = f"did you mean `{near}`?" if near else COUNTRY_HELP
    problems.add("unknown-calendar", f"{shown(scalar.text)} is no calendar", scalar.place, help_)
    return None
