"""Of dates such as 3/11/2026 a column's own cells say which number is the day, or nobody does."""

from pathlib import Path

import pytest
from tests.inputs.profile_texts import profile_of

from lapse.inputs.reading import Also, Export, InputError, open_exports
from lapse.model.facts import vocabulary
from lapse.model.place import Problem
from lapse.model.profile import ProfileSet

WORDS = vocabulary()
SHOP = "profile: shop\nabout: a shop\n{more}facts:\n  subscription_id: Id\n  {facts}\n"
LEDGER = """
profile: led
about: open items
gives: invoices
facts: {customer_id: Konto, due_date: Faellig, balance: Offen, currency: {value: NOK}, status: {value: open}}
"""  # noqa: E501  a profile in one line


def opened(folder: Path, cells: list[str], more: str = "", fact: str = "term_end") -> Export:
    path = folder / "shop.csv"
    rows = "".join(f"{number};{cell}\n" for number, cell in enumerate(cells))
    path.write_text(f"Id;Ende\n{rows}", encoding="utf-8")
    text = SHOP.format(facts=f"{fact}: Ende", more=more)
    profiles = ProfileSet({"shop": profile_of(folder, text)})
    return open_exports([str(path)], WORDS, Also(profiles=profiles, named={"": "shop"}))


def days(folder: Path, cells: list[str], more: str = "") -> list[str]:
    """The days that are read, and the code of each row that is not; `?` is no column."""
    with opened(folder, cells, more) as export:
        found = {str(r.facts["subscription_id"]): r.facts for r in export.records()}
        codes = {r.subscription_id: r.code for r in export.rejected()}
    return [
        codes[key] if key in codes else str(found[key].get("term_end", "?"))
        for key in map(str, range(len(cells)))
    ]


def refused(folder: Path, cells: list[str], more: str = "") -> Problem:
    with pytest.raises(InputError) as error:
        opened(folder, cells, more)
    (problem,) = error.value.problems
    return problem


@pytest.mark.parametrize("mark", ["/", ".", "-"])
def test_one_cell_that_fits_one_form_only_decides_for_its_column(mark: str, tmp_path: Path) -> None:
    def cells(*written: str) -> list[str]:
        return [cell.replace("/", mark) for cell in written]

    assert days(tmp_path, cells("3/4/2026", "23/11/2026")) == ["2026-04-03", "2026-11-23"]
    assert days(tmp_path, cells("3/4/2026", "11/23/2026 4:05 PM")) == ["2026-03-04", "2026-11-23"]


def test_other_cells_of_the_column_are_read_and_rejected_as_ever(tmp_path: Path) -> None:
    cells = ["", "13/13/2026", "soon", "31/2/2026", "31/1/2026"]
    found = ["None", "bad-date", "bad-date", "bad-date", "2026-01-31"]
    assert days(tmp_path, cells) == found


def test_in_a_column_of_iso_dates_another_form_is_a_slip(tmp_path: Path) -> None:
    cells = ["2026-01-02T10:00:00Z", "3/4/2026", "23/11/2026", "11/23/2026"]
    assert days(tmp_path, cells) == ["2026-01-02", "bad-date", "bad-date", "bad-date"]


def test_where_no_cell_decides_the_fact_is_no_column_and_told(tmp_path: Path) -> None:
    cells = ["3/4/2026", "12/11/2026", ""]
    assert days(tmp_path, cells) == ["?", "?", "?"]
    with opened(tmp_path, cells) as export:
        (problem,) = export.problems
    assert problem.code == "dates-in-no-form"
    assert problem.message == (
        "no cell of the column `Ende` shows whether the day or the month comes first: "
        "`term_end` is not known"
    )
    assert not problem.is_error


def test_days_that_are_the_same_in_both_forms_need_no_decision(tmp_path: Path) -> None:
    assert days(tmp_path, ["1/1/2026", "3/3/2026"]) == ["2026-01-01", "2026-03-03"]


def test_an_instant_is_decided_in_the_same_way(tmp_path: Path) -> None:
    cells = ["3/4/2026 10:00", "23/11/2026 0:30"]
    with opened(tmp_path, cells, fact="cancellable_until") as export:
        found = [str(record.facts["cancellable_until"]) for record in export.records()]
    assert found == ["2026-04-03 10:00:00+00:00", "2026-11-23 00:30:00+00:00"]


@pytest.mark.parametrize("more", ["", "dates: [month/day/year]\n", "dates: [day/month/year]\n"])
def test_cells_of_both_kinds_refuse_the_file_whatever_the_profile_says(
    more: str, tmp_path: Path
) -> None:
    problem = refused(tmp_path, ["3/4/2026", "23/11/2026", "", "11/23/2026"], more)
    assert problem.code == "dates-in-two-forms"
    assert problem.message == (
        "the column `Ende` has dates in two forms: `23/11/2026` in row 2 fits only day/month, "
        "`11/23/2026` in row 4 only month/day"
    )


@pytest.mark.parametrize(
    ("named", "cell", "form"),
    [("day/month/year", "11/23/2026", "month/day"), ("month/day/year", "23/11/2026", "day/month")],
)
def test_cells_that_fit_another_form_than_the_one_named_refuse_the_file(
    named: str, cell: str, form: str, tmp_path: Path
) -> None:
    """The other cells would be read the wrong way round, half a year off."""
    problem = refused(tmp_path, ["3/4/2026", cell], f"dates: [{named}]\n")
    assert problem.code == "dates-in-two-forms"
    assert problem.message == (
        f"the profile `shop` says that dates are {named.removesuffix('/year')}, and "
        f"`{cell}` in row 2 of the column `Ende` fits only {form}"
    )
    assert problem.also is not None


def test_a_profile_may_name_one_form_for_each_mark(tmp_path: Path) -> None:
    more = "dates: [month/day/year, day.month.year]\n"
    cells = ["11/23/2026", "23.11.2026", "3/4/2026", "soon"]
    assert days(tmp_path, cells, more) == ["2026-11-23", "2026-11-23", "2026-03-04", "bad-date"]


def test_a_ledger_that_says_no_form_of_its_due_dates_is_refused(tmp_path: Path) -> None:
    export, ledger = tmp_path / "subs.csv", tmp_path / "ledger.csv"
    export.write_text("subscription_id,customer_id\nA,c\n", encoding="utf-8")
    ledger.write_text("Konto;Faellig;Offen\nc;3/4/2026;5\nc;5/6/2026;5\n", encoding="utf-8")
    profiles = ProfileSet({"led": profile_of(tmp_path, LEDGER)})
    also = Also((str(ledger),), profiles=profiles, named={str(ledger): "led"})
    with pytest.raises(InputError) as error:
        open_exports([str(export)], WORDS, also)
    (problem,) = error.value.problems
    assert problem.code == "dates-in-no-form"
    assert problem.help is not None
    assert "`dates: [day/month/year]`" in problem.help
