"""What a user says that a fact is taken to be where no column gives it."""

from lapse.model.facts import ABSENT, UNKNOWN, Value, Vocabulary, parse_fact
from lapse.model.invoices import MUST_BE_TOLD, may_be_assumed
from lapse.model.place import LapseError, MisuseError, did_you_mean


def assumed_value(name: str, text: str, words: Vocabulary, *, by: str) -> Value:
    """The value that is stated for a fact; a `LapseError` if it is none, `by` says where."""
    spec = words.facts.get(name)
    if spec is None:
        hint = did_you_mean(name, words.facts)
        raise LapseError(f"{by}: there is no fact `{name}`" + (f"; {hint}" if hint else ""))
    value = parse_fact(text, spec)
    if value is None and text in (ABSENT.value, UNKNOWN.value):
        value = ABSENT if text == ABSENT.value else UNKNOWN
    if value is not None and not may_be_assumed(name, value):
        raise MisuseError(f"{by}: `{name}` {MUST_BE_TOLD}")
    if value is not None:
        return value
    choices = f" (one of: {', '.join(spec.choices)})" if spec.choices else ""
    raise LapseError(f"{by}: `{text}` is no {spec.type} for `{name}`{choices}")
