"""Profiles with ways of every kind, and rows that bring out what is odd about them.

The profiles are such as pass the gate. Each fact has columns of its own, and each row fills those
of one fact, so that no bad cell hides another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from lapse.model.facts import FactSpec, Missing, ValueType
from lapse.model.place import Place
from lapse.model.profile import BLANK, DateForm, Gives, Letters, Profile, Unmapped, Way, Where

KEY = "id"
GUID_TEXT = "5AB50001-0000-4000-8000-0000000000Ff"
DATE_FORMS = (
    DateForm(("month", "day", "year"), "/"),
    DateForm(("day", "month", "year"), "."),
    DateForm(("year", "month", "day"), "/"),
    DateForm(("day", "month", "year"), "-"),
)
WRITTEN: Mapping[ValueType, tuple[str, ...]] = {
    ValueType.TEXT: ("NO", "SEK"),
    ValueType.FLAG: ("yes", "0"),
    ValueType.COUNT: ("25", "0"),
    ValueType.DAYS: ("7",),
    ValueType.MONTHS: ("12", "36"),
    ValueType.MONEY: ("12.5", "1200.0001", "-3"),
    ValueType.DATE: ("2026-11-30", "9999-12-31"),
    ValueType.INSTANT: ("2026-11-30T10:00:00Z",),
    ValueType.DAYS_LIST: ("3 -7",),
}
"""Values that the gate lets a profile write out."""

_TEXT = FactSpec("part", ValueType.TEXT)
_CURRENCY = FactSpec("currency", ValueType.TEXT, pattern="[A-Z]{3}")
_MONTHS = FactSpec("covers_months", ValueType.MONTHS)


def _one_of(*texts: str) -> st.SearchStrategy[str]:
    """One of the texts between bars."""
    return st.sampled_from([text for line in texts for text in line.split("|")])


words = _one_of(
    "active|Suspended|ACTIVE|monthly|none|yes|NO|NOK|nok|kr|n/a|-",
    "x:y:z|/c/7/x|Q: Active|1|2 |12|P1Y|Ærlig|ÅL",
    f"{GUID_TEXT}|{{{GUID_TEXT}}}",
)
_odd_numbers = _one_of(
    "0E-20|1E30|1e-11|5--|25.|.5|99999999999999.99995|111111111111111111111111111111111",
    "0.00005|-0.00005|1 NOK|1.5 NOK|1,5 kr|\u0662\u0665|1e999|25.0|12.5",
)
_thousands = r"[+-]?[0-9]{1,3}([,. '\u2019\xa0\u202f][0-9]{3}){1,2}([.,][0-9]{1,3})?-?"
_exponents = r"[+-]?[0-9]{1,4}([.,][0-9]{1,13})?([eE][+-]?[0-9]{1,3})?-?"
numbers = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.decimals(-(10**5), 10**5, places=4).map(str),
    st.from_regex(_thousands, fullmatch=True),
    st.from_regex(_exponents, fullmatch=True),
    st.from_regex(r"P[0-9]{1,4}[YMD]", fullmatch=True),
    _odd_numbers,
)
_days = st.sampled_from(
    ["2026-11-23", "2024-02-29", "2023-02-29", "9999-12-31", "9999-02-30", "1899-12-31"]
)
_clocks = st.sampled_from(
    ["00:00", "23:59:59", "06: 41: 12", "24:00", "23:59:60", "99:99", "10 :00", "0:30"]
)
_fractions = st.from_regex(r"(\.[0-9]{0,10})?", fullmatch=True)
_zones = st.sampled_from(
    ["", "", "Z", "z", "+00:00", "-0000", "+05:30", "-2359", "+99:99", "+24:00", "+02"]
)
_marks = st.sampled_from(["T", " ", "t"])
iso = st.builds("{}{}{}{}{}".format, _days, _marks, _clocks, _fractions, _zones)
_american = st.from_regex(r" [0-9]{1,2}: ?[0-6][0-9](:[0-6][0-9])?( ?[AaPp][Mm])?", fullmatch=True)
_parts = st.one_of(
    st.permutations(["2026", "2", "29"]),
    st.sampled_from(
        [("12", "31", "9999"), ("02", "01", "2019"), ("1", "2", "26"), ("2026", "0", "5")]
    ),
)
vendors_dates = st.builds(
    lambda parts, mark, clock: mark.join(parts) + clock,
    _parts,
    st.sampled_from(["/", ".", "-"]),
    st.just("") | _american,
)
_letters = st.characters(
    exclude_characters="\0\r\n\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}ß",
    exclude_categories=["Cs"],
    max_codepoint=0x2FF,
)
"""Those whose other case is one letter: of the others DuckDB knows less than Python."""
texts = st.text(_letters, max_size=5)
_cores = st.one_of(words, numbers, _days, iso, vendors_dates, texts)
cells = st.one_of(
    st.just(""),
    words,
    _cores,
    st.builds(
        str.format,
        st.sampled_from(["'{}", '="{}"', " {}\u3000", "\t'{}", '=" {}"', '="{}', "''{}"]),
        _cores,
    ),
)
_CELLS = {
    ValueType.DATE: st.one_of(iso, vendors_dates, _days, cells),
    ValueType.INSTANT: st.one_of(iso, vendors_dates, _days, cells),
    **dict.fromkeys(
        (ValueType.COUNT, ValueType.DAYS, ValueType.MONTHS, ValueType.MONEY), numbers | cells
    ),
}


def in_order(cell: str, *, is_day_first: bool) -> str:
    """A cell whose date fits only the other order turned round: a column has one order mostly."""
    found = re.match(r"(.*?)([0-9]{1,2})([/.-])([0-9]{1,2})(?=\3[0-9]{4})", cell, re.DOTALL)
    if found is None:
        return cell
    before, one, mark, two = found.groups()
    if (int(one) > int(two)) is is_day_first:
        return cell
    return f"{before}{two}{mark}{one}{cell[found.end() :]}"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one fact; the file lacks the last."""

    names: tuple[str, ...]

    @property
    def there(self) -> tuple[str, ...]:
        return self.names[:-1]


def columns_of(fact: str) -> Columns:
    return Columns(tuple(f"{fact} {letter}" for letter in "abcd"))


@st.composite
def _where(draw: st.DrawFn, columns: Columns) -> tuple[Where, ...]:
    names = draw(st.lists(st.sampled_from(columns.names), max_size=2, unique=True))
    forms = st.sampled_from(["guid", "blank", "a*", "5ab5*", "1*", "*e*", "*:y*"])
    value = st.one_of(words.map(str.lower).map(str.strip), forms)
    values = st.lists(value, min_size=1, max_size=3, unique=True).map(tuple)
    return tuple(Where(name, draw(values)) for name in names)


@st.composite
def _read(draw: st.DrawFn, columns: Columns) -> Way:
    """A way that reads columns, before any words."""
    names = draw(st.lists(st.sampled_from(columns.names), min_size=1, max_size=3, unique=True))
    maybe = st.integers(0, 4).map(lambda number: number == 4)
    return Way(
        columns=tuple(names),
        blanks=frozenset(draw(st.lists(words, max_size=2))) and frozenset({"n/a", "-"}),
        after=draw(st.sampled_from([":", "/c/", "'", " "])) if draw(maybe) else None,
        before=draw(st.sampled_from([":", "/", "y"])) if draw(maybe) else None,
        pad=draw(st.integers(2, 6)) if draw(maybe) else 0,
        case=draw(st.sampled_from([None, None, *Letters])),
    )


def _written(spec: FactSpec) -> st.SearchStrategy[str]:
    return st.sampled_from(spec.choices or WRITTEN[spec.type])


@st.composite
def _mapped(draw: st.DrawFn, way: Way, spec: FactSpec, *, is_last: bool) -> Way:
    blank = [""] if isinstance(spec.blank, Missing) else []
    values = _written(spec) | st.sampled_from(blank) if blank else _written(spec)
    keys = words.map(str.strip).map(str.lower).filter(lambda word: word not in way.blanks)
    meanings = draw(st.dictionaries(keys, values, min_size=1, max_size=4))
    others: list[str | Unmapped] = [Unmapped.REJECTED, Unmapped.REJECTED]
    if is_last:
        others += [draw(values), *([Unmapped.UNKNOWN] if blank else [])]
    otherwise = draw(st.sampled_from(others))
    return replace(way, words=meanings, otherwise=otherwise)


@st.composite
def _way(draw: st.DrawFn, columns: Columns, spec: FactSpec, *, is_last: bool) -> Way:
    kind = draw(st.sampled_from(["column"] * 4 + ["map"] * 3 + ["value", "join"]))
    where = draw(_where(columns)) if draw(st.integers(0, 2)) == 2 else ()
    match kind:
        case "value":
            way = Way(value=draw(_written(spec)))
            where = where if where or is_last else (Where(columns.names[0], (BLANK,)),)
        case "join":
            parts = draw(st.lists(_part(columns), min_size=2, max_size=3))
            mark = draw(st.sampled_from([":", "", "-"]))
            way = replace(draw(_read(columns)), columns=(), join=mark, parts=tuple(parts))
        case "map":
            way = draw(_mapped(draw(_read(columns)), spec, is_last=is_last))
        case _:
            way = draw(_read(columns))
    way = replace(way, where=where)
    return draw(_priced(way, columns)) if spec.type is ValueType.MONEY else way


@st.composite
def _part(draw: st.DrawFn, columns: Columns) -> Way:
    way = draw(_read(columns))
    return way if draw(st.integers(0, 3)) else draw(_mapped(way, _TEXT, is_last=True))


@st.composite
def _priced(draw: st.DrawFn, way: Way, columns: Columns) -> Way:
    """A way to money: how its currency is read, and what its amount is for."""
    currency = st.sampled_from([(), (Way(value="NOK"),)]) | _ways(columns, _CURRENCY)
    covered = st.sampled_from([(), (Way(value="7"),)]) | _ways(columns, _MONTHS)
    return replace(way, currency=draw(currency), covers_months=draw(covered))


@st.composite
def _ways(draw: st.DrawFn, columns: Columns, spec: FactSpec) -> tuple[Way, ...]:
    count = draw(st.integers(1, 3))
    return tuple(draw(_way(columns, spec, is_last=n == count - 1)) for n in range(count))


@st.composite
def profiles(draw: st.DrawFn, specs: tuple[FactSpec, ...]) -> Profile:
    """A profile that reads these facts."""
    ways = {spec.name: draw(_ways(columns_of(spec.name), spec)) for spec in specs}
    names = [name for spec in specs for name in columns_of(spec.name).names[-2:]]
    return Profile(
        name="random",
        place=Place("random.yaml", 1),
        about="",
        source="",
        gives=Gives.SUBSCRIPTIONS,
        dates=tuple(draw(st.lists(st.sampled_from(DATE_FORMS), max_size=3, unique=True))),
        has_decimal_comma=draw(st.booleans()),
        facts={"subscription_id": (Way((KEY,)),), **ways},
        may_be_missing=draw(st.frozensets(st.sampled_from(names))),
    )


@st.composite
def rows_of(draw: st.DrawFn, specs: tuple[FactSpec, ...], count: int) -> list[dict[str, str]]:
    """So many rows for each fact, with all columns that are there; cells come in many pairs."""
    every = [name for spec in specs for name in columns_of(spec.name).there]
    kinds = {spec.type: _CELLS.get(spec.type, cells) for spec in specs}
    drawn = {
        type_: draw(st.lists(kind, min_size=count, max_size=count)) for type_, kind in kinds.items()
    }
    is_day_first = draw(st.sampled_from([True, False, None]))
    if is_day_first is not None:
        for type_, cells_ in drawn.items():
            drawn[type_] = [in_order(cell, is_day_first=is_day_first) for cell in cells_]
    found = []
    for number in range(count * len(specs)):
        spec, at = specs[number % len(specs)], number // len(specs)
        row = {KEY: str(number), **dict.fromkeys(every, "")}
        for place, name in enumerate(columns_of(spec.name).there):
            row[name] = drawn[spec.type][at * (2 * place + 1) % count]
        found.append(row)
    return found
