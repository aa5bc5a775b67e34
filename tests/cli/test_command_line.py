"""What was typed arrives as the types that the options of each command say."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Literal, get_args, get_origin

import pytest

from lapse.cli.command_line import COMMANDS, parse
from lapse.inputs.reading import MEMORY

FILES = (
    "e.csv f.csv --invoices i.csv --holds h.csv --ignore-hold H --profile p --assume a=1 --out o"
)
FORESEEING = f"{FILES} --as-of 2026-11-23 --until 2026-12-01 --show 3 --save p.json"


@pytest.mark.parametrize(
    "line",
    [
        "init mine",
        "check",
        "check policies --format github",
        "check --strict --as-of 2026-12-01",
        "show",
        "show --where market=NO --compare 2027-01-01 --timeline --svg x.svg --only a --format json",
        "test",
        "test --only NO --coverage",
        "run e.csv",
        f"run {FILES} --as-of 2026-11-23T06:00:00Z --plan p.json --to jsonl --over-limit",
        "run e.csv --sort --preview --again --show 0 --executor reference --format json",
        "run e.csv --memory-limit 2GB",
        "explain e.csv --subscription S",
        "forecast e.csv",
        f"forecast {FORESEEING} --format csv",
        "forecast e.csv --where market=NO --memory-limit 2GB",
        "prove",
        "prove --policies mine --as-of 2026-12-01 --strict --format github",
        "what-if e.csv --against other",
        f"what-if {FORESEEING} --set grace_days=1 --set b=2 --where market=NO --limit delete=0",
        "what-if e.csv --sweep grace_days=1..3 --format markdown",
        "history import f.csv --policies mine",
        "history failed f.csv",
        "history done f.csv --out o",
        "history approve f.csv",
        "history approve f.csv --by kari",
        "profiles",
        "profiles partner-center --policies mine",
    ],
)
def test_each_option_is_of_the_type_that_it_says(line: str) -> None:
    (options,) = parse(line.split()).args
    for name, value, hint in told(options):
        assert is_of(value, hint), (name, value, hint)


def test_the_memory_limit_is_by_default_that_of_reading() -> None:
    for command in ("run", "forecast"):
        (options,) = parse([command, "e.csv"]).args
        assert options.memory_limit == MEMORY


@pytest.mark.parametrize("size", ["64", "0MB", "1.5GB", "512 MB", "512mb", "100000GB"])
def test_a_memory_limit_is_a_whole_number_of_mb_or_gb(
    size: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(["run", "e.csv", "--memory-limit", size])
    assert f"`{size}` is no size such as 512MB or 2GB" in capsys.readouterr().err


def told(options: Any) -> Iterator[tuple[str, object, Any]]:  # noqa: ANN401  any dataclass
    for each in fields(options):
        value = getattr(options, each.name)
        if is_dataclass(value):
            yield from told(value)
        else:
            yield each.name, value, each.type


def is_of(value: object, hint: Any) -> bool:  # noqa: ANN401  as types of fields
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(isinstance(each, str) for each in value)
    return isinstance(value, hint)


def test_only_the_command_asked_for_is_imported() -> None:
    asks = "import sys; from lapse.cli.command_line import parse; parse(sys.argv[1:])"
    line = [sys.executable, "-c", f"{asks}; print(*sys.modules)", "what-if", "e.csv", "--set=a=1"]
    ran = subprocess.run(line, capture_output=True, text=True, check=True)
    commands = {f"lapse.cli.{command.replace('-', '')}" for command in COMMANDS}
    assert commands & set(ran.stdout.split()) == {"lapse.cli.whatif"}
