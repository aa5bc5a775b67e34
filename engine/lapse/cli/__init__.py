"""The command line: the only place that prints, exits or reads the clock.

Exit codes: 0 fine; 1 findings, results written; 2 misuse; 3 input, output or environment failed;
4 nothing published; 70 a bug of ours; 130 interrupted.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from enum import IntEnum
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from lapse import __version__
from lapse.place import LapseError, MisuseError

COMMANDS = {
    "init": "write a starter policy set",
    "check": "read a policy set and report every problem",
    "test": "run the policy set's own cases",
    "run": "decide for every row of an export and write the actions",
    "explain": "why, why not, since when and what next, for one subscription",
    "forecast": "the calendar of what will happen if nothing changes",
    "what-if": "who is hit, when and what it costs, before terms change",
    "history": "record what was done before, what failed and what is done",
    "profiles": "the export profiles, and what each can and cannot know",
}


class Exit(IntEnum):
    """What the operating system is told."""

    FINE = 0
    FINDINGS = 1
    MISUSE = 2
    FAILED = 3
    NOT_PUBLISHED = 4
    BUG = 70
    INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of one command line."""
    _open_streams()
    arguments = parser(sys.argv[1:] if argv is None else argv)
    _end_as_interrupted()
    try:
        code = import_module(module_of(arguments.command)).execute(arguments)
        sys.stdout.flush()
    except LapseError as error:
        from lapse.cli.terminal import say_error, say_problems

        if error.problems:
            say_problems(error.problems, {})
        else:
            say_error(str(error))
        return Exit.MISUSE if isinstance(error, MisuseError) else Exit.FAILED
    except OSError as error:
        from lapse.cli.terminal import say_error

        _drop(sys.stdout)
        where = f"`{error.filename}`: " if error.filename else ""
        say_error(where + (error.strerror or str(error)).lower())
        return Exit.FAILED
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:  # noqa: BLE001  the last door: whatever gets here is a bug of ours
        from lapse.cli.terminal import say_bug

        # DuckDB, interrupted within a query, raises "Query interrupted" from the KeyboardInterrupt.
        if isinstance(error.__cause__, KeyboardInterrupt):
            return _interrupted()
        say_bug()
        return Exit.BUG
    return int(code)


def _open_streams() -> None:
    """Closed outputs go nowhere; what an output cannot show is escaped."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  to the end
            setattr(sys, name, nowhere)
        elif isinstance(stream, TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(errors="backslashreplace")
        if type(stream) is TextIOWrapper:  # not one that a test reads from
            shown = UntilClosed(
                stream.buffer,
                stream.encoding,
                stream.errors,
                line_buffering=stream.line_buffering,
                write_through=stream.write_through,
            )
            setattr(sys, name, shown)


class UntilClosed(TextIOWrapper):
    """An output whose reader may leave, as `| head` does: the rest goes nowhere.

    The command goes on, for what it found and whether it published is told by its exit code.
    """

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            _drop(self)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            _drop(self)
            super().flush()


def _end_as_interrupted() -> None:
    """A request to end is treated as Ctrl-C is: nothing half-written stays."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is not signal.SIG_IGN:  # nohup lets a run outlive its terminal
            signal.signal(ending, _interrupt)


def _interrupt(signum: int, frame: object) -> None:
    del signum, frame
    raise KeyboardInterrupt


def _interrupted() -> Exit:
    print("\nlapse: interrupted; nothing half-written was left", file=sys.stderr)
    return Exit.INTERRUPTED


def _drop(stream: TextIO) -> None:
    """What is still to be printed goes nowhere; Python would fail on it once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def parser(argv: Sequence[str]) -> argparse.Namespace:
    """The parsed command line; only the command that is asked for is imported."""
    top = argparse.ArgumentParser(
        prog="lapse",
        description="Decides from policies and exports what to do about each subscription.",
        epilog="`lapse COMMAND --help` tells each command's options.",
    )
    top.add_argument("--version", action="version", version=f"lapse {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    named = next((word for word in argv if not word.startswith("-")), None)
    for name, about in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about.capitalize() + ".")
        if name == named:
            import_module(module_of(name)).add_options(command)
    return top.parse_args(argv)


def module_of(command: str) -> str:
    return f"lapse.cli.{command.replace('-', '')}"
