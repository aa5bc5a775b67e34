"""A command line as typed values: each command has a frozen dataclass of its options.

argparse was the fastest: it showed the help of `lapse run` in 0.16 s of CPU time, cyclopts 5.5 in
0.44; typer 0.29 and tyro 1.0 took 0.39 for five options (medians, November 2026).
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, field, fields
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from lapse import __version__
from lapse.report.printable import printable

if TYPE_CHECKING:
    from argparse import _ActionsContainer

    from _typeshed import SupportsWrite

COMMANDS = {
    "init": "write a starter policy set",
    "check": "read a policy set and report every problem",
    "show": "what is in force for a scope, and what happens to one who does not pay",
    "test": "run the policy set's own cases",
    "prove": "prove promises for all subscriptions, or show what breaks them",
    "run": "decide for every row of an export and write the actions",
    "explain": "why, why not, since when and what next, for one subscription",
    "forecast": "the calendar of what will happen if nothing changes",
    "what-if": "who is hit, when and what it costs, before terms change",
    "history": "record what was done before, what failed and what is done",
    "profiles": "the export profiles, and what each can and cannot know",
}

Texts = tuple[str, ...]


def option(
    about: str | None, value: str | None = None, read: Callable[[str], object] = str, **more: object
) -> Any:  # noqa: ANN401  the field's type, as of `field`
    """A dataclass field that is an option or, with `nargs`, a positional argument.

    A `bool` is a flag, a `Literal` a choice, and `Texts` may be repeated. `more` goes to argparse,
    except for `is_one_of`: exactly one of the options that have it must be used.
    """
    return field(metadata={"help": about, "metavar": value, "type": read, **more})


class Parser(argparse.ArgumentParser):
    """Makes its messages safe to show: they quote arguments, such as a stranger's file names."""

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        super()._print_message(printable(message), file)


def parse(argv: Sequence[str]) -> partial[int]:
    """The command asked for, bound to its options; only the module of this command is imported.

    The module has `Options`, or `KINDS`: subcommands by name, with their help and options.
    """
    top = Parser(
        prog="lapse",
        description="Decides from policies and exports what to do about each subscription.",
        epilog="`lapse COMMAND --help` tells each command's options.",
    )
    top.add_argument("--version", action="version", version=f"lapse {__version__}")
    asked = next((word for word in argv if word in COMMANDS), "")
    module: Any = import_module(f"lapse.cli.{asked.replace('-', '')}") if asked else None
    options = getattr(module, "KINDS", None) or getattr(module, "Options", None)
    commands = {name: (COMMANDS[name], options if name == asked else None) for name in COMMANDS}
    _add_commands(top, "command", commands)
    told = vars(top.parse_args(argv))
    return partial(module.execute, _filled(told["options"], told))


def _add_commands(parser: Parser, what: str, commands: Mapping[str, tuple[str, Any]]) -> None:
    added = parser.add_subparsers(dest=what, metavar=what.upper(), required=True)
    for name, (about, options) in commands.items():
        command = added.add_parser(name, help=about, description=about.capitalize() + ".")
        if isinstance(options, Mapping):
            _add_commands(command, "kind", options)
        elif options:
            _add_options(command, options)
            command.set_defaults(options=options)


def _add_options(command: Parser, options: type[Any]) -> None:
    """Adds the fields of a dataclass and of the dataclasses nested in it."""
    one_of = None
    for each in fields(options):
        if "is_one_of" in each.metadata:
            one_of = one_of or command.add_mutually_exclusive_group(required=True)
            _add_option(one_of, each)
        elif each.metadata:
            _add_option(command, each)
        elif each.init and isinstance(each.type, type):
            _add_options(command, each.type)


def _add_option(command: "_ActionsContainer", of: Field[Any]) -> None:
    told = {key: value for key, value in of.metadata.items() if key != "is_one_of"}
    if of.type is bool:
        told = {"help": told["help"], "action": "store_true"}
    elif get_origin(of.type) is Literal:
        told["choices"] = get_args(of.type)
    elif of.type == Texts and "nargs" not in told:
        told |= {"action": "append", "default": []}
    flag = "--" + of.name.replace("_", "-")
    command.add_argument(of.name if "nargs" in told else flag, **told)


def _filled(options: type[Any], told: Mapping[str, Any]) -> object:
    values: dict[str, object] = {}
    for each in fields(options):
        if each.metadata:
            value = told[each.name]
            values[each.name] = tuple(value) if isinstance(value, list) else value
        elif each.init and isinstance(each.type, type):
            values[each.name] = _filled(each.type, told)
    return options(**values)
