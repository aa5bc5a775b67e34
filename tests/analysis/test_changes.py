"""What a what-if finds in a small ladder, change by change."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.analysis.questions import (
    BASE,
    CATALOGUE,
    NORWAY,
    OWING,
    TODAY,
    ask,
    changed,
    in_norway,
    row,
    rows,
    told,
)

from lapse.analysis.what_if.change import Direction, Kind
from lapse.analysis.what_if.pieces import Piece
from lapse.decide.known import RecordAndPast
from lapse.model.decision import Given
from lapse.model.invoices import Invoice, InvoiceStatus, Ledger
from lapse.model.money import Money
from lapse.model.sightings import Seen


def test_less_grace_is_sooner_and_harsher() -> None:
    found = ask(in_norway("- {from: 2020-01-01, value: 9}"))
    assert told(found) == [
        "sooner suspend 2026-11-16 -> 2026-11-11 harsher",
        "sooner delete 2026-12-17 -> 2026-12-12 harsher",
    ]
    assert [change.days for _, change in found.changes] == [-5, -5]


def test_a_cause_tells_the_old_and_the_new_line() -> None:
    text = "- {from: 2019-01-01, value: 30}\n    - {from: 2020-01-01, value: 9}"
    found = ask(in_norway(text))
    (cause,) = found.differences[0].causes.values()
    (edit,) = cause.edits
    assert str(edit) == "grace_days of Norway: 14 -> 9, from 2020-01-01"
    assert edit.old is not None
    assert edit.new is not None
    assert [side.place.line for side in (edit.old, edit.new) if side.place] == [5, 6]
    assert cause.or_else == ()


def test_a_value_of_its_own_stands_in_place_of_the_wider_one() -> None:
    """Sweden had the base's value; the cause tells where that stood."""
    sweden = "layer: Sweden\napplies_to: {market: SE}\nterms: {grace_days: 3}\n"
    found = ask(changed(se=sweden), rows({**OWING, "market": "SE"}, OWING))
    assert {difference.id for difference in found.differing} == {"S1"}
    (cause,) = found.differences[0].causes.values()
    (edit,) = cause.edits
    assert str(edit) == "grace_days of Sweden: 20 -> 3"
    assert edit.sources.endswith("se.yaml:3")
    assert "base.yaml:5 -> " in edit.sources


def test_a_reminder_that_moves_is_moved_and_one_too_many_is_added() -> None:
    found = ask(changed(base=BASE.replace("[1, 5]", "[1, 6, 9]")))
    assert told(found) == [
        "later remind@6 2026-11-06 -> 2026-11-07 neutral",
        "added remind@9 - -> 2026-11-10 neutral",
    ]


def test_a_rule_by_another_name_on_the_same_day_is_changed() -> None:
    renamed = BASE.replace("  suspend:\n    track", "  lock_out:\n    track")
    assert told(ask(changed(base=renamed)))[:1] == [
        "changed lock_out 2026-11-16 -> 2026-11-16 neutral"
    ]


def test_values_handed_on_are_part_of_what_is_done() -> None:
    other = BASE.replace("    do: notify", "    do: notify\n    with: {template: stern}")
    assert {change.kind for _, change in ask(changed(base=other)).changes} == {Kind.CHANGED}


def test_words_and_places_change_nothing() -> None:
    """A comment, a source, a reason in other words, a layer by another name, another file."""
    base = "# moved down\n" + BASE.replace(
        "    do: suspend", '    do: suspend\n    because: "other words"'
    )
    norway = NORWAY.replace("layer: Norway", "layer: Norge").replace(
        "value: 14", 'value: 14, source: "agreement 7"'
    )
    files = {"catalogue.yaml": CATALOGUE, "base.yaml": base, "markets.yaml": norway}
    found = ask(files)
    assert found.edits == ()
    assert found.differing == ()


def test_less_tolerance_suspends_who_was_not() -> None:
    found = ask(
        TODAY,
        rows({**OWING, "debt": "40 NOK"}),
        today=changed(base=BASE.replace("other: 0", "other: 50")),
    )
    kinds = {(change.kind, change.latest.name, change.direction) for _, change in found.changes}
    assert kinds == {
        (Kind.ADDED, "notify", Direction.NEUTRAL),
        (Kind.ADDED, "suspend", Direction.HARSHER),
        (Kind.ADDED, "delete", Direction.HARSHER),
    }


def test_lifting_a_suspension_no_more_is_harsher() -> None:
    suspended = {
        "market": "SE",
        "status": "suspended",
        "suspended_on": "2026-10-20",
        "suspended_for": "debt",
        "debt": "0",
        "currency": "SEK",
    }
    rules = BASE.replace("debt: {lte: $debt_tolerance}", "debt: {lte: $debt_tolerance}, seats: 7")
    found = ask(changed(base=rules), rows({**suspended, "seats": "5"}))
    assert told(found)[:1] == ["removed reactivate 2026-11-02 -> - harsher"]
    back = ask(TODAY, rows({**suspended, "seats": "5"}), today=changed(base=rules))
    assert told(back)[:1] == ["added reactivate - -> 2026-11-02 gentler"]


def test_an_answer_to_a_request_is_neither_harsher_nor_gentler() -> None:
    asking = {"market": "SE", "status": "active", "request": "cancel", "requested_on": "2026-11-01"}
    found = ask(changed(base=BASE.replace("do: allow", "do: refuse")), rows(asking))
    assert told(found) == ["changed answer 2026-11-02 -> 2026-11-02 neutral"]


def test_a_later_value_is_not_overlooked() -> None:
    """On the day judged nothing differs, and nothing was ever due; from the new year on it is."""
    loose = {**TODAY, "catalogue.yaml": CATALOGUE.replace(", pinned_to: past_due_since", "")}
    never = {**loose, "no.yaml": NORWAY.replace("value: 14", "value: 60")}
    dated = {
        **loose,
        "no.yaml": NORWAY.replace("value: 14}", "value: 60}\n    - {from: 2026-12-01, value: 20}"),
    }
    found = ask(dated, today=never, days=50)
    assert told(found) == ["added suspend - -> 2026-12-01 harsher"]


def test_two_edits_that_both_have_a_part_are_both_told() -> None:
    """Data is lost sooner by a shorter grace and by a shorter retention."""
    other = {
        **in_norway("- {from: 2020-01-01, value: 9}"),
        "base.yaml": BASE.replace("retention_days: 30", "retention_days: 20"),
    }
    cause = ask(other).differences[0].causes["dunning"]
    assert {edit.path.name for edit in cause.edits} == {"grace_days", "retention_days"}
    assert cause.or_else == ()


def test_of_two_edits_the_one_that_suffices_to_undo_is_told() -> None:
    """Grace was not what held it: with today's wait it comes on today's day, whatever the grace."""
    today = changed(base=BASE.replace("wait_days: 2", "wait_days: 15"))
    other = {**in_norway("- {from: 2020-01-01, value: 2}"), "base.yaml": BASE}
    found = ask(other, today=today)
    assert told(found)[0] == "sooner suspend 2026-11-21 -> 2026-11-04 harsher"
    cause = found.differences[0].causes["dunning"]
    assert [edit.path.name for edit in cause.edits] == ["wait_days"]


def test_an_edit_that_has_no_part_in_it_is_no_cause() -> None:
    other = {
        **in_norway("- {from: 2020-01-01, value: 9}"),
        "base.yaml": BASE.replace("retention_days: 30", "retention_days: 30").replace(
            "grace_days: 20", "grace_days: 25"
        ),
    }
    cause = ask(other).differences[0].causes["dunning"]
    assert [edit.path.layer for edit in cause.edits] == ["Norway"]


def test_either_of_two_edits_may_be_undone() -> None:
    """Deletion needs its rule's condition and its last lock: each alone keeps it as it was."""
    other = changed(
        base=BASE.replace("{gt: $retention_days}", "{gt: 12}"),
        catalogue=CATALOGUE.replace("{gt: $retention_days}", "{gt: 12}"),
    )
    found = ask(other)
    assert told(found) == ["sooner delete 2026-12-17 -> 2026-11-29 harsher"]
    cause = found.differences[0].causes["dunning"]
    both = {edit.path.piece for edit in (*cause.edits, *cause.or_else)}
    assert both == {Piece.RULE, Piece.DECLARED_ACTION}
    assert len(cause.edits) == len(cause.or_else) == 1


def test_what_a_catalogue_declares_is_a_cause() -> None:
    """A pin, an assumption, a region, what an action sets."""
    nordic = "layer: Nordics\napplies_to: {region: nordics}\nterms: {retention_days: 11}\n"
    today = {**TODAY, "nordics.yaml": nordic}
    other = {**today, "catalogue.yaml": CATALOGUE.replace('["NO", SE]', "[SE]")}
    found = ask(other, today=today)
    assert [edit.path.piece for edit in found.edits] == [Piece.REGIONS]
    assert told(found) == ["later delete 2026-11-28 -> 2026-12-17 gentler"]
    assert found.differences[0].causes["dunning"].edits == found.edits

    sets = CATALOGUE.replace("suspended_for: debt}}", "suspended_for: fraud}}")
    found = ask(changed(catalogue=sets))
    assert [edit.path.name for edit in found.edits] == ["suspend"]
    assert [(c.kind, c.latest.name) for _, c in found.changes] == [
        (Kind.CHANGED, "suspend"),
        (Kind.REMOVED, "delete"),
    ]


def test_who_is_covered_no_more_is_told() -> None:
    out = 'layer: Norway\napplies_to: {market: "NO"}\ncovers: no\nbecause: billed by another\n'
    found = ask(changed(no=out))
    assert {change.kind for _, change in found.changes} == {Kind.REMOVED}
    assert [edit.path.piece for edit in found.edits] == [Piece.COVERAGE, Piece.TERM]
    quiet = ask(changed(no=out), rows({"market": "NO", "status": "active"}))
    assert [difference.id for difference in quiet.differing] == ["S1"]
    assert quiet.changes == ()


def test_money_of_a_customer_that_his_subscriptions_share_counts_once() -> None:
    people = tuple(_sharing(number) for number in (1, 2))
    found = ask(in_norway("- {from: 2020-01-01, value: 20}"), people)
    everything = next(total for total in found.totals if total.by == "all")
    assert (everything.subscriptions, everything.customers) == (2, 1)
    (amounts,) = everything.money
    assert str(amounts.debt) == "700"
    assert str(amounts.monthly_amount) == "100.0000"


def _sharing(number: int) -> RecordAndPast:
    """A subscription of a customer whose invoice names none of them."""
    bill = Invoice("I1", date(2026, 10, 20), Money(Decimal(700), "NOK"), InvoiceStatus.OPEN, True)  # noqa: FBT003
    one = row({**OWING, "customer_id": "C1"}, number=number)
    return replace(one, record=replace(one.record, ledger=Ledger((bill,))))


def test_a_name_of_another_type_is_compared_all_the_same() -> None:
    """Its edits cannot be told apart: no rule of today understands what the other facts hold."""
    tier = CATALOGUE.replace("facts: {", "facts: {tier: {type: TYPE, blank: none}, ")
    rule = BASE.replace("vip: {when: {vip: yes}", "vip: {when: {tier: TEST}")
    today = {
        **TODAY,
        "catalogue.yaml": tier.replace("TYPE", "days"),
        "base.yaml": rule.replace("TEST", "{gt: 5}"),
    }
    other = {
        **in_norway("- {from: 2020-01-01, value: 9}"),
        "catalogue.yaml": tier.replace("TYPE", "text"),
        "base.yaml": rule.replace("TEST", "gold"),
    }
    people = (row({**OWING, "tier": None}, files=today),)
    found = ask(other, people, today=today)
    assert told(found)[0] == "sooner suspend 2026-11-16 -> 2026-11-11 harsher"
    cause = found.differences[0].causes["dunning"]
    assert set(cause.edits) == set(found.edits)
    pieces = {Piece.DECLARED_FACT, Piece.RULE, Piece.TERM}
    assert {edit.path.piece for edit in found.edits} == pieces


def test_a_track_by_another_name_changes_nothing() -> None:
    files = {
        "catalogue.yaml": CATALOGUE.replace("dunning:", "money:"),
        "base.yaml": BASE.replace("track: dunning", "track: money"),
        "no.yaml": NORWAY,
    }
    assert ask(files).changes == ()


def test_a_reminder_is_not_moved_to_a_warning_of_another_step() -> None:
    """One reminder less and one warning more are not one that comes later."""
    warning = BASE.replace(
        "  delete:\n    track: dunning\n    step: 3",
        "  warn:\n    track: dunning\n    step: 3\n    anchor: suspended_on\n"
        "    when: {status: suspended, days_suspended: {gt: 5}}\n    do: notify\n"
        "  delete:\n    track: dunning\n    step: 5",
    )
    found = ask(changed(base=warning.replace("[1, 5]", "[1]")))
    assert [line for line in told(found) if "neutral" in line] == [
        "removed remind@5 2026-11-06 -> - neutral",
        "added warn - -> 2026-11-22 neutral",
    ]


def test_a_suspension_that_never_comes_takes_its_lifting_with_it() -> None:
    """Who is not suspended need not be reactivated: that is no harm."""
    bills = "I1 2026-10-20 100 NOK\nI2 2026-11-20 -100 NOK"
    owing = row({**OWING, "debt": None, "past_due_since": None}, invoices=bills)
    later = in_norway("- {from: 2020-01-01, value: 60}")
    assert told(ask(later, (owing,))) == [
        "removed suspend 2026-11-04 -> - gentler",
        "removed reactivate 2026-11-20 -> - neutral",
    ]


def test_a_cause_shows_the_value_that_counted_on_the_day_it_rests_on() -> None:
    """Today's wider value is 40 from mid-November on, not the 10 of the day judged."""
    catalogue = CATALOGUE.replace(", pinned_to: past_due_since", "")
    dated = "grace_days: [{from: 2020-01-01, value: 10}, {from: 2026-11-08, value: 40}]"
    today = {
        "catalogue.yaml": catalogue,
        "base.yaml": BASE.replace("grace_days: 20", dated),
    }
    sweden = "layer: Sweden\napplies_to: {market: SE}\nterms: {grace_days: 10}\n"
    found = ask({**today, "se.yaml": sweden}, rows({**OWING, "market": "SE"}), today=today)
    assert told(found)[0] == "sooner suspend 2026-12-12 -> 2026-11-12 harsher"
    (edit,) = found.differences[0].causes["dunning"].edits
    assert str(edit) == "grace_days of Sweden: 40 -> 10"
    assert [str(each) for each in found.edits] == [str(edit)]


def test_what_a_catalogue_or_a_layer_says_is_told_with_its_line() -> None:
    after = BASE.replace("after: {last_step: $wait_days}", "after: {first_step: 3}")
    other = {
        "catalogue.yaml": CATALOGUE.replace('["NO", SE]', "[SE]").replace(
            "type: days, at_least: 10, harsher: lower}",
            "type: days, at_least: 10, harsher: lower, pinned_to: suspended_on}",
        ),
        "base.yaml": after,
        "no.yaml": NORWAY.replace('"NO"', "DK"),
    }
    lines = {
        str(edit): [side.place.line if side.place else 0 for side in (edit.old, edit.new) if side]
        for edit in ask(other).edits
    }
    assert lines == {
        "suspend of Base: after last_step wait_days -> after first_step 3": [17, 17],
        "applies_to of Norway: market NO -> market DK": [2, 2],
        "retention_days (declared term): pinned_to none -> pinned_to suspended_on": [13, 13],
        "regions (regions): nordics: NO, SE -> nordics: SE": [3, 3],
    }


def test_an_action_that_changes_facts_is_followed_to_another_step() -> None:
    ending = {"market": "SE", "status": "active", "term_end": "2026-11-20"}
    slower = BASE.replace(
        "  ends:\n    track: provider\n    step: 1\n"
        "    when: {status: active, days_since_term_end: {gt: 0}}\n    do: expire",
        "  told:\n    track: provider\n    step: 1\n"
        "    when: {status: active, days_since_term_end: {gt: 0}}\n    do: flag\n"
        "  ends_later:\n    track: provider\n    step: 2\n"
        "    when: {status: active, days_since_term_end: {gt: 9}}\n    do: expire",
    )
    assert told(ask(changed(base=slower), rows(ending))) == [
        "added told - -> 2026-11-21 neutral",
        "later ends_later 2026-11-21 -> 2026-11-30 gentler",
    ]


def test_who_comes_into_another_scope_by_an_action_is_not_overlooked() -> None:
    """Suspended, it is an archived product, whose retention is what was edited."""
    catalogue = CATALOGUE.replace(
        "suspended_for: debt}}", "suspended_for: debt, product: archived}}"
    )
    archived = "layer: Archived\napplies_to: {product: archived}\nterms: {retention_days: 20}\n"
    today = {**TODAY, "catalogue.yaml": catalogue, "archived.yaml": archived}
    other = {**today, "archived.yaml": archived.replace("20", "12")}
    assert told(ask(other, rows({**OWING, "product": "mail"}), today=today)) == [
        "sooner delete 2026-12-07 -> 2026-11-29 harsher"
    ]


def test_a_rule_by_which_history_is_read_is_not_overlooked() -> None:
    """What an order of ours set is read by all rules of its name, those of other markets too."""
    suspended = Given(
        track="dunning",
        anchor="2026-09-01",
        rule="suspend",
        stage=None,
        step=2,
        action="suspend",
        due_on=date(2026, 10, 9),
        first_given=date(2026, 10, 9),
        last_given=date(2026, 10, 9),
    )
    since = {**OWING, "status": "suspended", "past_due_since": "2026-09-01"}
    one = row(since)
    columns = {
        n: v for n, v in one.record.facts.items() if n not in {"suspended_on", "suspended_for"}
    }
    seen = Seen("suspended", date(2026, 10, 10), date(2026, 11, 1), date(2026, 10, 10))
    person = RecordAndPast(replace(one.record, facts=columns), (suspended,), seen)
    rule = BASE[BASE.index("  suspend:") : BASE.index("  reactivate:")]
    german = "layer: Germany\napplies_to: {market: DE}\nrules:\n" + rule.replace(
        "    do: suspend",
        "    do: suspend\n    replaces: true\n"
        "    sets: {status: suspended, suspended_on: today, suspended_for: fraud}",
    )
    found = ask(changed(de=german), (person,))
    assert told(found) == ["removed delete 2026-11-10 -> - gentler"]
    (edit,) = found.differences[0].causes["dunning"].edits
    assert (edit.path.layer, edit.path.name) == ("Germany", "suspend")


def test_a_hold_of_a_layer_is_an_edit_of_its_own() -> None:
    held = 'hold: {until: 2026-11-25, because: "pays in parts"}\nterms:'
    found = ask(changed(no=NORWAY.replace("terms:", held, 1)))
    assert told(found)[:1] == ["later suspend 2026-11-16 -> 2026-11-26 gentler"]
    (cause,) = found.differences[0].causes.values()
    (edit,) = cause.edits
    assert (edit.path.piece, str(edit)) == (
        Piece.HOLD,
        "hold of Norway: nothing -> until 2026-11-25",
    )
    assert edit.sources.endswith("no.yaml:3")


def test_a_sum_a_limit_of_days_and_closing_days_are_causes() -> None:
    """Each moves the suspension, and the edit tells what was written."""
    after = "after: {last_step: $wait_days"
    edits = {
        "rule: when": changed(base=BASE.replace("{gt: $grace_days}", "{gt: $grace_days + 3}")),
        "within 4": changed(base=BASE.replace(after, f"{after}, within: 4")),
        "closed": changed(base=BASE.replace("calendar: none", CLOSED).replace(WAIT, DAYS)),
    }
    for text, policies in edits.items():
        found = ask(policies)
        (cause,) = found.differences[0].causes.values()
        assert any("suspend" in line for line in told(found)), text
        assert cause.edits, text
    within = ask(edits["within 4"])
    texts = {str(edit) for d in within.differing for c in d.causes.values() for edit in c.edits}
    assert any("last_step wait_days, within 4" in text for text in texts)


CLOSED = "calendar: {country: none, closed: [2026-11-16]}"
WAIT = "    after: {last_step: $wait_days}\n    do: suspend"
DAYS = f"    days: business\n{WAIT}"
