"""A quick what-if without editing YAML: a term's value is changed for one scope.

If the value that wins there is in a layer of exactly that scope, it is replaced. Otherwise the
scope gets a value of its own for the same days, so that nobody outside of it is affected. The
result is checked, with floors and everything else, as if the value were in a file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from lapse.analysis.scope import Where, scope_values
from lapse.model.facts import Known
from lapse.model.place import MisuseError, Place, Problem, did_you_mean
from lapse.model.rule import Layer, Rulebook, TermEntry, layer_order, specificity
from lapse.policy.check.meetings import folded, joint
from lapse.policy.check.rulebook import check
from lapse.policy.in_force import in_force
from lapse.policy.reading.entries import term_value
from lapse.policy.text import nodes
from lapse.policy.text.problems import Problems
from lapse.policy.text.yaml import read_yaml

BY = "--set"


class SettingError(MisuseError):
    """A `--set` or `--sweep` that cannot be read, or that the policies do not allow."""


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


def with_settings(book: Rulebook, settings: Iterable[Setting], where: Where, day: date) -> Rulebook:
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


def narrower(book: Rulebook, name: str, where: Where) -> tuple[str, ...]:
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


def _with(book: Rulebook, setting: Setting, where: Where, day: date) -> Rulebook:
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
        entry = TermEntry(setting.value, force.stretch(setting.name, day), place, BY)
        entries = (*(own.terms.get(setting.name, ()) if own else ()), entry)
    layer = own or Layer(_free_name(book, where), Place(BY, 1), scope)
    layer = replace(layer, terms={**layer.terms, setting.name: entries})
    others = (each for each in book.layers if each is not own)
    cascade = book.catalogue.cascade
    # Of two layers of equal specificity the first wins, and the value asked for must win.
    layers = sorted((layer, *others), key=lambda each: layer_order(each, cascade)[0])
    return replace(book, layers=tuple(layers), fingerprint="")


def _free_name(book: Rulebook, where: Where) -> str:
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
