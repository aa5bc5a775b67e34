"""`run.json` of any shape is the account of a run, or is refused with what is broken in it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING

import pytest

from lapse.report.summary import summary_text
from lapse.runs.account import account_in, account_text
from lapse.runs.failures import HistoryError
from lapse.runs.kept_json import ShapeError

if TYPE_CHECKING:
    from tests.runs.conftest import Nights

EXPORT = """
subscription_id,customer_id,market,program,status,past_due_since,debt,currency,term_end,disputed
S1,C1,NO,legacy,active,2026-11-01,1200,NOK,2027-01-31,no
S2,C2,NO,legacy,active,2026-11-01,many,NOK,2027-01-31,no
"""
DAY = "2026-11-10"
ODD: tuple[object, ...] = (
    *(None, 5, -1, 10**30, 1.5, True),
    *("", "x", "NaN", "sNaN", "1e999999", "-Infinity"),
    *([], {}, [[1]], {"a": {}}),
)

Path = tuple[str | int, ...]


def places(found: object, at: Path = ()) -> Iterator[Path]:
    yield at
    if isinstance(found, dict):
        for key, value in found.items():
            yield from places(value, (*at, key))
    elif isinstance(found, list):
        for index, value in enumerate(found):
            yield from places(value, (*at, index))


def with_another(found: object, at: Path, value: object) -> object:
    if not at:
        return value
    changed = inner = deepcopy(found)
    for key in at[:-1]:
        inner = inner[key]  # type: ignore[index]
    inner[at[-1]] = value  # type: ignore[index]
    return changed


def test_an_account_is_read_as_it_was_written(nights: "Nights") -> None:
    nights.run(DAY, EXPORT)
    content = (nights.out / DAY / "run.json").read_bytes()
    assert account_text(account_in(content)) == content


def test_one_of_another_shape_is_refused_or_can_be_shown(nights: "Nights") -> None:
    nights.run(DAY, EXPORT)
    told = nights.told(DAY)
    refused = shown = 0
    for at in places(told):
        for value in ODD:
            content = json.dumps(with_another(told, at, value)).encode()
            try:
                account = account_in(content)
            except ShapeError as error:
                assert str(error).startswith("broken")  # noqa: PT017  most are refused, some not
                refused += 1
            else:
                assert summary_text(account.summary)
                assert account.intake is None or account.intake.holds_on(date(2026, 11, 10)) != -1
                shown += 1
    assert min(refused, shown) > 100


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "broken"),
        (b"5", "broken"),
        (b"[" * 300_000, "broken"),
        (b'{"a":' * 300_000, "broken"),
        (b'{"counts": "\xff"}', "broken"),
        ('{"source": "run"}'.encode("utf-16"), "broken"),
        (b'{"fingerprints": {}, "counts": []}', "broken at `counts`"),
        (b'{"fingerprints": {}, "counts": {}, "outputs": {}}', "broken at `outputs`"),
    ],
)
def test_what_is_no_account_is_told_with_its_file(
    nights: "Nights", content: bytes, told: str
) -> None:
    nights.run(DAY, EXPORT)
    file = nights.out / DAY / "run.json"
    file.write_bytes(content)
    with pytest.raises(HistoryError) as caught:
        nights.run("2026-11-11", EXPORT)
    assert str(caught.value) == f"`{file}` is no account of a run: {told}"
