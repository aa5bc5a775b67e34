"""`lapse init`: a starter policy set, which is the shipped one."""

import argparse
import json
from pathlib import Path
from shutil import copyfile, rmtree

from lapse.cli import Exit
from lapse.cli.options import add_format
from lapse.place import LapseError, reason
from lapse.policy.folder import PROFILES
from lapse.shipped import shipped_policies


def add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="DIR", help="a folder that is not there yet")
    add_format(command)


def execute(arguments: argparse.Namespace) -> Exit:
    folder: Path = arguments.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LapseError(f"`{folder}` is there already; name a new folder, and nothing is lost")
    was_there = folder.exists()
    try:
        _copy(shipped_policies(), folder)
    except OSError as error:
        _take_back(folder, was_there=was_there)
        raise LapseError(f"`{folder}` cannot be written: {reason(error)}") from error
    except KeyboardInterrupt:
        _take_back(folder, was_there=was_there)
        raise
    files = sum(1 for path in folder.rglob("*.yaml") if path.is_file())
    if arguments.format == "json":
        print(json.dumps({"folder": str(folder), "files": files}))
    else:
        print(f"{folder}: {files} files written")
        print(f"next: lapse check {folder}; lapse test --policies {folder}")
    return Exit.FINE


def _copy(source: Path, target: Path) -> None:
    """Copies a folder; the first failure ends it.

    The shipped profiles stay behind: they are there without, and go on being corrected.
    """
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.is_dir():
            _copy(path, target / path.name)
        elif source.name != PROFILES or path.suffix != ".yaml":
            copyfile(path, target / path.name)


def _take_back(folder: Path, *, was_there: bool) -> None:
    """Removes what was written into a folder that was empty or not there."""
    if not was_there:
        rmtree(folder, ignore_errors=True)
        return
    for path in folder.iterdir():
        if path.is_dir():
            rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
