"""Reads YAML text into a tree of nodes with places; only this module uses yaml to read.

YAML guesses types (`NO` is false, `010` is 8, `12:30:45` is a number). Here every scalar keeps its
text, and its declared type decides. What would make the place of a value ambiguous, or let a small
file grow, is refused: anchors, aliases, merge keys, tags, several documents, deep nesting. Only
yaml's events are read, and no further once they nest too deep, because yaml's own loaders crash or
take minutes on 200,000 open brackets.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from lapse.model.place import Place, Problem
from lapse.policy.text.nodes import Mapping, Node, Scalar, Sequence
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.slips import Fault, explained

__all__ = ["Mapping", "Node", "Scalar", "Sequence", "lines_of", "read_yaml"]

# Policies come from strangers. LibYAML recurses: 200,000 nested brackets end the process,
# so depth is counted on its events, before anything is built. The others bound time and memory far
# beyond what people write: the largest file shipped has 43 kB.
MOST_BYTES = 4_000_000
MOST_DEPTH = 50
MOST_NODES = 100_000
MOST_CHARACTERS = 10_000

# LibYAML's where PyYAML has it: it composed 267 kB in 0.17 s, ruamel took 1.62 s.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
# YAML 1.1, production 1 (c-printable), less the byte order mark inside a text.
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_MERGE_KEY = "<<"
# What is in none of these is plain: LibYAML's style for that is "", PyYAML's own None.
_QUOTED = frozenset({"'", '"', "|", ">"})


def read_yaml(content: str | bytes, file: str) -> tuple[Node | None, list[Problem]]:
    """The tree of one document, and what is wrong with it as YAML.

    The tree is null when the text is no YAML. For other problems, the parts that they are about are
    left out of the tree.
    """
    problems = Problems()
    text = _text(content, file, problems)
    root = None
    if text is not None:
        tree = _Tree(file, problems)
        try:
            root = tree.grown_from(yaml.parse(text, Loader=_LOADER))
        except yaml.MarkedYAMLError as error:
            _report_fault(error, lines_of(text), file, problems)
        # A `ReaderError` has no mark to tell a place by.
        except (yaml.YAMLError, ValueError, OverflowError):
            problems.add("yaml-syntax", "this is not valid YAML", tree.last)
    return root, problems.found


def lines_of(content: str | bytes) -> tuple[str, ...]:
    """The lines of a file as YAML counts them, for showing a problem's place."""
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    return tuple(_LINE_BREAK.split(text.removeprefix("\ufeff")))


def _text(content: str | bytes, file: str, problems: Problems) -> str | None:
    """The decoded text; null, with a problem, if it is too large, not UTF-8 or not printable."""
    if len(content) > MOST_BYTES:
        help_ = f"a policy file has at most {MOST_BYTES // 1_000_000} MB; split it into several"
        problems.add("file-too-large", "this file is too large", Place(file, 1), help_)
        return None
    text = _decoded(content, file, problems) if isinstance(content, bytes) else content
    if text is None:
        return None
    text = text.removeprefix("\ufeff")
    bad = _UNPRINTABLE.search(text)
    if bad:
        name = f"U+{ord(bad.group()):04X}"
        place = _end_of(text[: bad.start()], file)
        problems.add(
            "yaml-character", f"the character {name} may not stand in a policy", place, "delete it"
        )
        return None
    return text


def _decoded(content: bytes, file: str, problems: Problems) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        help_ = "save the file as UTF-8"
        problems.add("yaml-encoding", "this is not UTF-8 text", _end_of(before, file), help_)
        return None


def _end_of(text: str, file: str) -> Place:
    lines = lines_of(text)
    return Place(file, len(lines), len(lines[-1]) + 1)


def _report_fault(
    error: yaml.MarkedYAMLError, lines: tuple[str, ...], file: str, problems: Problems
) -> None:
    fault = Fault(
        problem=str(error.problem or ""),
        context=str(error.context or ""),
        at=_position(error.problem_mark, lines),
        since=_position(error.context_mark or error.problem_mark, lines),
        lines=lines,
    )
    message, help_, (line, column) = explained(fault)
    problems.add("yaml-syntax", message, Place(file, line + 1, column + 1), help_)


def _position(mark: Any, lines: tuple[str, ...]) -> tuple[int, int]:  # noqa: ANN401  untyped in yaml
    """Line and column from 0; the end of a text counts as the end of its last line with text."""
    if mark is None:
        return 0, 0
    line, column = mark.line, mark.column
    if line < len(lines) - 1 or (line < len(lines) and lines[line].strip()):
        return line, column
    written = [number for number, text in enumerate(lines) if text.strip()]
    last = written[-1] if written else 0
    return last, len(lines[last])


def _begins_again(key: Node, entries: dict[str, tuple[Scalar, Node]]) -> bool:
    """Whether a mapping's first key comes again after others, as in a list without its dashes."""
    return len(entries) > 1 and isinstance(key, Scalar) and key.text == next(iter(entries))


@dataclass(slots=True)
class _Collection:
    """A list or mapping that is still being read; a mapping's keys and values alternate."""

    place: Place
    nodes: list[Node] = field(default_factory=list)


class _Tree:
    """A document's tree as it grows, event by event."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.last = Place(file, 1)
        self.root: Node | None = None
        self.is_whole = True
        self.documents = 0
        self.nodes = 0
        self.open: list[_Collection] = []

    def grown_from(self, events: Iterator[Any]) -> Node | None:
        takes: dict[type, Callable[[Any], bool]] = {
            yaml.DocumentStartEvent: self._is_only_document,
            yaml.ScalarEvent: self._take_scalar,
            yaml.MappingStartEvent: self._open,
            yaml.MappingEndEvent: self._close_mapping,
            yaml.SequenceStartEvent: self._open,
            yaml.SequenceEndEvent: self._close_sequence,
            yaml.AliasEvent: self._refuse_alias,
        }
        for event in events:
            take = takes.get(type(event))
            if take is not None and not take(event):
                break
        if self.root is None and self.is_whole:
            help_ = "delete it, or begin it with `layer:` and a name"
            self.problems.add("file-empty", "this file says nothing", Place(self.file, 1), help_)
        return self.root if self.is_whole else None

    def _take_scalar(self, event: Any) -> bool:  # noqa: ANN401  untyped in yaml
        place = self._begun(event)
        is_quoted = event.style in _QUOTED
        return self._add(Scalar(self._checked(event.value), place, is_quoted))

    def _open(self, event: Any) -> bool:  # noqa: ANN401  untyped in yaml
        self.open.append(_Collection(self._begun(event)))
        if len(self.open) <= MOST_DEPTH:
            return True
        message = f"nested deeper than {MOST_DEPTH} levels"
        return self._stop("yaml-too-deep", message, "close a bracket, or indent less")

    def _close_mapping(self, _: object) -> bool:
        done = self.open.pop()
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, node in zip(done.nodes[::2], done.nodes[1::2], strict=True):
            if self._is_good_key(key, entries):
                assert isinstance(key, Scalar)
                entries[key.text] = key, node
            elif _begins_again(key, entries):
                break
        return self._add(Mapping(tuple(entries.values()), done.place))

    def _close_sequence(self, _: object) -> bool:
        done = self.open.pop()
        return self._add(Sequence(tuple(done.nodes), done.place))

    def _refuse_alias(self, event: Any) -> bool:  # noqa: ANN401  untyped in yaml
        self.last = self._place(event)
        message = f"{shown(f'*{event.anchor}')} is a YAML alias"
        return self._stop("yaml-anchor", message, "write the value out, or put quotes around it")

    def _is_only_document(self, event: Any) -> bool:  # noqa: ANN401  untyped in yaml
        self.documents += 1
        if self.documents == 1:
            return True
        help_ = "write one file for each, without `---` between"
        place = self._place(event)
        self.problems.add("yaml-documents", "a second document begins here", place, help_)
        return False

    def _place(self, event: Any) -> Place:  # noqa: ANN401  untyped in yaml
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _begun(self, event: Any) -> Place:  # noqa: ANN401  untyped in yaml
        """The place of a node; an anchor or a tag on it is reported and otherwise ignored."""
        self.last = place = self._place(event)
        help_ = "delete it, or put quotes around the text"
        if event.anchor is not None:
            message = f"{shown(f'&{event.anchor}')} is a YAML anchor"
            self.problems.add("yaml-anchor", message, place, help_)
        if event.tag is not None:
            help_ = "write a comparison as `{ne: active}`" if event.tag[:2] == "!=" else help_
            self.problems.add("yaml-tag", f"{shown(event.tag)} is a YAML tag", place, help_)
        return place

    def _stop(self, code: str, message: str, help_: str) -> bool:
        self.problems.add(code, message, self.last, help_)
        self.is_whole = False
        return False

    def _add(self, node: Node) -> bool:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            message = f"more than {MOST_NODES} values in one file"
            return self._stop("file-too-large", message, "split it into several")
        if self.open:
            self.open[-1].nodes.append(node)
        elif not (isinstance(node, Scalar) and node.is_blank):
            self.root = node
        return True

    def _checked(self, text: str) -> str:
        r"""The text, without characters that no file may have but an escape like `\0` can write."""
        if len(text) > MOST_CHARACTERS:
            message = f"a text of {len(text)} characters is too long"
            help_ = f"write at most {MOST_CHARACTERS} characters"
            self.problems.add("text-too-long", message, self.last, help_)
            text = text[:MOST_CHARACTERS]
        bad = _UNPRINTABLE.search(text)
        if bad is None:
            return text
        message = f"the character U+{ord(bad.group()):04X} may not stand in a policy"
        self.problems.add("yaml-character", message, self.last, "delete the escape")
        return _UNPRINTABLE.sub("", text)

    def _is_good_key(self, key: Node, entries: dict[str, tuple[Scalar, Node]]) -> bool:
        if not isinstance(key, Scalar):
            message = "a key must be one word, not a list or mapping"
            help_ = "text that begins with `{` or `[` needs quotes"
            self.problems.add("yaml-key", message, key.place, help_)
        elif key.text == _MERGE_KEY and not key.is_quoted:
            message = "`<<` merges another mapping in"
            self.problems.add("yaml-anchor", message, key.place, "write its entries out")
        elif key.text in entries:
            first = entries[key.text][0].place
            message = f"{shown(key.text)} stands here a second time"
            help_ = f"the first is on line {first.line}; keep one of them"
            if _begins_again(key, entries):
                help_ += ", or begin each entry of a list with `- `"
            self.problems.add("duplicate-key", message, key.place, help_, also=first)
        else:
            return True
        return False
