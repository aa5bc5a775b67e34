"""The command line: the only place that prints, exits or reads the clock.

Exit codes: 0 success; 1 findings, results were written; 2 misuse; 3 input, output or environment
failed; 4 nothing was published; 70 a bug in `lapse`; 130 interrupted.
"""

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from types import FrameType

from lapse.cli.command_line import parse
from lapse.cli.streams import open_streams
from lapse.cli.terminal import say_bug, say_error, say_notes, say_problems
from lapse.model.place import LapseError, MisuseError, is_utf8, reason

ENDINGS = tuple(
    getattr(signal, name)
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK", "SIGINT")
    if hasattr(signal, name)  # Windows has no SIGHUP, and only Windows has SIGBREAK
)


class Exit(IntEnum):
    """The exit codes of the process."""

    FINE = 0
    FINDINGS = 1
    MISUSE = 2
    FAILED = 3
    NOT_PUBLISHED = 4
    BUG = 70
    INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code."""
    open_streams()
    code = _code_of(sys.argv[1:] if argv is None else argv)
    try:
        sys.stdout.flush()
    except LapseError as error:
        say_error(str(error))
        return code or Exit.FAILED
    return code


def _code_of(argv: Sequence[str]) -> int:
    try:
        _refuse_names(argv)
        execute = parse(argv)
        _end_as_interrupted()
        return int(execute())
    except SystemExit as ended:  # from argparse: for the help, the version or a misuse
        return int(ended.code or 0)
    except LapseError as error:
        if error.problems:
            say_problems(error.problems, {})
        else:
            say_error(str(error))
        say_notes(error)
        return Exit.MISUSE if isinstance(error, MisuseError) else Exit.FAILED
    except OSError as error:
        where = f"`{error.filename}`: " if error.filename else ""
        say_error(where + reason(error))
        say_notes(error)
        return Exit.FAILED
    except KeyboardInterrupt as error:
        return _interrupted(error)
    except Exception as error:  # noqa: BLE001  whatever else is raised is a bug in `lapse`
        # DuckDB, interrupted within a query, raises "Query interrupted" from the KeyboardInterrupt.
        if isinstance(error.__cause__, KeyboardInterrupt):
            return _interrupted(error)
        say_bug(error)
        return Exit.BUG


def _refuse_names(argv: Sequence[str]) -> None:
    """Refuses names that are not UTF-8, which outputs and DuckDB cannot hold, before all else."""
    with suppress(FileNotFoundError):  # the current folder was deleted; not all commands need it
        argv = [*argv, str(Path.cwd())]
    for word in argv:
        if not is_utf8(word):
            raise MisuseError(f"`{word}` is not UTF-8; rename the file or folder")


def _end_as_interrupted() -> None:
    """Treats signals to end the process like Ctrl-C, so that nothing half-written stays."""
    for ending in ENDINGS:
        if signal.getsignal(ending) is not signal.SIG_IGN:  # nohup lets a run outlive its terminal
            signal.signal(ending, _interrupt)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    for ending in ENDINGS:  # a second signal must not interrupt the cleaning up
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def _interrupted(error: BaseException) -> Exit:
    print("\nlapse: interrupted; nothing half-written was left", file=sys.stderr)
    say_notes(error)
    return Exit.INTERRUPTED
