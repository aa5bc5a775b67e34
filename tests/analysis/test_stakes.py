"""Pins, limits, the first sentence, sweeps: what a manager and a gate read."""

from datetime import date

import pytest
from tests.analysis.questions import (
    BASE,
    CATALOGUE,
    DAY,
    NORWAY,
    OWING,
    TODAY,
    ask,
    book,
    changed,
    in_norway,
    rows,
)

from lapse.analysis.population import InputsRead, Population
from lapse.analysis.what_if.change import Direction, Kind
from lapse.analysis.what_if.compare import Outlook
from lapse.analysis.what_if.sweep import parse_range, sweep
from lapse.model.place import MisuseError
from lapse.report.sentence import first_sentence
from lapse.report.sweep import sweep_text

DATED = NORWAY.replace("value: 14}", "value: 14}\n    - {from: 2026-11-10, value: 5}")


def test_a_debt_that_has_begun_keeps_its_terms() -> None:
    """The new grace counts from 10 November on; this debt is of the 1st and keeps its 14 days."""
    found = ask(changed(no=DATED))
    assert found.changes == ()
    (keeping,) = found.in_flight
    assert (keeping.future.id, keeping.pins) == ("S1", {"grace_days": "past_due_since"})
    assert keeping.until == date(2026, 11, 16)
    moved = [(c.kind, c.latest.label, c.direction) for c in keeping.unpinned if c.is_change]
    assert moved == [
        (Kind.SOONER, "suspend", Direction.HARSHER),
        (Kind.SOONER, "delete", Direction.HARSHER),
    ]


def test_what_has_ended_keeps_nothing() -> None:
    """Deleted long ago: its debt is as old as before, but nothing rests on any term."""
    gone = {**OWING, "status": "deleted", "deleted_on": "2026-10-01"}
    assert ask(changed(no=DATED), rows(gone)).in_flight == ()


def test_a_debt_that_begins_under_new_terms_keeps_none() -> None:
    later = {**OWING, "past_due_since": "2026-11-12"}
    assert ask(changed(no=DATED), rows(later)).in_flight == ()


def test_a_value_changed_where_it_stands_leaves_nobody_the_old_one() -> None:
    assert ask(in_norway("- {from: 2020-01-01, value: 5}")).in_flight == ()


WORSE = in_norway("- {from: 2020-01-01, value: 9}")
TWO = rows(OWING, {**OWING, "market": "SE"}, OWING)
PEOPLE = Population(TWO, InputsRead(0, 0, "", ""))


@pytest.mark.parametrize(
    ("limit", "crossed"),
    [
        ("suspend=2", ()),
        ("suspend=1", ("suspend=1: 2 are worse off by `suspend`",)),
        ("delete=0", ("delete=0: 2 are worse off by `delete`",)),
        ("notify=0", ()),
        ("suspend=67%", ()),
        ("suspend=66.6%", ("suspend=66.6%: 2 are worse off by `suspend` (of 3)",)),
        ("debt.NOK=1800", ()),
        ("debt.NOK=1799.99", ("debt.NOK=1799.99: 1800.00 NOK of those worse off",)),
        ("debt.SEK=0", ()),
        ("monthly_amount.NOK=99", ("monthly_amount.NOK=99: 100.00 NOK of those worse off",)),
    ],
)
def test_a_limit_is_crossed_by_more_than_it_allows(limit: str, crossed: tuple[str, ...]) -> None:
    assert ask(WORSE, TWO, limits=(limit,)).crossed == crossed


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("suspended=0", "--limit: there is no action `suspended`; did you mean `suspend`?"),
        ("suspend", "--limit: `suspend` names no limit; write `delete=0`"),
        ("suspend=-1", "--limit suspend=-1: write a count such as `5`, or a share such as `0.5%`"),
        ("dept.NOK=1", "--limit: there is no amount `dept`; did you mean `debt`?"),
        ("debt.kr=1", "--limit debt.kr=1: write a currency such as `debt.NOK`"),
        ("debt.NOK=1e5", "--limit debt.NOK=1e5: `1e5` is no amount such as `100000` or `99.50`"),
    ],
)
def test_a_limit_that_cannot_be_read_is_told(limit: str, message: str) -> None:
    with pytest.raises(MisuseError) as refused:
        ask(WORSE, limits=(limit,))
    assert str(refused.value) == message


def test_what_becomes_better_crosses_no_limit() -> None:
    better = in_norway("- {from: 2020-01-01, value: 30}")
    assert ask(better, TWO, limits=("suspend=0", "delete=0", "debt.NOK=0")).crossed == ()


SOONER = (
    "1 customer is suspended sooner, within a week; 1 customer loses data sooner; "
    "50 NOK monthly is at stake."
)
LATER = (
    "1 customer is suspended later; 1 customer loses data later, and nobody sooner; 50 NOK monthly "
    "gets more time."
)
ALIKE = "Nothing changes: the two policies decide alike (1 subscription compared)."


@pytest.mark.parametrize(("value", "sentence"), [(0, SOONER), (30, LATER), (14, ALIKE)])
def test_the_first_sentence_tells_a_manager(value: int, sentence: str) -> None:
    found = ask(in_norway(f"- {{from: 2020-01-01, value: {value}}}"))
    assert first_sentence(found) == sentence


def test_the_first_sentence_tells_what_is_added_removed_and_done_by_others() -> None:
    off = "rules: {suspend: {off: agreed}}"
    found = ask(changed(no=f'layer: Norway\napplies_to: {{market: "NO"}}\n{off}\n'))
    assert first_sentence(found) == (
        "1 customer is no longer suspended by 2027-03-02; 1 customer no longer loses data by "
        "2027-03-02, and nobody sooner; 50 NOK monthly gets more time."
    )
    ending = {"market": "SE", "status": "active", "term_end": "2026-11-20"}
    kept = BASE.replace("days_since_term_end: {gt: 0}", "days_since_term_end: {gt: 9}")
    assert first_sentence(ask(changed(base=kept), rows(ending))) == (
        "Nobody loses access or data by us sooner or later; by the provider 1 customer loses "
        "access (`expire`) later."
    )


def test_the_first_sentence_tells_what_another_action_takes_the_place_of() -> None:
    """On the day of the suspension a task comes instead: nobody is suspended any more."""
    task = BASE.replace("    do: suspend\n", "    do: flag\n")
    assert first_sentence(ask(changed(base=task))) == (
        "1 customer is no longer suspended by 2027-03-02; 1 customer no longer loses data by "
        "2027-03-02, and nobody sooner; 50 NOK monthly gets more time."
    )
    assert first_sentence(ask(TODAY, today=changed(base=task))) == (
        "1 customer is suspended who would not be by 2027-03-02; 1 customer loses data who would "
        "not by 2027-03-02; 50 NOK monthly is at stake."
    )


def test_the_first_sentence_tells_that_what_differs_touches_nobody() -> None:
    found = ask(changed(no=NORWAY.replace("14", "9")), rows({**OWING, "market": "SE"}))
    assert first_sentence(found) == (
        "Nothing changes: 1 subscription would be treated as today until 2027-03-02, although "
        "the policies differ in 1 place."
    )


def test_what_is_not_known_is_counted() -> None:
    """A named account or not: harm is held back, so it stands in neither calendar."""
    catalogue = CATALOGUE.replace("blank: no}", "blank: unknown}").replace(
        "assume: {vip: no}\n", ""
    )
    today = {**TODAY, "catalogue.yaml": catalogue}
    other = {**WORSE, "catalogue.yaml": catalogue}
    people = tuple(rows({**OWING}))
    facts = {**people[0].record.facts, "vip": None}
    people = (type(people[0])(type(people[0].record)(facts)),)
    found = ask(other, people, today=today)
    assert found.changes == ()
    assert found.not_known.counts == {"vip": 1}
    assert "from 1 of them harm is held back, in both, for want of vip." in first_sentence(found)


def test_a_sweep_moves_from_worse_to_better() -> None:
    asked = Outlook(DAY, date(2027, 3, 1))
    found = sweep(book(), parse_range("grace_days=12..16"), {"market": "NO"}, asked, PEOPLE)
    assert [(step.value, step.days, step.is_today) for step in found.steps] == [
        (12, -8, False),
        (13, -4, False),
        (14, 0, True),
        (15, 4, False),
        (16, 8, False),
    ]
    assert [step.subscriptions(Direction.HARSHER) for step in found.steps] == [2, 2, 0, 0, 0]
    assert [step.subscriptions(Direction.GENTLER) for step in found.steps] == [0, 0, 0, 2, 2]
    assert found.steps[0].first == date(2026, 11, 14)
    assert dict(found.steps[0].harm) == {"suspend": 3, "delete": 3}
    assert sweep_text(found).splitlines()[0] == (
        "Against today's grace_days of 14, 12 makes 2 worse off (100 NOK monthly) and 16"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("grace_days=9", "--sweep: `grace_days=9` is no range; write `grace_days=0..60`"),
        ("grace_days=9..1", "--sweep grace_days=9..1: 1 is before 9; swap them"),
        ("grace_days=0..9999", "--sweep grace_days=0..9999: these are more than 500 values"),
    ],
)
def test_a_range_that_cannot_be_is_told(text: str, message: str) -> None:
    with pytest.raises(MisuseError) as refused:
        parse_range(text)
    assert str(refused.value) == message


def test_a_sweep_below_a_floor_is_refused() -> None:
    asked = Outlook(DAY, date(2027, 3, 1))
    with pytest.raises(MisuseError, match=r"--sweep grace_days=61: .*above the ceiling of 60"):
        sweep(book(), parse_range("grace_days=59..61"), {}, asked, PEOPLE)


def test_only_numbers_have_a_range() -> None:
    asked = Outlook(DAY, date(2027, 3, 1))
    with pytest.raises(MisuseError) as refused:
        sweep(book(), parse_range("notice_days=1..2"), {}, asked, PEOPLE)
    assert (
        str(refused.value)
        == "--sweep: `notice_days` is of type days list; only numbers have a range"
    )


def test_a_debt_in_another_market_keeps_nothing_of_an_edit_there() -> None:
    """Norway has another value from the new year in both; the edit is Sweden's."""
    dated = changed(
        no=NORWAY.replace("value: 14}", "value: 14}\n    - {from: 2027-01-01, value: 5}")
    )
    sweden = "layer: Sweden\napplies_to: {market: SE}\nterms: {grace_days: 3}\n"
    found = ask({**dated, "se.yaml": sweden}, today=dated)
    assert found.in_flight == ()
