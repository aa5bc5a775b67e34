"""The agreement of batches with single rows sees every fault that is put into the lowering."""

from pathlib import Path
from types import ModuleType

import pytest
from tests.agreement.faults import BATCHES, Fault, in_place
from tests.agreement.worlds import world

WORLDS = 4
LOWERED = "lapse.executors.lowered"
CONDITIONS, COLUMNS = f"{LOWERED}.words.conditions", f"{LOWERED}.words.columns"
TERMS, LAYOUT = f"{LOWERED}.words.term_tables", f"{LOWERED}.facts.layout"
SETTLING, SIGHTED = f"{LOWERED}.facts.settling", f"{LOWERED}.facts.sighted"
SIEVE, SORTING = f"{LOWERED}.rules.sieve", f"{LOWERED}.rules.sorting"
OUTCOMES, ACCOUNTS = (f"{LOWERED}.orders.{name}" for name in ("outcomes", "accounts"))

FAULTS = (
    Fault("gte stands for gt", CONDITIONS, '"$left > $right"', '"$left >= $right"'),
    Fault("absence on the left is true", CONDITIONS, "if is_so else", "if not is_so else"),
    Fault("terms begin a day late", TERMS, "$day >= $first AND", "$day > $first AND", 2),
    Fault("an absent pin is unknown", LAYOUT, "[(is_absent, column(DAY))]", "[(is_absent, None)]"),
    Fault("an unknown key is another", LAYOUT, "convert(UNKNOWN_PLACE)", "convert(OTHER_PLACE)"),
    Fault("a blank is unknown", SETTLING, "_either(is_blank, cell.is_absent)", "cell.is_absent"),
    Fault("what was seen never goes on", SIGHTED, "all_of([same, sql", "all_of([exp.false(), sql"),
    Fault(
        "no rule acts for want of a list",
        SIEVE,
        "yield all_of([is_null",
        "yield all_of([exp.false(), is_null",
        first=5,
    ),
    Fault(
        "left out is decided",
        SORTING,
        "(is_there(column(LEFT_OUT)), Kind.OUT)",
        "(exp.false(), Kind.OUT)",
        first=2,
    ),
    Fault("the lowest step wins", OUTCOMES, "ORDER BY step DESC", "ORDER BY step", 21),
    Fault(
        "a step above silences nothing",
        OUTCOMES,
        "given.step >= candidates.step",
        "given.step > candidates.step + 100",
    ),
    Fault(
        "nothing was given before", OUTCOMES, "coalesce(orders.first_given, day) AS", "day AS", 3
    ),
    Fault("due days stay on days off", OUTCOMES, "coalesce(on_due.next_day, due_day)", "due_day"),
    Fault("harm does not wait", OUTCOMES, "AND is_harmful", "AND NOT is_harmful", 5),
    Fault("holds are not counted", ACCOUNTS, "coalesce(holds, 0)", "0"),
    Fault("customers owe nothing", SORTING, "$debt <> 0", "$debt < 0"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_of_the_batch_is_caught(fault: Fault, tmp_path: Path) -> None:
    with in_place(fault, BATCHES) as batches:
        assert first_caught(batches, fault.first, tmp_path) is not None


def test_a_copy_of_the_batch_without_a_fault_agrees(tmp_path: Path) -> None:
    fault = Fault("none", OUTCOMES, "# Days off are looked up", "# Days off were looked up")
    with in_place(fault, BATCHES) as batches:
        assert first_caught(batches, 0, tmp_path, worlds=1) is None


def first_caught(batches: ModuleType, first: int, folder: Path, worlds: int = WORLDS) -> int | None:
    """The first world whose folders differ."""
    for seed in range(first, first + worlds):
        try:
            batches.assert_same_folders(world(seed), folder / str(seed), batches.sorted_rows)
        except AssertionError:
            return seed
    return None
