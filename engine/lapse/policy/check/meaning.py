"""Warnings about what is sound in form, and most likely not meant so.

Each is proved by what the files say and by today's day, which a rulebook itself does not depend on.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from lapse.model.condition import NameKind, names
from lapse.model.facts import ABSENT, Value, show
from lapse.model.place import Place, Problem, Severity, problem_order
from lapse.model.rule import (
    CLOCK_TERMS,
    TOLERANCE_TERM,
    Layer,
    Off,
    Override,
    Rulebook,
    Span,
    TermEntry,
    terms_read,
)
from lapse.policy.check.meetings import MARKET, REGION
from lapse.policy.in_force import in_force
from lapse.policy.text.template import template_pieces

RESERVED_CODES = {"UK": "GB", "EL": "GR"}
"""Codes of two countries as the European Union writes them, and those of ISO 3166-1."""
OTHER_CODES = frozenset({"XK"})
"""Kosovo has no code of ISO 3166-1; Microsoft and the European Union write this one."""
FAR = timedelta(days=3653)
"""Ten years: no contract lasts so long, and a mistyped year is mostly further off."""


def unlikely(book: Rulebook, today: date) -> list[Problem]:
    """Every warning about a rulebook, in order of place."""
    found = [
        *_unused_terms(book),
        *_unknown_markets(book),
        *(problem for layer in book.layers for problem in _dated(book, layer, today)),
    ]
    return sorted(found, key=problem_order)


def _warning(code: str, message: str, place: Place, help_: str) -> Problem:
    return Problem(code, message, place, help_, Severity.WARNING)


def _unused_terms(book: Rulebook) -> Iterator[Problem]:
    """`term-unused`: a term that layers set, and no rule, text or lock of an action reads."""
    locks = (spec.only_if for spec in book.catalogue.actions.values() if spec.only_if)
    read = {name.name for lock in locks for name in names(lock) if name.kind is NameKind.TERM}
    read |= {*CLOCK_TERMS, TOLERANCE_TERM}
    for rule in book.every_rule():
        read |= terms_read(rule)
        pieces = (piece for each in rule.because for piece in template_pieces(each))
        read |= {text for text, is_field in pieces if is_field}
    for name in book.catalogue.terms.keys() - read:
        places = [entry.place for layer in book.layers for entry in layer.terms.get(name, ())]
        if places:
            help_ = f"let a rule test `${name}`, or take it out of the catalogue and of each layer"
            yield _warning("term-unused", f"no rule reads `{name}`", min(places), help_)


def _unknown_markets(book: Rulebook) -> Iterator[Problem]:
    """`unknown-market`: a layer for a code that no country has."""
    for layer in book.layers:
        for code in sorted(layer.applies_to.get(MARKET, frozenset()) - _countries()):
            meant = RESERVED_CODES.get(code)
            help_ = f"did you mean `{meant}`?" if meant else "write the code of ISO 3166-1"
            place = layer.places.get("applies_to", layer.place)
            yield _warning("unknown-market", f"no country has the code `{code}`", place, help_)


@cache
def _countries() -> frozenset[str]:
    """The codes of ISO 3166-1, as the time zone database lists them."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    lines = (line for line in table.splitlines() if not line.startswith("#"))
    return OTHER_CODES.union(line.partition("\t")[0] for line in lines)


def _dated(book: Rulebook, layer: Layer, today: date) -> Iterator[Problem]:
    """`over`: what no longer counts; `far-ahead`: a day whose year is hardly meant."""
    for name, entries in layer.terms.items():
        for entry in entries:
            yield from _far(entry.span, entry.override, entry.place, today)
            if entry.override and entry.override.expires < today:
                what = f"the override of `{name}` counted until {entry.override.expires}"
                yield _over(what + _holds_now(book, layer, name, today), entry.place)
        # A pinned value still counts for whom the pin lies in its days.
        if name in book.catalogue.terms and book.catalogue.terms[name].pinned_to:
            continue
        latest = max(entries, key=lambda entry: entry.span.last or date.max)
        if latest.span.last and latest.span.last < today:
            what = f"the last value of `{name}` counted until {latest.span.last}"
            yield _over(what + _holds_now(book, layer, name, today), latest.place)
    for rule in (*layer.rules.values(), *([layer.hold] if layer.hold else [])):
        yield from _far(rule.span, rule.override, rule.place, today)
        ends = rule.span.last, rule.override.expires if rule.override else None
        over = min((end for end in ends if end and end < today), default=None)
        if over:
            kind = "the hold of" if rule is layer.hold else "rule"
            ended = "was off" if isinstance(rule, Off) else "counted"
            yield _over(f"{kind} `{rule.name}` {ended} until {over}", rule.place)


def _over(what: str, place: Place) -> Problem:
    return _warning("over", what, place, "delete it, or write until when it is to count")


def _far(span: Span, override: Override | None, place: Place, today: date) -> Iterator[Problem]:
    days = span.first, span.last, override.expires if override else None
    for day in days:
        if day and day > today + FAR:
            help_ = "mend the year; what has no end needs no `to`"
            yield _warning("far-ahead", f"{day} is more than ten years ahead", place, help_)


def _holds_now(book: Rulebook, layer: Layer, name: str, today: date) -> str:
    """What a term is today in a layer's scope, of whose values the first is taken."""
    where: dict[str, Value] = {key: min(values) for key, values in layer.applies_to.items()}
    region = book.words.region_of.get(str(where.get(MARKET, "")), ABSENT)
    scope = ({REGION: region, **where}.get(key, ABSENT) for key in book.catalogue.cascade)
    term = in_force(book, tuple(scope)).term(name, today, today)
    return f", and it is {show(term.value)} now" + _by(term.entry)


def _by(entry: TermEntry | None) -> str:
    return f" ({entry.place.source})" if entry else ""
