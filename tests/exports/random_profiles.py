"""Profiles with ways of every kind, and rows that bring out what is odd about them.

The profiles are such as pass the gate. Each fact has columns of its own, and each row fills those
of one fact, so that no bad cell hides another.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from lapse.exports.profile import DateForm, Gives, Letters, Profile, Unmapped, Way, Where
from lapse.facts import FactSpec, Missing, ValueType
from lapse.place import Place

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

words = st.sampled_from(
    ["active", "Suspended", "ACTIVE", "n/a", "-", "monthly", "NOK", "nok", "kr", "x:y:z", "1", "/c/7/x"]
    + ["yes", "NO", "2 ", "Ærlig", "ÅL", "none", "Q: Active", GUID_TEXT, f"{{{GUID_TEXT}}}", "12", "P1Y"]
)
numbers = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.decimals(-(10**5), 10**5, places=4).map(str),
    st.from_regex(r"[+-]?[0-9]{1,3}([,. '\u2019\xa0\u202f][0-9]{3}){1,2}([.,][0-9]{1,3})?-?", fullmatch=True),
    st.from_regex(r"[+-]?[0-9]{1,4}([.,][0-9]{1,13})?([eE][+-]?[0-9]{1,3})?-?", fullmatch=True),
    st.from_regex(r"P[0-9]{1,4}[YMD]", fullmatch=True),
    st.sampled_from(["0E-20", "1E30", "1e-11", "5--", "25.", ".5", "99999999999999.99995", "1" * 18])
    | st.sampled_from(["0.00005", "-0.00005", "1 NOK", "1.5 NOK", "1,5 kr", "٢٥", "1e999", "1" * 40]),
)
_days = st.sampled_from(["2026-11-23", "2024-02-29", "2023-02-29", "9999-12-31", "9999-02-30", "1899-12-31"])
_clocks = st.sampled_from(["00:00", "23:59:59", "06: 41: 12", "24:00", "23:59:60", "99:99", "10 :00", "0:30"])
_fractions = st.from_regex(r"(\.[0-9]{0,10})?", fullmatch=True)
_zones = st.sampled_from(["", "Z", "z", "+00:00", "-0000", "+05:30", "-2359", "+99:99", "+24:00", "+02"])
iso = st.builds("{}{}{}{}{}".format, _days, st.sampled_from(["T", " ", "t"]), _clocks, _fractions, _zones)
_vendors_clocks = st.from_regex(r" [0-9]{1,2}: ?[0-6][0-9](:[0-6][0-9])?( ?[AaPp][Mm])?", fullmatch=True)
vendors_dates = st.builds(
    lambda parts, mark, clock: mark.join(parts) + clock,
    st.permutations([st.just("2026"), st.just("2"), st.just("29")]).flatmap(lambda p: st.tuples(*p))
    | st.sampled_from([("12", "31", "9999"), ("02", "01", "2019"), ("1", "2", "26"), ("2026", "0", "5")]),
    st.sampled_from(["/", ".", "-"]),
    st.just("") | _vendors_clocks,
)
texts = st.text(st.characters(exclude_characters="\0\r\n\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}Σß", exclude_categories=["Cs"], max_codepoint=0x2FF), max_size=5)
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
_COLUMN_CELLS = {
    ValueType.DATE: st.one_of(iso, vendors_dates, _days, cells),
    ValueType.INSTANT: st.one_of(iso, vendors_dates, _days, cells),
    **dict.fromkeys(
        (ValueType.COUNT, ValueType.DAYS, ValueType.MONTHS, ValueType.MONEY), numbers | cells
    ),
}


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
    value = st.one_of(
        words.map(str.lower).map(str.strip), st.sampled_from(["guid", "blank", "a*", "5ab5*", "1*"])
    )
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


@st.composite
def _mapped(draw: st.DrawFn, way: Way, spec: FactSpec, *, is_last: bool) -> Way:
    blank = [""] if isinstance(spec.blank, Missing) else []
    values = st.sampled_from([*(spec.choices or WRITTEN[spec.type]), *blank])
    keys = words.map(str.strip).map(str.lower).filter(lambda word: word not in way.blanks)
    meanings = draw(st.dictionaries(keys, values, min_size=1, max_size=4))
    others = [Unmapped.REJECTED, Unmapped.REJECTED]
    if is_last:
        others += [draw(values), *([Unmapped.UNKNOWN] if blank else [])]
    otherwise = draw(st.sampled_from(others))
    return _with(way, words=meanings, otherwise=otherwise)


def _with(way: Way, **changes: object) -> Way:
    from dataclasses import replace

    return replace(way, **changes)


@st.composite
def _way(draw: st.DrawFn, columns: Columns, spec: FactSpec, *, is_last: bool) -> Way:
    kind = draw(st.sampled_from(["column"] * 4 + ["map"] * 3 + ["value", "join"]))
    where = draw(_where(columns)) if draw(st.integers(0, 2)) == 2 else ()
    money = draw(_money(columns)) if spec.type is ValueType.MONEY else {}
    if kind == "value":
        where = where or (Where(columns.names[0], ("blank",)),) if not is_last else where
        value = draw(st.sampled_from(spec.choices or WRITTEN[spec.type]))
        return Way(value=value, where=where, **money)
    if kind == "join":
        parts = draw(st.lists(_part(columns), min_size=2, max_size=3))
        whole = draw(_read(columns))
        mark = draw(st.sampled_from([":", "", "-"]))
        way = _with(whole, columns=(), join=mark, parts=tuple(parts))
    else:
        way = draw(_read(columns))
    if kind == "map":
        way = draw(_mapped(way, spec, is_last=is_last))
    return _with(way, where=where, **money)


@st.composite
def _part(draw: st.DrawFn, columns: Columns) -> Way:
    way = draw(_read(columns))
    text = FactSpec("part", ValueType.TEXT)
    return draw(_mapped(way, text, is_last=True)) if draw(st.integers(0, 3)) == 0 else way


@st.composite
def _money(draw: st.DrawFn, columns: Columns) -> dict[str, tuple[Way, ...]]:
    currency = FactSpec("currency", ValueType.TEXT, pattern="[A-Z]{3}")
    months = FactSpec("covers", ValueType.MONTHS)
    inner = st.sampled_from([(), (Way(value="NOK"),), None, None])
    found = draw(inner)
    covered = draw(st.sampled_from([(), (), (Way(value="7"),), None]))
    return {
        "currency": draw(_ways(columns, currency)) if found is None else found,
        "covers_months": draw(_ways(columns, months)) if covered is None else covered,
    }


@st.composite
def _ways(draw: st.DrawFn, columns: Columns, spec: FactSpec) -> tuple[Way, ...]:
    count = draw(st.integers(1, 3))
    return tuple(draw(_way(columns, spec, is_last=n == count - 1)) for n in range(count))


@st.composite
def profiles(draw: st.DrawFn, specs: tuple[FactSpec, ...]) -> Profile:
    """A profile that reads these facts."""
    ways = {spec.name: draw(_ways(columns_of(spec.name), spec)) for spec in specs}
    return Profile(
        name="random",
        place=Place("random.yaml", 1),
        about="",
        source="",
        gives=Gives.SUBSCRIPTIONS,
        dates=tuple(draw(st.lists(st.sampled_from(DATE_FORMS), max_size=3, unique=True))),
        has_decimal_comma=draw(st.booleans()),
        facts={"subscription_id": (Way((KEY,)),), **ways},
    )


@st.composite
def rows_of(draw: st.DrawFn, specs: tuple[FactSpec, ...], count: int) -> list[dict[str, str]]:
    """So many rows for each fact, with all columns that are there."""
    every = [name for spec in specs for name in columns_of(spec.name).there]
    found = []
    for number in range(count * len(specs)):
        spec = specs[number % len(specs)]
        filled = {name: draw(_COLUMN_CELLS.get(spec.type, cells)) for name in columns_of(spec.name).there}
        found.append({KEY: str(number), **dict.fromkeys(every, ""), **filled})
    return found
