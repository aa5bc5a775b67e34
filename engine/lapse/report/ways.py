"""How a profile reads a fact, in words: `offerId in lower case, where offerId is legacy`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lapse.model.profile import ANY, BLANK, GUID, ListSum, Unmapped, Way, Where

MOST_WORDS = 8
_NOTHING, _ALWAYS = "blank", "always "


@dataclass(frozen=True, slots=True)
class Spelling:
    """Columns and words as their author wrote them."""

    written: Mapping[str, str]

    def __call__(self, word: str) -> str:
        return self.written.get(word, word)


def ways_text(ways: Sequence[Way], spelling: Spelling) -> str:
    """All ways in the order in which they are tried."""
    return "; else ".join(_way(way, spelling) for way in ways)


def conditions_text(conditions: Sequence[Where], spelling: Spelling) -> str:
    return " and ".join(_condition(condition, spelling) for condition in conditions)


def _way(way: Way, spelling: Spelling) -> str:
    text = " ".join([_source(way, spelling), *_changes(way)]) + _meanings(way, spelling)
    if way.currency:
        text += f", in {_part(way.currency, spelling)}"
    if way.covers_months:
        text += f", divided by the months it is for: {_part(way.covers_months, spelling)}"
    return f"{text}, where {conditions_text(way.where, spelling)}" if way.where else text


def _part(ways: Sequence[Way], spelling: Spelling) -> str:
    return ways_text(ways, spelling).removeprefix(_ALWAYS)


def _source(way: Way, spelling: Spelling) -> str:
    if way.value is not None:
        return (way.value or _NOTHING) if way.where else f"{_ALWAYS}{way.value or _NOTHING}"
    if way.total is not None:
        return _sum(way.total, spelling)
    if way.parts:
        joined = " and ".join(ways_text([part], spelling) for part in way.parts)
        return f"{joined}, joined by `{way.join}`" if way.join else f"{joined}, joined"
    return ", else ".join(spelling(column) for column in way.columns) + _cut(way)


def _sum(total: ListSum, spelling: Spelling) -> str:
    text = f"the sum of {total.number} over all of {spelling(total.column)}"
    return f"{text} of which {total.until} is not past" if total.until else text


def _cut(way: Way) -> str:
    match way.after, way.before:
        case str(after), str(before):
            return f" between `{after}` and `{before}`"
        case str(after), None:
            return f" after `{after}`"
        case None, str(before):
            return f" before `{before}`"
        case _:
            return ""


def _changes(way: Way) -> Iterator[str]:
    if way.parts and _cut(way):
        yield f"and of that what stands{_cut(way)}"
    if way.pad:
        yield f"filled with zeros to {way.pad} characters"
    if way.case is not None:
        yield f"in {way.case} case"


def _meanings(way: Way, spelling: Spelling) -> str:
    """The words of a way with their meanings; only the first ones of a long list."""
    blanks = [f"{spelling(text)}: {_NOTHING}" for text in sorted(way.blanks)]
    words = [
        spelling(word) if word == meaning else f"{spelling(word)}: {meaning or _NOTHING}"
        for word, meaning in (way.words or {}).items()
    ]
    listed = [*blanks, *words]
    more = len(listed) - MOST_WORDS
    if more > 1:
        listed = [*listed[:MOST_WORDS], f"{more} more"]
    match way.otherwise:
        case Unmapped.UNKNOWN:
            listed.append("any other: unknown")
        case str(meaning):
            listed.append(f"any other: {meaning or _NOTHING}")
        case Unmapped.REJECTED:
            pass
    return f" ({', '.join(listed)})" if listed else ""


def _condition(condition: Where, spelling: Spelling) -> str:
    """`offerId begins with MS-AZR- or has the form of a GUID`; tests with one verb are joined."""
    tests: dict[str, list[str]] = {}
    for value in condition.values:
        verb, named = _test(value, spelling)
        tests.setdefault(verb, []).append(named)
    phrases = [f"{verb} {_or(named)}".strip() for verb, named in tests.items()]
    return f"{spelling(condition.column)} {_or(phrases)}"


def _test(value: str, spelling: Spelling) -> tuple[str, str]:
    if value == BLANK:
        return "is blank", ""
    if value == GUID:
        return "has the form of a GUID", ""
    if value.startswith(ANY):
        return "contains", spelling(value).strip(ANY)
    if value.endswith(ANY):
        return "begins with", spelling(value).removesuffix(ANY)
    return "is", spelling(value)


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
