"""Texts with fields such as `{name}` in `because`; fields are names only, never `str.format`."""

import re
from collections.abc import Collection

from lapse.policy.text.nodes import Scalar
from lapse.policy.text.problems import Problems, shown

# `str.format` would read attributes and items of values, and policies come from strangers.
_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")


def template_pieces(template: str) -> list[tuple[str, bool]]:
    """The texts and field names of a checked template, in order; true marks a field.

    >>> template_pieces("{debt} is owed {{so far}}")
    [('debt', True), (' is owed ', False), ('{', False), ('so far', False), ('}', False)]
    """
    pieces = []
    for match in _PIECE.finditer(template):
        name = match.group(1)
        if name is not None:
            pieces.append((name, True))
        else:
            pieces.append(
                (match.group()[0] if match.group() in {"{{", "}}"} else match.group(), False)
            )
    return pieces


def check_template(scalar: Scalar, known: Collection[str], problems: Problems) -> None:
    """Reports braces that do not close and fields that name nothing."""
    for match in _PIECE.finditer(scalar.text):
        if match.group() in {"{", "}"}:
            what = "is never closed" if match.group() == "{" else "closes nothing"
            message = f"a `{match.group()}` in this text {what}"
            help_ = "write `{name}` for a value, `{{` and `}}` for the braces themselves"
            problems.add("bad-template", message, scalar.place, help_)
        name = match.group(1)
        if name is not None and name not in known:
            message = f"the field {shown('{' + name + '}')} names no fact, counter or term"
            problems.add("unknown-field", message, scalar.place, problems.near(name.strip(), known))
