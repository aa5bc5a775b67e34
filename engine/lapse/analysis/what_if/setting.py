"""A quick what-if without editing YAML: a term's value is changed for one scope.

If the value that wins there is in a layer of exactly that scope, it is replaced. Otherwise the
scope gets a value of its own for the same days, so that nobody outside of it is affected. The
result is checked, with floors and everything else, as if the value were in a file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from lapse.model.days import ONE_DAY
from lapse.model.facts import ABSENT, Known, Value, parse_fact
from lapse.model.place import MisuseError, Place, Problem, did_you_mean
from lapse.model.rule import Layer, Rulebook, Span, TermEntry, layer_order, specificity
from lapse.model.subscription import fact_of_key
from lapse.policy.check.meetings import folded, joint
from lapse.policy.check.rulebook import check
from lapse.policy.in_force import InForce, in_force
from lapse.policy.reading.entries import term_value
from lapse.policy.text import nodes
from lapse.policy.text.problems import Problems
from lapse.policy.text.yaml import read_yaml

BY = "--set"
REGION, MARKET = "region", "market"


class SettingError(MisuseError):
    """A `--set`, `--where` or `--sweep` that cannot be read, or that the policies do not allow."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A term's new value; `asked` is its text, `option` the option that it came with."""

    name: str
    value: Known
    asked: str
    option: str


def parse_setting(text: str, book: Rulebook, *, option: str = BY) -> Setting:
    """Reads a setting such as `grace_days=14`; the value is written as in a policy file."""
    name, equals, written = (part.strip() for part in text.partition("="))
    spec = book.catalogue.terms.get(name)
    if spec is None:
        hint = did_you_mean(name, book.catalogue.terms)
        raise SettingError(f"{option}: there is no term `{name}`" + (f"; {hint}" if hint else ""))
    if not equals or not written:
        raise SettingError(f"{option}: `{text}` gives no value; write `{name}=14`")
    tree, yaml_problems = read_yaml(f"{name}: {written}\n", option)
    problems = Problems(yaml_problems)
    value = None
    if isinstance(tree, nodes.Mapping) and len(tree.entries) == 1:
        value = term_value(tree.entries[0][1], spec, problems)
    if value is None or problems.found:
        first = problems.found[0] if problems.found else None
        why = _said(first) if first else f"`{written}` is no value of `{name}`"
        raise SettingError(f"{option} {text}: {why}")
    return Setting(name, value, text, option)


def parse_where(texts: Iterable[str], book: Rulebook) -> Mapping[str, str]:
    """Reads texts such as `market=NO`, at most one for each key of the cascade."""
    where: dict[str, str] = {}
    for text in texts:
        key, _, written = (part.strip() for part in text.partition("="))
        if key not in book.catalogue.cascade:
            hint = did_you_mean(key, book.catalogue.cascade)
            message = f"--where: `{key}` is no key of the cascade"
            raise SettingError(message + (f"; {hint}" if hint else ""))
        if key in where:
            raise SettingError(f"--where: `{key}` stands there twice")
        where[key] = _scope_value(key, written, text, book)
    return where


def _scope_value(key: str, written: str, text: str, book: Rulebook) -> str:
    if key == REGION:
        regions = set(book.words.region_of.values())
        if written not in regions:
            hint = did_you_mean(written, regions)
            raise SettingError(f"--where {text}: no such region" + (f"; {hint}" if hint else ""))
        return written
    value = parse_fact(written, book.words.facts[fact_of_key(key)])
    if not isinstance(value, str):
        choices = book.words.facts[fact_of_key(key)].choices
        hint = did_you_mean(written, choices) if choices else None
        raise SettingError(
            f"--where {text}: `{written}` is no {key}" + (f"; {hint}" if hint else "")
        )
    return value


def with_settings(
    book: Rulebook, settings: Iterable[Setting], where: Mapping[str, str], day: date
) -> Rulebook:
    """The rulebook with each new value in place of the one that wins in a scope on a day."""
    changed = book
    named: set[str] = set()
    for setting in settings:
        if setting.name in named:
            raise SettingError(f"{setting.option}: `{setting.name}` is set twice")
        named.add(setting.name)
        changed = _with(changed, setting, where, day)
        for problem in _new_problems(book, changed):
            said = _said(problem).partition(", or write `{")[0]
            raise SettingError(f"{setting.option} {setting.asked}: {said}")
    return changed


def narrower(book: Rulebook, name: str, where: Mapping[str, str]) -> tuple[str, ...]:
    """The places where more specific layers set a term in part of a scope, and still win there."""
    scope = {key: frozenset({value}) for key, value in where.items()}
    cascade = book.catalogue.cascade
    return tuple(
        layer.terms[name][0].place.source
        for layer in book.layers
        if name in layer.terms
        and specificity(layer.applies_to, cascade) > specificity(scope, cascade)
        and joint(folded(scope, book.words), folded(layer.applies_to, book.words)) is not None
    )


def _with(book: Rulebook, setting: Setting, where: Mapping[str, str], day: date) -> Rulebook:
    force = in_force(book, scope_values(where, book))
    scope = {key: frozenset({value}) for key, value in where.items()}
    own = next((layer for layer in book.layers if layer.applies_to == scope), None)
    winner = force.term(setting.name, day, day).entry
    if own is not None and winner in own.terms.get(setting.name, ()):
        entries = tuple(
            replace(entry, value=setting.value) if entry is winner else entry
            for entry in own.terms[setting.name]
        )
    else:
        place = own.place if own else Place(BY, 1)
        entry = TermEntry(setting.value, _stretch(setting.name, force, day), place, BY)
        entries = (*(own.terms.get(setting.name, ()) if own else ()), entry)
    layer = own or Layer(_free_name(book, where), Place(BY, 1), scope)
    layer = replace(layer, terms={**layer.terms, setting.name: entries})
    others = (each for each in book.layers if each is not own)
    cascade = book.catalogue.cascade
    # Of two layers of equal specificity the first wins, and the value asked for must win.
    layers = sorted((layer, *others), key=lambda each: layer_order(each, cascade)[0])
    return replace(book, layers=tuple(layers), fingerprint="")


def scope_values(where: Mapping[str, str], book: Rulebook) -> tuple[Value, ...]:
    """A scope's value for each key of the cascade; a missing key matches no layer."""
    region = book.words.region_of.get(where.get(MARKET, ""), ABSENT)
    return tuple(
        where.get(key, region if key == REGION else ABSENT) for key in book.catalogue.cascade
    )


def _stretch(name: str, force: InForce, day: date) -> Span:
    """The days around `day` on which the same entry wins."""
    winner = force.term(name, day, day).entry
    days = sorted(force.term_days(name))
    first = last = None
    for start in reversed([each for each in days if each <= day]):
        if force.term(name, start - ONE_DAY, day).entry is not winner:
            first = start
            break
    for start in (each for each in days if each > day):
        if force.term(name, start, day).entry is not winner:
            last = start - ONE_DAY
            break
    return Span(first, last)


def _free_name(book: Rulebook, where: Mapping[str, str]) -> str:
    """A name such as `market SE`; a `'` is added for as long as a layer has that name."""
    names = {layer.name for layer in book.layers}
    scope = ", ".join(f"{key} {value}" for key, value in where.items()) or "everybody"
    return next(name for n in range(len(names) + 1) if (name := scope + "'" * n) not in names)


def _new_problems(before: Rulebook, after: Rulebook) -> Iterator[Problem]:
    """Errors that a check did not find before, except two layers of one scope, which we add."""
    known = set(check(before))
    for problem in check(after):
        if problem.is_error and problem not in known and problem.code != "ambiguous-layers":
            yield problem


def _said(problem: Problem) -> str:
    return problem.message + (f"; {problem.help}" if problem.help else "")
