"""What a command line asks for."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from lapse import __version__
from lapse.report.printable import printable

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

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


class Parser(argparse.ArgumentParser):
    """Quotes what was typed, which may be the name of a file from a stranger, made safe to show."""

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        super()._print_message(printable(message), file)


def parser(argv: Sequence[str]) -> argparse.Namespace:
    """The parsed command line; only the command that is asked for is imported."""
    top = Parser(
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
