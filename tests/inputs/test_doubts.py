"""Invoices that contradict the exports or each other: the debt of whom they may be is unknown."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.inputs.gathered import EXPORT, Give, invoices
from tests.inputs.workbooks import header, row, text, workbook

from lapse.model.money import Money

WHOLE = EXPORT.replace("D,,", "D,C4,")
NO_IDS = "subscription_id,customer_id,due_date,balance,currency,status"
LINE = "A,C1,2026-11-01,100,NOK,open"


@pytest.mark.parametrize("customer", ["C2", "C9"])
def test_an_invoice_in_the_name_of_another_customer_may_be_either_ones(
    customer: str, give: Give
) -> None:
    told = give(export=WHOLE, invoices=invoices(f"I1,A,{customer},2026-11-01,100,NOK,open"))
    assert told.not_whole() == ({"A", "C"} if customer == "C2" else {"A"})
    assert told.doubts() == {("invoices", "other-customer", 1, "I1")}
    assert told.strays == []


def test_his_own_customer_in_other_letters_is_no_other_customer(give: Give) -> None:
    told = give(export=WHOLE, invoices=invoices("I1,A,c1,2026-11-01,100,NOK,open"))
    assert (told.not_whole(), told.doubts(), told.strays) == (set(), set(), [])


def test_a_credit_of_a_customer_for_a_subscription_not_there_may_be_for_any_of_his(
    give: Give,
) -> None:
    told = give(export=WHOLE, invoices=invoices("I1,GONE,C1,2026-11-01,-100,NOK,open"))
    assert told.not_whole() == {"A", "B"}
    told = give(export=WHOLE, invoices=invoices("I1,GONE,C1,2026-11-01,100,NOK,open"))
    assert told.not_whole() == set()


@pytest.mark.parametrize(
    ("row", "doubted"),
    [
        ("I1,,,2026-11-01,-100,NOK,open", 1),
        ("I1,,,2026-11-01,many,NOK,open", 1),
        ("I1,,,2026-11-01,,NOK,", 1),
        ("I1,,,2026-11-01,-100,NOK,paid", 0),
        ("I1,,,2026-11-01,100,NOK,open", 0),
        (",,,,,,", 0),
    ],
)
def test_a_row_that_names_nobody_and_may_be_a_credit_may_pay_for_anybody(
    row: str, doubted: int, give: Give
) -> None:
    told = give(export=WHOLE, invoices=invoices("I0,A,,2026-11-01,100,NOK,open", row))
    assert told.not_whole() == (set("ABCD") if doubted else set())
    expected = {("invoices", "nameless", doubted, "")} if doubted else set()
    assert (told.doubts(), len(told.rejected)) == (expected, 1)


def test_a_credit_in_the_name_of_another_customer_settles_nobodys_debt(give: Give) -> None:
    told = give(
        export=WHOLE,
        invoices=invoices(
            "I1,A,,2026-11-01,100,NOK,open",
            "I2,B,,2026-11-01,100,NOK,open",
            "I3,A,C2,2026-11-02,-100,NOK,open",
        ),
    )
    assert told.not_whole() == {"A", "C"}


@pytest.mark.parametrize("row_", ["I1,A,C2,2026-11-01,100,NOK,paid", "I1,A,C2,2026-11-01,0,,open"])
def test_what_is_not_open_contradicts_nothing(row_: str, give: Give) -> None:
    told = give(export=WHOLE, invoices=invoices(row_))
    assert (told.not_whole(), told.doubts()) == (set(), set())


def test_guids_and_unknown_customers_contradict_nothing(give: Give) -> None:
    guid = "ab000000-0000-4000-8000-00000000000f"
    export = f"subscription_id,customer_id\nA,{guid}\nB,\n"
    rows = (f"I1,A,{guid.upper()},2026-11-01,1,NOK,open", "I2,B,C7,2026-11-01,1,NOK,open")
    told = give(export=export, invoices=invoices(*rows))
    assert (told.not_whole(), told.doubts()) == (set(), set())
    without = give(export="subscription_id\nA\n", invoices=invoices(rows[0]))
    assert (without.not_whole(), without.doubts()) == (set(), set())


def test_two_lines_alike_without_an_id_may_be_one_debt(give: Give) -> None:
    told = give(export=WHOLE, invoices=(f"{NO_IDS}\n{LINE}\n{LINE}\nB,,2026-11-01,9,NOK,open\n",))
    assert told.not_whole() == {"A"}
    assert told.doubts() == {("invoices", "alike", 2, "A")}
    blank = f",{LINE}"
    told = give(export=WHOLE, invoices=invoices(blank, blank, blank, "I1,B,,2026-11-01,9,NOK,open"))
    assert told.doubts() == {("invoices", "alike", 3, "A")}


def test_two_lines_alike_of_a_customer_are_in_doubt_for_all_of_his(give: Give) -> None:
    line = ",C1,2026-11-01,-5,NOK,open"
    told = give(export=WHOLE, invoices=(f"{NO_IDS}\n{line}\n", f"{NO_IDS}\n{line}\n"))
    assert told.not_whole() == {"A", "B"}


@pytest.mark.parametrize(
    "other",
    [
        "A,C1,2026-11-02,100,NOK,open",
        "A,C1,2026-11-01,101,NOK,open",
        "A,C1,2026-11-01,100,SEK,open",
        "A,,2026-11-01,100,NOK,open",
        "A,C1,2026-11-01,100,NOK,paid",
    ],
)
def test_lines_that_differ_in_any_column_read_are_two(other: str, give: Give) -> None:
    told = give(export=WHOLE, invoices=(f"{NO_IDS}\n{LINE}\n{other}\n",))
    assert (told.not_whole(), told.doubts()) == (set(), set())


def written(kind: str, documents: tuple[str, str], folder: Path) -> Path:
    """A ledger of two invoices that differ, if at all, in a column that is not read."""
    file = folder / f"ledger.{kind}"
    names = ["subscription_id", "due_date", "balance", "status", "document"]
    rows = [["A", "2026-11-01", "100", "open", document] for document in documents]
    objects = [
        "{" + ",".join(f'"{k}":"{v}"' for k, v in zip(names, cells, strict=True)) + "}"
        for cells in rows
    ]
    match kind:
        case "json":
            file.write_text(f"[{','.join(objects)}]", encoding="utf-8")
        case "jsonl":
            file.write_text("\n".join(objects), encoding="utf-8")
        case "xlsx":
            lines = (
                row(
                    line,
                    *(text(f"{at}{line}", cell) for at, cell in zip("ABCDE", cells, strict=True)),
                )
                for line, cells in enumerate(rows, start=2)
            )
            file.write_bytes(workbook({"One": header(*names) + "".join(lines)}))
        case _:
            # An open quote at the end makes the file one that is taken apart record by record.
            broken = 'B,2026-11-01,1,open,"x\n' if kind == "broken.csv" else ""
            lines = (",".join(cells) for cells in (names, *rows))
            file.write_text("\n".join(lines) + f"\n{broken}", encoding="utf-8")
    return file


@pytest.mark.parametrize("kind", ["csv", "broken.csv", "json", "jsonl", "xlsx"])
def test_columns_that_are_not_read_tell_lines_apart(kind: str, give: Give, tmp_path: Path) -> None:
    two = give(export=WHOLE, invoices=(written(kind, ("F-1", "F-2"), tmp_path),))
    assert "alike" not in {each.kind for each in two.joining.doubts}
    same = give(export=WHOLE, invoices=(written(kind, ("F-1", "F-1"), tmp_path),))
    assert ("invoices", "alike", 2, "A") in same.doubts()


@pytest.mark.parametrize(
    ("named", "unsure", "near"),
    [
        ("a,", {"A"}, "A"),
        (",c1", {"A", "B"}, "C1"),
        (',"C 2"', {"C"}, "C2"),
        ("a,C2", {"A", "C"}, "A"),
    ],
)
def test_an_invoice_in_other_letters_may_be_that_of_whom_they_mean(
    named: str, unsure: set[str], near: str, give: Give
) -> None:
    told = give(export=WHOLE, invoices=invoices(f"I1,{named},2026-11-01,-100,NOK,open"))
    assert told.not_whole() == unsure
    assert [each.near for each in told.strays] == [near]
    assert [each.kind for each in told.joining.doubts] == ["other-letters"]


def test_a_rejected_invoice_in_other_letters_is_no_less_doubted(give: Give) -> None:
    told = give(export=WHOLE, invoices=invoices("I1,a,,soon,-100,NOK,open"))
    assert told.not_whole() == {"A"}
    export = "subscription_id\nS-1\ns-1\n"
    told = give(export=export, invoices=invoices("I1,s-1,,soon,-100,NOK,open"))
    assert told.not_whole() == {"s-1"}


def test_invoices_of_strangers_are_listed_and_change_nothing(give: Give) -> None:
    told = give(
        export=WHOLE + "E,C5,nonsense\n",
        invoices=invoices(
            "I1,Z,C1,2026-11-01,100,NOK,open",
            ",,C9,2026-11-02,-5.5,,open",
            "I3,Z,,2026-11-01,1,NOK,paid",
            "I4,E,,2026-11-01,1,NOK,open",
        ),
    )
    assert (told.not_whole(), told.doubts()) == (set(), set())
    first, second = sorted(told.strays, key=lambda each: each.row)
    assert (first.row, first.gives, first.subscription_id, first.invoice_id) == (
        1,
        "invoices",
        "Z",
        "I1",
    )
    assert (second.row, second.customer_id, second.invoice_id) == (2, "C9", None)
    assert second.balance == Money(Decimal("-5.5"))
    assert {each.gives: each.rows for each in told.joining.unmatched} == {"invoices": 2}
