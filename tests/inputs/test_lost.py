"""A column that a profile asks for and a file lacks is no column, and whoever wrote it is told."""

from pathlib import Path

import pytest
from tests.inputs.profile_texts import profile_of

from lapse.inputs.profiles.lost import nearest
from lapse.inputs.reading import Also, InputError, open_exports
from lapse.model.facts import show, vocabulary
from lapse.model.place import Problem
from lapse.model.profile import ProfileSet

WORDS = vocabulary()
SHOP = "profile: shop\nabout: a shop\n{more}facts:\n  subscription_id: Id\n  {facts}\n"
LEDGER = """
profile: led
about: open items
gives: invoices
facts:
  invoice_id: Nr
  customer_id: [Konto, Kunde]
  due_date: Faellig
  balance: Offen
  currency: Cur
  status: [{value: disputed, where: {Sperre: S}}, {value: open}]
"""
OPEN = {"Nr": "1", "Konto": "c", "Faellig": "2026-11-01", "Offen": "5", "Cur": "NOK", "Sperre": ""}


def said(folder: Path, facts: str, table: str, more: str = "") -> dict[str, str]:
    """The facts that a file of one row tells, besides its id; a blank is `-`."""
    told, _ = read(folder, SHOP.format(facts=facts, more=more), table)
    return told


def read(folder: Path, text: str, table: str) -> tuple[dict[str, str], tuple[Problem, ...]]:
    path = folder / "shop.csv"
    path.write_text(table, encoding="utf-8")
    also = Also(profiles=ProfileSet({"shop": profile_of(folder, text)}), named={"": "shop"})
    with open_exports([str(path)], WORDS, also) as export:
        (record,) = export.records()
        facts = {name: "-" if v is None else show(v) for name, v in record.facts.items()}
        del facts["subscription_id"]
        return facts, export.problems


def invoices(folder: Path, table: str | bytes, text: str = LEDGER) -> tuple[Problem, ...]:
    """What is said of a ledger, whether it is refused or not."""
    export, ledger = folder / "subs.csv", folder / "ledger.csv"
    export.write_text("subscription_id,customer_id\nA,c\n", encoding="utf-8")
    ledger.write_bytes(table if isinstance(table, bytes) else table.encode())
    profiles = ProfileSet({"led": profile_of(folder, text)})
    also = Also((str(ledger),), profiles=profiles, named={str(ledger): "led"})
    try:
        with open_exports([str(export)], WORDS, also) as opened:
            return opened.problems
    except InputError as refused:
        return refused.problems


def table(**names: str) -> str:
    """The ledger of one row with some columns called otherwise; those called nothing are gone."""
    cells = {names.get(name, name): cell for name, cell in OPEN.items()}
    cells.pop("", None)
    return f"{','.join(cells)}\n{','.join(cells.values())}\n"


@pytest.mark.parametrize(
    ("facts", "header", "told"),
    [
        ("disputed: {value: yes, where: {Sperre: S}}", "Id", None),
        ("disputed: [{value: yes, where: {Sperre: S}}, {value: no}]", "Id", None),
        ("disputed: [{column: Sperre}, {value: no}]", "Id", None),
        ("disputed: [{column: Sperre}, {value: no}]", "Id,Sperre", "no"),
        ("disputed: [{value: no, where: {Art: A}}, {column: Sperre}]", "Id,Art", None),
        ("disputed: [{column: Sperre}, {column: Streit}, {value: no}]", "Id,Streit", None),
        ("disputed: [{column: Sperre}, {column: Streit}]", "Id,Streit", "-"),
        ("disputed: {column: [Sperre, Streit]}", "Id,Streit", "-"),
        ("trial: {value: yes, where: {Bezahlt: blank}}", "Id", None),
        ("trial: {value: yes, where: {Bezahlt: blank}}", "Id,Bezahlt", "yes"),
        ("product: {join: ':', column: [Artikel, Art]}", "Id,Artikel", None),
        ("unit_price: {column: Preis, currency: Cur}", "Id,Preis", None),
        ("unit_price: {column: Preis, currency: [{column: Cur}, {value: NOK}]}", "Id,Preis", None),
        ("unit_price: {column: Preis, covers_months: Takt}", "Id,Preis", None),
        ("market: {value: DE}", "Id", "DE"),
    ],
)
def test_a_fact_whose_columns_are_lost_is_no_column(
    facts: str, header: str, told: str | None, tmp_path: Path
) -> None:
    name = facts.partition(":")[0]
    row = "1" + "," * header.count(",")
    assert said(tmp_path, facts, f"{header}\n{row}\n").get(name) == told


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ("disputed: [{value: yes, where: {Sperre: S}}, {value: no}]", "no"),
        ("disputed: [{column: Sperre}, {value: no}]", "no"),
        ("disputed: {value: yes, where: {Sperre: blank}}", "yes"),
        ("disputed: Sperre", None),
    ],
)
def test_what_may_be_missing_is_blank_in_where_and_passed_over(
    facts: str, told: str | None, tmp_path: Path
) -> None:
    found, problems = read(
        tmp_path, SHOP.format(facts=facts, more="may_be_missing: [Sperre]\n"), "Id\n1\n"
    )
    assert found.get("disputed") == told
    assert problems == ()


@pytest.mark.parametrize(
    ("more", "assumed"), [("", {}), ("may_be_missing: [Sperre]\n", {"disputed": False})]
)
def test_nothing_is_assumed_for_a_column_that_is_lost(
    more: str, assumed: dict[str, bool], tmp_path: Path
) -> None:
    text = SHOP.format(facts="disputed: Sperre", more=f"{more}assume: {{disputed: no}}\n")
    path = tmp_path / "shop.csv"
    path.write_text("Id\n1\n", encoding="utf-8")
    also = Also(profiles=ProfileSet({"shop": profile_of(tmp_path, text)}), named={"": "shop"})
    with open_exports([str(path)], WORDS, also) as export:
        (record,) = export.records()
    assert record.assumed == assumed


def test_a_key_is_there_when_any_row_of_json_has_it(tmp_path: Path) -> None:
    text = SHOP.format(facts="trial: {value: yes, where: {Paid: blank}}", more="")
    path = tmp_path / "shop.json"
    also = Also(profiles=ProfileSet({"shop": profile_of(tmp_path, text)}), named={"": "shop"})
    for other, told in (('"Paid": null', [True, True]), ('"Payd": 1', [None, None])):
        path.write_text(f'[{{"Id": 1}}, {{"Id": 2, {other}}}]', encoding="utf-8")
        with open_exports([str(path)], WORDS, also) as export:
            assert [record.facts.get("trial") for record in export.records()] == told


def test_the_line_the_column_and_the_nearest_are_told(tmp_path: Path) -> None:
    problem, consequence = invoices(tmp_path, table(Cur="Curr"))
    assert consequence.code == "no-currency"
    assert problem.message == (
        "has no column `Cur`, from which the profile `led` reads `currency`: it is not known"
    )
    assert problem.help == (
        "did you mean `Curr`? if it may be missing, write `may_be_missing: [Cur]`"
    )
    assert (problem.code, problem.is_error, problem.place.line) == ("missing-column", False, 1)
    assert problem.also is not None
    assert (Path(problem.also.file).name, problem.also.line) == ("shop.yaml", 10)


@pytest.mark.parametrize(
    ("names", "said_of", "help_"),
    [
        ({"Sperre": "Mahnsperre"}, "`Sperre`", "did you mean `Mahnsperre`?"),
        ({"Faellig": "Datum"}, "`Faellig`", "columns that nobody reads: `Datum`"),
        ({"Nr": "Nummer"}, "`Nr`", "columns that nobody reads: `Nummer`"),
        ({"Konto": "Kto"}, "none of `Konto`, `Kunde`", "did you mean `Kto`?"),
    ],
)
def test_a_ledger_that_lost_what_it_needs_is_refused(
    names: dict[str, str], said_of: str, help_: str, tmp_path: Path
) -> None:
    (problem,) = invoices(tmp_path, table(**names))
    assert problem.is_error
    assert said_of in problem.message
    assert problem.help == help_


def test_one_of_two_names_is_enough(tmp_path: Path) -> None:
    assert invoices(tmp_path, table(Konto="Kunde")) == ()


def test_every_column_lost_is_told_in_one_go(tmp_path: Path) -> None:
    problems = invoices(tmp_path, table(Sperre="", Faellig="", Offen=""))
    assert [problem.message.split("`")[1] for problem in problems] == ["Faellig", "Offen", "Sperre"]


def test_a_header_that_is_not_utf_8_is_said_to_be_so(tmp_path: Path) -> None:
    text = LEDGER.replace("Faellig", "Fällig")
    content = table(Faellig="Fällig").encode("cp1252")
    (problem,) = invoices(tmp_path, content, text)
    assert "`Fällig`" in problem.message
    assert problem.help is not None
    assert problem.help.endswith(
        "the file is not UTF-8, so its header is damaged: save it as UTF-8"
    )


@pytest.mark.parametrize(
    ("name", "columns", "near"),
    [
        ("Sperre", ["Mahnsperre", "Betrag"], ("Mahnsperre",)),
        ("Abo", ["AboNr", "Konto"], ("AboNr",)),
        ("balance", ["open_balance", "invoice_amount"], ("open_balance",)),
        ("Nr", ["Nummer", "Konto"], ()),
    ],
)
def test_names_alike_or_within_each_other_are_near(
    name: str, columns: list[str], near: tuple[str, ...]
) -> None:
    assert nearest(name, columns) == near


def test_a_ledger_without_a_profile_is_told_what_is_near_and_how_to_teach(tmp_path: Path) -> None:
    ledger, export = tmp_path / "ar.csv", tmp_path / "subs.csv"
    export.write_text("subscription_id\nA\n", encoding="utf-8")
    ledger.write_text("invoice_id,customer_id,due_date,open_balance\n1,c,2026-11-01,5\n")
    with pytest.raises(InputError) as refused:
        open_exports([str(export)], WORDS, Also((str(ledger),)))
    (problem,) = refused.value.problems
    assert problem.message == "has no column `balance`"
    assert problem.help is not None
    assert problem.help.startswith("did you mean `open_balance`? ")
    assert "write a profile" in problem.help
