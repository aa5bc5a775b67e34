"""Sums of earlier nights are kept, and a run with them is the run without them."""

import csv
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from tests.runs.test_history import DEBTOR, ENDED, PAID, export

from lapse.model.place import LapseError
from lapse.nightly import Ending
from lapse.runs.failures import HistoryError
from lapse.runs.history import opened
from lapse.runs.importing import import_history
from lapse.runs.past import Past, past
from lapse.runs.receipts import ReceiptKind
from lapse.runs.reported import report
from lapse.runs.summed import FORMAT, SUMS, TOLD, Kept, Told

if TYPE_CHECKING:
    from tests.runs.conftest import Nights

FIRST = date(2026, 11, 2)
OTHERS = [DEBTOR.replace("S1", "S3"), PAID.replace("S1", "S3"), ENDED]


@dataclass
class Reads:
    """What was kept, each time that a run looked for it; null where nothing counted."""

    found: list[Told | None] = field(default_factory=list)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """Sums are kept from the second night on, and looked for."""
    found, read = Reads(), Kept.read

    def told(kept: Kept, before: Past) -> Told | None:
        found.found.append(read(kept, before))
        return found.found[-1]

    monkeypatch.setattr("lapse.runs.summed.FEWEST", 1)
    monkeypatch.setattr(Kept, "read", told)
    return found


def forget(nights: "Nights") -> None:
    for name in (SUMS, TOLD):
        (nights.out / name).unlink(missing_ok=True)


def contents(nights: "Nights") -> dict[str, str]:
    """What the folders of all nights hold."""
    files = sorted(file for file in nights.out.glob("2026*/*"))
    return {str(file.relative_to(nights.out)): file.read_text("utf-8") for file in files}


def fail_one(nights: "Nights", id_: str, day: str) -> None:
    file = nights.out.with_name("receipt.csv")
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("action_id", "day"), (id_, day)])
    report(nights.out, ReceiptKind.FAILED, file)


RULES = ("remind,1,1,notify", "remind,7,1,notify", "suspend,,2,suspend")


def done_before(nights: "Nights", draw: Random) -> list[tuple[str, str]]:
    """Imports orders of seven days, most of them given on several; their days and ids."""
    rows = set()
    for _ in range(24):
        id_, rule = draw.choice(["S1", "S2"]), draw.choice(RULES)
        day, due = (FIRST + timedelta(draw.randrange(7)) for _ in range(2))
        rows.add((f"{id_},dunning,2026-11-01,{rule}", f"{day}", f"{due}"))
    lines = [f"{told},{due},{day}\n" for (told, day), due in {r[:2]: r[2] for r in rows}.items()]
    file = nights.out.with_name("done.csv")
    head = "subscription_id,track,anchor,rule,stage,step,action,due_on,day\n"
    file.write_text(head + "".join(sorted(lines)), encoding="utf-8")
    import_history(nights.out, file, nights.book, last_day=FIRST + timedelta(7))
    names = sorted(path.name for path in nights.out.glob("2026*"))
    return [(name, id_) for name in names for id_ in nights.ids(name)]


@pytest.mark.parametrize("seed", range(3))
def test_orders_summed_in_two_steps_are_those_summed_in_one(
    nights: "Nights", reads: Reads, seed: int
) -> None:
    """Some have failed before sums are kept, some later ones since."""
    draw = Random(seed)  # noqa: S311  a play
    given = done_before(nights, draw)
    cut, end = FIRST + timedelta(draw.randrange(2, 6)), FIRST + timedelta(7)
    early = [(day, id_) for day, id_ in given if day < cut.isoformat()]
    for day, id_ in draw.sample(early, 3):
        fail_one(nights, id_, day)
    with opened(past(nights.out, cut, 1), None, Kept(nights.out, cut, may_write=True)):
        pass
    late = [each for each in given if each not in early]
    for day, id_ in draw.sample(late, min(2, len(late))):
        fail_one(nights, id_, day)
    before = past(nights.out, end, 1)
    with (
        opened(before, None, Kept(nights.out, end, may_write=False)) as in_two,
        opened(before) as one,
    ):
        assert in_two.given(["S1", "S2"]) == one.given(["S1", "S2"])
    (_, told) = reads.found
    assert told is not None
    assert len(told.undone) == 3


def test_nights_with_sums_are_the_nights_without_them(nights: "Nights", reads: Reads) -> None:
    """Nights are missed or run again, and some of their orders fail, also long ago."""
    draw = Random(1)  # noqa: S311  a play
    without = replace(nights, out=nights.out.with_name("without"))
    for number in range(7):
        day = (FIRST + timedelta(number)).isoformat()
        texts = [export(draw.choice([DEBTOR, PAID]), draw.choice(OTHERS)) for _ in range(3)]
        names = sorted(path.name for path in nights.out.glob("2026*"))
        given = [(name, id_) for name in names for id_ in nights.ids(name)]
        failed = draw.choice(given) if given and draw.random() < 0.3 else None
        again, is_missed = draw.choice([0, 0, 0, 2]), draw.random() < 0.1
        for each in () if is_missed else (nights, without):
            if failed is not None:
                fail_one(each, failed[1], failed[0][:10])
            for is_again, text in enumerate(texts[: 1 + again]):
                forget(without)
                each.run(day, text, is_again=bool(is_again), is_over_limit=True)
    assert contents(nights) == contents(without)
    assert len([each for each in reads.found if each is not None]) > 2


def three_nights(nights: "Nights") -> str:
    """Runs three nights, and returns the next day."""
    for number in range(3):
        nights.run((FIRST + timedelta(number)).isoformat(), export(DEBTOR))
    return (FIRST + timedelta(3)).isoformat()


def test_sums_are_of_all_folders_before_the_night(nights: "Nights", reads: Reads) -> None:
    next_day = three_nights(nights)
    nights.run(next_day, export(DEBTOR))
    told = reads.found[-1]
    assert told is not None
    assert told.format == FORMAT
    assert [each[:10] for each in told.folders] == sorted(nights.names())[-4:-2]
    assert oct((nights.out / SUMS).stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("name", [SUMS, TOLD])
@pytest.mark.parametrize("content", [b"", b'{"format": 1}'])
def test_what_is_broken_is_made_anew(
    nights: "Nights", reads: Reads, name: str, content: bytes
) -> None:
    next_day = three_nights(nights)
    (nights.out / name).write_bytes(content)
    assert nights.run(next_day, export(DEBTOR)).ending is Ending.PUBLISHED
    assert reads.found[-1] is None
    nights.run((FIRST + timedelta(4)).isoformat(), export(DEBTOR))
    assert reads.found[-1] is not None


@pytest.mark.parametrize("name", ["actions.csv", "run.json"])
def test_a_night_that_was_changed_is_refused_as_without_sums(
    nights: "Nights", reads: Reads, name: str
) -> None:
    next_day = three_nights(nights)
    file = nights.out / FIRST.isoformat() / name
    file.write_bytes(file.read_bytes() + b"\n")
    if name == "actions.csv":
        with pytest.raises(HistoryError, match="was changed after it was written"):
            nights.run(next_day, export(DEBTOR))
    else:
        nights.run(next_day, export(DEBTOR))
    assert reads.found[-1] is None


def test_a_preview_and_a_run_without_room_keep_nothing(
    nights: "Nights", reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_day = three_nights(nights)
    forget(nights)
    nights.run(next_day, export(DEBTOR), is_preview=True)
    assert not (nights.out / SUMS).exists()

    def full(_: object, file: Path) -> None:
        file.write_bytes(b"PA")
        raise LapseError("no room")

    with monkeypatch.context() as patched:
        patched.setattr("lapse.runs.summed.write_scratch", full)
        assert nights.run(next_day, export(DEBTOR)).ending is Ending.PUBLISHED
    assert not [name for name in nights.names() if "history" in name]
    assert not any(reads.found[-2:])


def test_of_few_nights_nothing_is_kept(nights: "Nights") -> None:
    for number in range(8):
        nights.run((FIRST + timedelta(number)).isoformat(), export(DEBTOR))
    assert not (nights.out / SUMS).exists()
    nights.run((FIRST + timedelta(8)).isoformat(), export(DEBTOR))
    assert (nights.out / SUMS).exists()
