"""`lapse init`: a policy set to start from, which is a copy of the shipped one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Literal

from lapse.cli import Exit
from lapse.cli.command_line import option
from lapse.cli.options import format_option
from lapse.cli.terminal import telling
from lapse.model.place import LapseError
from lapse.policy.text.folder import PROFILES
from lapse.policy.text.shipped import shipped_policies
from lapse.runs.private_files import make_private_folder, write_private


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    folder: Path = option("a folder that is not there yet", "DIR", Path, nargs=None)
    format: Literal["text", "json"] = format_option()


def execute(options: Options) -> Exit:
    folder = options.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LapseError(f"`{folder}` is there already; name a new folder, and nothing is lost")
    made = make_private_folder(folder)
    try:
        _copy(shipped_policies(), folder)
    except BaseException:  # also Ctrl-C: half a policy set would be taken for a whole one
        _take_back(folder, made)
        raise
    files = sum(1 for path in folder.rglob("*.yaml") if path.is_file())
    written = f"{folder}: {files} files written"
    with telling(written):
        if options.format == "json":
            print(json.dumps({"folder": str(folder), "files": files}))
        else:
            print(f"{written}\nnext: lapse check {folder}; lapse test --policies {folder}")
    return Exit.FINE


def _copy(source: Path, target: Path) -> None:
    """Copies a folder so that only its owner has access, whatever the umask; ends at a failure.

    Anybody who can write to policies can have data deleted. The shipped profiles are not copied:
    they are used without a copy, and new versions correct them.
    """
    make_private_folder(target)
    for path in sorted(source.iterdir()):
        if path.is_dir():
            _copy(path, target / path.name)
        elif source.name != PROFILES or path.suffix != ".yaml":
            write_private(target / path.name, path.read_bytes())


def _take_back(folder: Path, made: Sequence[Path]) -> None:
    """Removes the folders that were made, or the content of a folder that was there but empty."""
    if made:
        rmtree(made[0], ignore_errors=True)
        return
    for path in folder.iterdir():
        if path.is_dir():
            rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
