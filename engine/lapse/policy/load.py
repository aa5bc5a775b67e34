"""Loads a folder of policy files: reads, parses and checks it, and reports all problems at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lapse.model.facts import Vocabulary
from lapse.model.place import Place, Problem, problem_order
from lapse.model.rule import Layer, Rule, Rulebook, layer_order
from lapse.policy.check.rulebook import check
from lapse.policy.reading.cases import Case, Ground, parse_cases
from lapse.policy.reading.catalogue import Declared, parse_catalogue
from lapse.policy.reading.layer import parse_layer
from lapse.policy.reading.promises import Promise, parse_promises
from lapse.policy.text.folder import CATALOGUE, PolicyFile, policy_files, shown_in
from lapse.policy.text.nodes import Node
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.yaml import lines_of, read_yaml


@dataclass(frozen=True, slots=True)
class PolicySet:
    """A loaded folder; `book` is null when there is an error outside the cases and promises.

    `words` is null when the catalogue has an error. `problems` are in order of place. `sources`
    holds the lines of each file, for showing a place.
    """

    book: Rulebook | None
    words: Vocabulary | None
    cases: tuple[Case, ...]
    promises: tuple[Promise, ...]
    problems: tuple[Problem, ...]
    sources: Mapping[str, tuple[str, ...]]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong anywhere, cases and promises included; warnings aside."""
        return not any(problem.is_error for problem in self.problems)


def load(folder: Path, *, called: str | None = None) -> PolicySet:
    """The policy set of a folder, with its problems; `called` is shown in place of its path."""
    problems = Problems()
    files = policy_files(folder, problems, called=called)
    if files is None:
        return PolicySet(None, None, (), (), tuple(problems.found), {})
    declared = _declared(Place(shown_in(folder, CATALOGUE, called), 1), files, problems)
    words = _words(declared, problems)
    layers = _layers(files, declared, problems)
    book = _book(declared, layers, files, problems)
    # Apart from the rest: a wrong case or promise must not keep the rulebook from being used.
    beside = Problems()
    cases = _cases(files, declared, layers, beside)
    promises = _promises(files, declared, beside)
    return PolicySet(
        book=book,
        words=words,
        cases=cases,
        promises=promises,
        problems=tuple(sorted({*problems.found, *beside.found}, key=problem_order)),
        sources={file.file: lines_of(file.content) for file in files},
    )


def _words(declared: Declared | None, problems: Problems) -> Vocabulary | None:
    wrong = {problem.place.file for problem in problems.found if problem.is_error}
    return None if declared is None or declared.file in wrong else declared.catalogue.words


def _tree(file: PolicyFile, problems: Problems) -> Node | None:
    node, yaml_problems = read_yaml(file.content, file.file)
    problems.found.extend(yaml_problems)
    return node


def _declared(place: Place, files: Iterable[PolicyFile], problems: Problems) -> Declared | None:
    file = next((file for file in files if file.is_catalogue), None)
    if file is None:
        message = f"this folder has no `{CATALOGUE}`"
        help_ = "it declares the words of a policy set; `lapse init DIR` writes one"
        problems.add("catalogue-missing", message, place, help_)
        return None
    node = _tree(file, problems)
    return None if node is None else parse_catalogue(node, problems)


def _layers(
    files: Iterable[PolicyFile], declared: Declared | None, problems: Problems
) -> tuple[Layer, ...]:
    """The layers, the most specific first; without a catalogue only their YAML is checked."""
    layers: list[Layer] = []
    named: dict[str, Place] = {}
    for file in files:
        node = _tree(file, problems) if file.is_layer else None
        if node is None or declared is None:
            continue
        layer = parse_layer(node, declared, problems)
        also = named.setdefault(layer.name, layer.place) if layer.name else layer.place
        if also != layer.place:
            message = f"another layer is called {shown(layer.name)}"
            help_ = "give each its own name"
            problems.add("duplicate-layer", message, layer.place, help_, also=also)
        layers.append(layer)
    cascade = declared.catalogue.cascade if declared else ()
    return tuple(sorted(layers, key=lambda layer: layer_order(layer, cascade)))


def _book(
    declared: Declared | None,
    layers: tuple[Layer, ...],
    files: Iterable[PolicyFile],
    problems: Problems,
) -> Rulebook | None:
    """The rulebook, checked across its layers; null when anything in it is an error.

    Where some files have errors, the layers in the other files are still checked together.
    """
    if declared is None:
        return None
    wrong = {problem.place.file for problem in problems.found if problem.is_error}
    if declared.file in wrong:
        return None
    sound = tuple(layer for layer in layers if layer.place.file not in wrong)
    book = Rulebook(declared.catalogue, sound, _fingerprint(files))
    problems.found.extend(check(book, is_whole=not wrong))
    return None if any(problem.is_error for problem in problems.found) else book


def _fingerprint(files: Iterable[PolicyFile]) -> str:
    """A hash of the names and bytes of catalogue and layers, whatever their order."""
    digest = sha256()
    for file in sorted(files, key=lambda file: file.name):
        if file.is_catalogue or file.is_layer:
            name = file.name.encode("utf-8", "surrogateescape")
            digest.update(b"%d %d\n" % (len(name), len(file.content)) + name + file.content)
    return digest.hexdigest()


def _cases(
    files: Iterable[PolicyFile],
    declared: Declared | None,
    layers: tuple[Layer, ...],
    problems: Problems,
) -> tuple[Case, ...]:
    rules: dict[str, tuple[Rule, ...]] = {}
    for layer in layers:
        for name, entry in layer.rules.items():
            own = (entry,) if isinstance(entry, Rule) else ()
            rules[name] = (*rules.get(name, ()), *own)
    cases: list[Case] = []
    for file in files:
        node = _tree(file, problems) if file.is_case else None
        if node is not None and declared is not None:
            cases.extend(parse_cases(node, Ground(declared, rules, problems)))
    return tuple(cases)


def _promises(
    files: Iterable[PolicyFile], declared: Declared | None, problems: Problems
) -> tuple[Promise, ...]:
    file = next((file for file in files if file.is_promises), None)
    node = None if file is None else _tree(file, problems)
    return () if node is None or declared is None else parse_promises(node, declared, problems)
