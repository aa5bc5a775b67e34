"""`lapse …`, run without what Windows has not; its own lock is acted by the one that is here.

subprocess goes first: where it finds `msvcrt` it takes the rest of Windows to be there.
"""

import errno
import fcntl
import io
import os
import signal
import subprocess  # noqa: F401  see above
import sys
from types import SimpleNamespace
from typing import Any, NoReturn

NOT_THERE = ("durable", "durable_rules_engine", "fcntl", "grp", "pwd", "resource", "termios")
NOT_IN_OS = (
    *("O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "chown", "fchmod", "fchown"),
    *("fork", "getegid", "geteuid", "getgid", "getuid", "link", "lockf", "mkfifo", "statvfs"),
)
open_file = io.open


def locking(file: int, mode: int, size: int) -> None:
    assert (mode, size) == (2, 1)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PermissionError(errno.EACCES, "Permission denied") from None


def no_link(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.EPERM, "A required privilege is not held by the client")


def open_bytes(file: Any, mode: str = "r", *more: Any, **options: Any) -> Any:  # noqa: ANN401
    """As `open`; what writes text would end lines by a carriage return, too, on Windows."""
    assert "b" in mode or not {*mode} & {*"wxa+"} or file == os.devnull, f"{file}: {mode}"
    return open_file(file, mode, *more, **options)


def main() -> int:
    for name in NOT_THERE:
        sys.modules[name] = None  # type: ignore[assignment]  # makes an import fail
    sys.modules["msvcrt"] = SimpleNamespace(LK_NBLCK=2, locking=locking)  # type: ignore[assignment]
    del signal.SIGHUP
    for name in NOT_IN_OS:
        if hasattr(os, name):
            delattr(os, name)
    os.symlink = no_link
    io.open = open_bytes
    from lapse.cli import main  # noqa: PLC0415  only now is it as on Windows

    return main()


if __name__ == "__main__":
    sys.exit(main())
