"""A progress bar, shown only on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(doing: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yields a function to call with the number done so far."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(doing, total=total)
        yield lambda done: progress.update(task, completed=done)


Shown = Callable[[str, int | None, int | None], None]
"""Called with what is done now, and the numbers of this step and of all; null if unknown."""


@contextmanager
def steps(doing: str) -> Iterator[Shown]:
    """Shows what is done first, and yields a function to show what is done now."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as progress:
        # Without a total the bar only moves.
        task = progress.add_task(doing, total=None)

        def shown(doing: str, step: int | None, of: int | None) -> None:
            progress.update(task, description=doing, completed=step, total=of)

        yield shown
