"""Scopes as people name them, such as `market=NO program=nce`, and mistakes in them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from lapse.model.days import parse_date
from lapse.model.facts import ABSENT, Value, parse_fact
from lapse.model.place import MisuseError, did_you_mean
from lapse.model.rule import Rulebook
from lapse.model.subscription import fact_of_key
from lapse.policy.check.meaning import RESERVED_CODES
from lapse.policy.check.meetings import MARKET, REGION

WHERE, COMPARE = "--where", "--compare"
ANY = "any"

Where = Mapping[str, str]
"""A scope's value for each key of the cascade that it names."""


def parse_where(texts: Iterable[str], book: Rulebook, *, option: str = WHERE) -> Where:
    """Reads texts such as `market=NO`, at most one for each key of the cascade, in its order."""
    where: dict[str, str] = {}
    for text in texts:
        key, equals, written = (part.strip() for part in text.partition("="))
        if key not in book.catalogue.cascade:
            raise MisuseError(f"{option}: {_no_key(key, equals, book)}")
        if not written:
            raise MisuseError(f"{option}: `{key}` gives no value{_known(key, '', book)}")
        if key in where:
            raise MisuseError(f"{option}: `{key}` stands there twice")
        where[key] = _value(key, written, f"{option} {text}", book)
    return {key: where[key] for key in book.catalogue.cascade if key in where}


def parse_beside(
    texts: Iterable[str], where: Where, day: date, book: Rulebook
) -> tuple[Where, date]:
    """The scope and day to compare with: the same but for what the texts say otherwise."""
    besides: list[str] = []
    dropped: set[str] = set()
    for text in texts:
        key, _, written = (part.strip() for part in text.partition("="))
        other = parse_date(text)
        if other is not None:
            day = other
        elif text[:4].isdigit():
            raise MisuseError(f"{COMPARE}: `{text}` is no day such as 2027-01-01")
        elif written == ANY and key in book.catalogue.cascade:
            dropped.add(key)
        else:
            besides.append(text)
    named = {**where, **parse_where(besides, book, option=COMPARE)}
    kept = (key for key in book.catalogue.cascade if key in named and key not in dropped)
    return {key: named[key] for key in kept}, day


def scope_values(where: Where, book: Rulebook) -> tuple[Value, ...]:
    """A scope's value for each key of the cascade; a missing key matches no layer."""
    region = book.words.region_of.get(where.get(MARKET, ""), ABSENT)
    return tuple(
        where.get(key, region if key == REGION else ABSENT) for key in book.catalogue.cascade
    )


def unnamed(where: Where, book: Rulebook) -> Iterator[str]:
    """What to know about values that no layer names: they are judged as any other."""
    for key, value in where.items():
        is_in_region = key == MARKET and value in book.words.region_of
        if value not in _named(key, book) and not is_in_region:
            yield f"no layer names {key} `{value}`{_known(key, value, book)}"


def _no_key(key: str, equals: str, book: Rulebook) -> str:
    cascade = book.catalogue.cascade
    if not equals:
        # The value without its key, as in `--where NO`.
        fits = [each for each in cascade if key.lower() in {v.lower() for v in _named(each, book)}]
        example = f"{fits[0] if fits else cascade[-1]}={key}"
        return f"`{key}` names no key of the cascade; write `{example}`"
    hint = did_you_mean(key, cascade)
    return f"`{key}` is no key of the cascade" + (f"; {hint}" if hint else "")


def _value(key: str, written: str, said: str, book: Rulebook) -> str:
    if key == REGION:
        if written not in _named(key, book):
            raise MisuseError(f"{said}: no such region{_known(key, written, book)}")
        return written
    spec = book.words.facts[fact_of_key(key)]
    value = parse_fact(written, spec)
    if not isinstance(value, str):
        hint = did_you_mean(written, spec.choices) if spec.choices else None
        code = "; write its code of two letters, such as `NO`" if key == MARKET else ""
        raise MisuseError(f"{said}: `{written}` is no {key}" + (f"; {hint}" if hint else code))
    return value


def _known(key: str, value: str, book: Rulebook) -> str:
    if key == MARKET and value in RESERVED_CODES:
        return f"; did you mean `{RESERVED_CODES[value]}`?"
    names = _named(key, book)
    # Two codes of two letters are near by chance.
    hint = did_you_mean(value if key != MARKET else "", names) if names else None
    return f"; {hint}" if hint else ""


def _named(key: str, book: Rulebook) -> set[str]:
    """The values that exist of a key: regions are declared, others are named by some layer."""
    named = {value for layer in book.layers for value in layer.applies_to.get(key, ())}
    return named | set(book.words.region_of.values()) if key == REGION else named
