"""A quick question without YAML: which value is edited, whom it reaches, what it refuses."""

from collections.abc import Mapping

import pytest
from tests.analysis.questions import BASE, DAY, NORWAY, OWING, TODAY, ask, book, changed, rows, told

from lapse.analysis.scope import parse_where
from lapse.analysis.what_if.setting import narrower, parse_setting, with_settings
from lapse.analysis.what_if.versions import Versions
from lapse.model.place import MisuseError
from lapse.model.rule import Rulebook

SWEDE = {**OWING, "market": "SE", "debt": "900 SEK", "currency": "SEK"}
GERMAN = {**OWING, "market": "DE", "debt": "900 EUR", "currency": "EUR"}


def setting(text: str, *where: str, files: Mapping[str, str] = TODAY) -> Rulebook:
    found = book(files)
    return with_settings(found, [parse_setting(text, found)], parse_where(where, found), DAY)


def edited(text: str, *where: str, files: Mapping[str, str] = TODAY) -> list[str]:
    versions = Versions(book(files), setting(text, *where, files=files))
    return [str(edit) for edit in versions.edits]


def test_a_value_is_edited_where_it_stands() -> None:
    changed_book = setting("grace_days=9", "market=NO")
    (edit,) = Versions(book(), changed_book).edits
    assert str(edit) == "grace_days of Norway: 14 -> 9, from 2020-01-01"
    assert edit.sources.endswith("no.yaml:5")
    assert told(ask(changed_book))[0] == "sooner suspend 2026-11-16 -> 2026-11-11 harsher"


def test_without_a_scope_the_base_layer_is_edited() -> None:
    assert edited("grace_days=9") == ["grace_days of Base: 20 -> 9"]


def test_a_value_that_wins_from_further_out_changes_for_the_scope_only() -> None:
    """Sweden and Germany have the base's grace; only Sweden's is asked about."""
    found = ask(setting("grace_days=3", "market=SE"), rows(SWEDE, GERMAN, OWING))
    assert {difference.id for difference in found.differing} == {"S1"}
    (edit,) = found.differences[0].causes["dunning"].edits
    assert edit.old is not None
    assert edit.old.text == "20"


def test_a_layer_of_several_markets_is_not_edited_for_one() -> None:
    both = "layer: Two\napplies_to: {market: [SE, DE]}\nterms: {grace_days: 25}\n"
    files = {**TODAY, "two.yaml": both}
    asked = setting("grace_days=3", "market=SE", files=files)
    found = ask(asked, rows(SWEDE, GERMAN), today=files)
    assert {difference.id for difference in found.differing} == {"S1"}


def test_only_the_dated_value_of_the_day_is_edited() -> None:
    text = "value: 14, to: 2026-12-31}\n    - {from: 2027-01-01, value: 21}"
    files = {**TODAY, "no.yaml": NORWAY.replace("value: 14}", text)}
    assert edited("grace_days=9", "market=NO", files=files) == [
        "grace_days of Norway: 14 to 2026-12-31 -> 9 to 2026-12-31, from 2020-01-01"
    ]


def test_a_value_of_its_own_counts_on_the_days_of_the_one_it_stands_for() -> None:
    dated = BASE.replace(
        "grace_days: 20",
        "grace_days: [{from: 2020-01-01, value: 20}, {from: 2027-01-01, value: 30}]",
    )
    assert edited("grace_days=9", "market=SE", files=changed(base=dated)) == [
        "grace_days of market SE: nothing -> 9 to 2026-12-31, from 2020-01-01"
    ]


def test_values_are_written_as_in_a_file() -> None:
    assert edited("notice_days=[2, 4]") == ["notice_days of Base: 1, 5 -> 2, 4"]
    assert edited("debt_tolerance={NOK: 50, other: 0}") == [
        "debt_tolerance of Base: 0.00 other -> 50.00 NOK, 0.00 other"
    ]


def test_what_is_more_specific_is_told_and_stays() -> None:
    assert narrower(book(), "grace_days", {}) == (
        next(layer for layer in book().layers if layer.name == "Norway")
        .terms["grace_days"][0]
        .place.source,
    )
    assert narrower(book(), "grace_days", {"market": "NO"}) == ()
    assert narrower(book(), "grace_days", {"market": "SE"}) == ()
    assert len(narrower(book(), "grace_days", {"region": "nordics"})) == 1


def test_a_floor_holds_as_in_a_file() -> None:
    with pytest.raises(MisuseError) as refused:
        setting("retention_days=9")
    assert str(refused.value) == (
        "--set retention_days=9: `retention_days` of 9 is below the floor of 10 that the catalogue "
        "sets; raise it to 10"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("grace_day=9", "--set: there is no term `grace_day`; did you mean `grace_days`?"),
        ("grace_days", "--set: `grace_days` gives no value; write `grace_days=14`"),
        ("grace_days=", "--set: `grace_days=` gives no value; write `grace_days=14`"),
        ("grace_days=soon", "--set grace_days=soon: `soon` is not a whole number"),
        ("notice_days=[1, 1]", "--set notice_days=[1, 1]: "),
        ("grace_days=9\nx: 1", "--set grace_days=9\nx: 1: "),
    ],
)
def test_what_cannot_be_read_is_told(text: str, message: str) -> None:
    with pytest.raises(MisuseError) as refused:
        setting(text)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("markt=NO", "--where: `markt` is no key of the cascade; did you mean `market`?"),
        (
            "market=Nor",
            "--where market=Nor: `Nor` is no market; write its code of two letters, such as `NO`",
        ),
        ("market", "--where: `market` gives no value; known here: `NO`"),
        ("NO", "--where: `NO` names no key of the cascade; write `market=NO`"),
        ("region=nordic", "--where region=nordic: no such region; did you mean `nordics`?"),
    ],
)
def test_a_scope_that_cannot_be_is_told(where: str, message: str) -> None:
    with pytest.raises(MisuseError) as refused:
        setting("grace_days=9", where)
    assert str(refused.value) == message


def test_a_key_of_the_scope_stands_once() -> None:
    with pytest.raises(MisuseError, match="`market` stands there twice"):
        setting("grace_days=9", "market=NO", "market=SE")


def test_a_term_is_set_once() -> None:
    found = book()
    twice = [parse_setting(text, found) for text in ("grace_days=9", "grace_days=8")]
    with pytest.raises(MisuseError, match="`grace_days` is set twice"):
        with_settings(found, twice, {}, DAY)
