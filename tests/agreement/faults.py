"""Seeded faults: the engine imported anew with one text in its source replaced.

A copy of the whole package stands beside the real one, which no fault touches. That the text to be
replaced is there exactly once is checked, so that a rewrite cannot silently disarm a fault.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

PLAYED, BATCHES = "tests.agreement.play", "tests.agreement.test_batch"
COPIED = ("lapse", PLAYED, BATCHES, "tests.agreement.trials")


@dataclass(frozen=True, slots=True)
class Fault:
    """One text of a module's source replaced by another.

    `first` is the world to begin with: what shows in one of a hundred is looked for near there.
    """

    name: str
    module: str
    text: str
    instead: str
    first: int = 0

    def __str__(self) -> str:
        return self.name


class FaultyLoader(SourceFileLoader):
    """Runs a module's source with the fault in it, and never a compiled copy of it."""

    def __init__(self, fault: Fault, path: str) -> None:
        super().__init__(fault.module, path)
        self.fault = fault

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        count = source.count(self.fault.text)
        assert count == 1, f"`{self.fault.name}`: its text stands {count} times in {fullname}"
        patched = source.replace(self.fault.text, self.fault.instead)
        return compile(patched, self.path, "exec", dont_inherit=True)


class FaultyFinder(PathFinder):
    """Finds the one module that has the fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def find_spec(  # type: ignore[override]
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.fault.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = FaultyLoader(self.fault, spec.origin)
        return spec


def copied_with(fault: Fault) -> ModuleType:
    """`tests.agreement.play` on a copy of the engine that has the fault, its executor loaded."""
    with in_place(fault, PLAYED) as copied:
        return copied


@contextmanager
def in_place(fault: Fault, name: str) -> Iterator[ModuleType]:
    """A module of the tests on a copy of the engine that has the fault.

    The copy stands in place of the real engine within the block: for all that is imported late.
    """
    kept = _taken_out()
    finder = FaultyFinder(fault)
    sys.meta_path.insert(0, finder)
    try:
        yield import_module(name)
    finally:
        sys.meta_path.remove(finder)
        _taken_out()
        sys.modules.update(kept)
        for each, module in kept.items():
            parent, _, child = each.rpartition(".")
            if parent in sys.modules:
                setattr(sys.modules[parent], child, module)


def _taken_out() -> dict[str, ModuleType]:
    """What is copied, which is imported no more."""
    gone = [
        name
        for name in sys.modules
        if any(name == root or name.startswith(f"{root}.") for root in COPIED)
    ]
    return {name: sys.modules.pop(name) for name in gone}
