"""What an author most likely meant by a test that is spelled in another way."""

import re

from lapse.model.condition import Name, NameKind
from lapse.model.facts import ValueType
from lapse.policy.reading.lexicon import Lexicon

OTHER_SPELLINGS = {
    "eq": "write the bare value: `status: active`",
    "in": "write a list: `status: [active, expired]`",
    "before": "write `lt`",
    "after": "write `gt`",
    ">": "write `gt`",
    ">=": "write `gte`",
    "<": "write `lt`",
    "<=": "write `lte`",
    "!=": "write `ne`",
    "is": "write the bare value: `status: active`",
    "between": "write both ends: `{gte: 14, lte: 30}`",
}
STAGE = "stage"
_SIGNS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "!=": "ne", "<>": "ne", "not": "ne"}
_SIGNS |= {"=>": "gte", "=<": "lte", "≥": "gte", "≤": "lte", "=": "", "==": ""}
_SIGN = r"(>=|<=|=>|=<|!=|<>|==|[><=≥≤]|not(?= ))"
_TEST = re.compile(rf"{_SIGN}\s*(.+)")
_RANGE = re.compile(r"(\d+)\s*(?:-|–|\.\.|to)\s*(\d+)")
_WHOLE_TEST = re.compile(rf"([\w-]+)\s*{_SIGN}\s*(.+)")


def meant_by_value(word: str, subject: Name, lexicon: Lexicon) -> str | None:
    """How to write a value such as `> 14`, or a term without its `$`; null for any other."""
    if subject.type is ValueType.TEXT:  # any text may be one of these
        return None
    if word == STAGE and subject.type is ValueType.DAYS:
        return f"did you mean `${STAGE}`?"
    named = lexicon.names.get(word)
    if named and named.type is subject.type and named.kind is not NameKind.COUNTER:
        return f"did you mean `${word}`?"
    if word in {"null", "~"}:
        return "write `{present: no}`"
    ends = _RANGE.fullmatch(word) if subject.type.is_number else None
    if ends:
        return f"write `{{gte: {ends.group(1)}, lte: {ends.group(2)}}}`"
    values = re.split(r"\s+or\s+|\s*\|\|?\s*", word)
    if values[1:]:
        return f"write `[{', '.join(values)}]`"
    test = _TEST.fullmatch(word)
    return f"write `{_test(test.group(1), test.group(2), lexicon)}`" if test else None


def meant_by_key(word: str, lexicon: Lexicon) -> str | None:
    """How to write a whole test that stands in place of a name, such as `seats > 5`."""
    test = _WHOLE_TEST.fullmatch(word)
    if test is None or test.group(1) not in lexicon.names:
        return None
    return f"write `{test.group(1)}: {_test(test.group(2), test.group(3), lexicon)}`"


def _test(sign: str, value: str, lexicon: Lexicon) -> str:
    value = f"${value}" if value in lexicon.names else value
    return f"{{{_SIGNS[sign]}: {value}}}" if _SIGNS[sign] else value
