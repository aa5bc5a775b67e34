"""A case as YAML, as an author would write it."""

import json
import re
from collections.abc import Iterator
from datetime import date

from lapse.model.facts import FLAGS, Missing, Value, ValueType, Vocabulary, show
from lapse.model.money import Money
from lapse.policy.reading.cases import Case, Expectation

_BARE = re.compile(r"[A-Za-z][\w@.-]*( [\w@.-]+)*", re.ASCII)
# Other programs than this one read these as something else than text.
_TRAPS = frozenset({*FLAGS, "on", "off", "y", "n", "null", "none", "unknown"})


def case_text(case: Case, words: Vocabulary, comment: str = "") -> str:
    """The case as an item of the list of a cases file.

    It can be saved in the folder `cases` as it stands.
    """
    return "\n".join(["cases:", *(f"  {line}" for line in _lines(case, words, comment))]) + "\n"


def _lines(case: Case, words: Vocabulary, comment: str) -> Iterator[str]:
    yield from (f"# {line}" for line in comment.splitlines())
    yield f"- name: {quoted(case.name)}"
    yield "  given:" if case.given else "  given: {}"
    for name, value in sorted(case.given.items()):
        yield f"    {name}: {value_text(value, words.facts[name].type)}"
    if case.before:
        yield "  before:"
        yield from (f"    {at}: {_labels(orders)}" for at, orders in case.before)
    yield f"  from: {case.first}"
    yield f"  until: {case.until}"
    yield from [f"  track: {case.track}"] if case.track else []
    yield "  expect:" if case.expect else "  expect: {}"
    yield from (f"    {at}: {_labels(labels)}" for at, labels in case.expect)


def _labels(items: tuple[Expectation, ...]) -> str:
    names = [item.label for item in items]
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def value_text(value: Value, type_: ValueType) -> str:
    if isinstance(value, Missing):
        return value.value
    if isinstance(value, Money):
        # All four places where there are any: what is just over a limit may differ in the last.
        amount = f"{value.amount.normalize():f}"
        return f"{amount} {value.currency}" if value.currency else amount
    shown = show(value)
    is_text = type_ is ValueType.TEXT and not isinstance(value, date)
    return quoted(shown) if is_text else shown


def quoted(text: str) -> str:
    """A text, in quotes where YAML or a policy would read something else."""
    is_bare = _BARE.fullmatch(text) and text.lower() not in _TRAPS
    return text if is_bare else json.dumps(text, ensure_ascii=False)
