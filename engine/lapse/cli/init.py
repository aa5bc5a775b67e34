"""`lapse init`: a starter policy set, which is the shipped one."""

import argparse
import json
import shutil
from pathlib import Path

import lapse
from lapse.cli import Exit
from lapse.cli.options import add_format
from lapse.place import LapseError


def add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="DIR", help="a folder that is not there yet")
    add_format(command)


def execute(arguments: argparse.Namespace) -> Exit:
    folder: Path = arguments.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LapseError(f"`{folder}` is there already; name a new folder, and nothing is lost")
    try:
        shutil.copytree(shipped_policies(), folder, dirs_exist_ok=True)
    except OSError as error:
        raise LapseError(f"`{folder}` cannot be written: {error.strerror}") from error
    files = sum(1 for path in folder.rglob("*.yaml") if path.is_file())
    if arguments.format == "json":
        print(json.dumps({"folder": str(folder), "files": files}))
    else:
        print(f"{folder}: {files} files written")
        print(f"next: lapse check {folder}; lapse test --policies {folder}")
    return Exit.FINE


def shipped_policies() -> Path:
    """The policy set in the wheel, or in a checkout the one at its top."""
    package = Path(lapse.__file__).parent
    installed = package / "shipped_policies"
    return installed if installed.is_dir() else package.parents[1] / "policies"
