"""The catalogue: facts, regions, cascade, tracks, terms, actions, limits, assumptions."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.marks import Verdict, judged

from lapse.model.facts import ABSENT, UNKNOWN, ValueType
from lapse.model.guard import Guard, Limit
from lapse.model.money import Money
from lapse.model.rule import Catalogue, Harm, Today
from lapse.policy.load import PolicySet
from lapse.policy.text.shapes import MOST_NAMES


@pytest.fixture
def verdict(request: pytest.FixtureRequest, tmp_path: Path) -> Verdict:
    return judged(request.function.__doc__, tmp_path)


def catalogue_of(policies: PolicySet) -> Catalogue:
    assert policies.book is not None
    return policies.book.catalogue


def test_a_whole_catalogue(verdict: Verdict) -> None:
    """Every key of a catalogue.

    --- catalogue.yaml
    catalogue: csp
    cascade: [region, market, customer]
    regions: {nordics: ["NO", SE], baltics: EE}
    tracks:
      dunning: {anchor: past_due_since}
      calls: {anchor: called_on, by: provider}
    facts:
      called_on: {type: date, blank: none, about: "the last call"}
      level: {type: choice, of: [Gold, none], blank: none}
      credit: {type: money, blank: 10 NOK}
      vip: {type: flag}
    terms:
      calendar: {type: text, about: "ours"}
      grace_days: {type: days, at_least: 0, at_most: 120, harsher: lower, pinned_to: called_on}
      tolerance: {type: money, at_most: 99.5}
    actions:
      notify:
      call: {sets: {called_on: today, level: none, vip: yes, hold_until: none, credit: 0}}
      delete:
        harm: data
        approval: yes
        only_if: {days_since_called_on: {gt: $grace_days}, days_unbroken: {gt: 3}}
    runs_every: 10
    limits: {call: 2 %, delete: 5, notify: 0.5%}
    guards: {invoices_missing: 12.5 %, holds_missing: 0%, same_inputs: 2, older_than: 0}
    assume: {disputed: no, called_on: none, vip: unknown, debt: 0, past_due_since: none}
    --- base.yaml
    layer: Base
    terms: {time_zone: UTC, calendar: none, grace_days: 14, tolerance: 0}
    """
    catalogue = catalogue_of(verdict.policies)
    assert verdict.found == []
    assert catalogue.words.region_of == {"NO": "nordics", "SE": "nordics", "EE": "baltics"}
    assert [(t.name, t.is_provider, t.index) for t in catalogue.tracks.values()] == [
        ("dunning", False, 0),
        ("calls", True, 1),
    ]
    facts = catalogue.words.facts
    assert facts["called_on"].blank is ABSENT
    assert (facts["level"].choices, facts["level"].blank) == (("gold", "none"), "none")
    assert facts["credit"].blank == Money(Decimal(10), "NOK")
    assert facts["vip"].blank is UNKNOWN
    assert catalogue.words.counters["days_until_called_on"].sign == -1
    assert catalogue.terms["grace_days"].at_most == 120
    assert catalogue.terms["grace_days"].pinned_to == "called_on"
    assert catalogue.terms["tolerance"].at_most == Decimal("99.5")
    assert catalogue.terms["time_zone"].type is ValueType.TEXT
    assert catalogue.actions["delete"].harm is Harm.DATA
    assert str(catalogue.actions["delete"].only_if) == (
        "days_since_called_on > grace_days and days_unbroken > 3"
    )
    assert catalogue.actions["call"].sets == {
        "called_on": Today.TODAY,
        "level": "none",
        "vip": True,
        "hold_until": ABSENT,
        "credit": Money(Decimal(0)),
    }
    assert catalogue.limits == (
        Limit("call", Decimal(2), is_share=True),
        Limit("delete", Decimal(5), is_share=False),
        Limit("notify", Decimal("0.5"), is_share=True),
    )
    assert catalogue.actions["delete"].needs_approval
    assert not catalogue.actions["call"].needs_approval
    assert catalogue.runs_every == 10
    assert catalogue.guards == {
        Guard.INVOICES_MISSING: Decimal("12.5"),
        Guard.HOLDS_MISSING: Decimal(0),
        Guard.SAME_INPUTS: Decimal(2),
        Guard.OLDER_THAN: Decimal(0),
    }
    assert catalogue.assumed == {
        "disputed": False,
        "called_on": ABSENT,
        "vip": UNKNOWN,
        "debt": Money(Decimal(0)),
        "past_due_since": ABSENT,
    }


def test_own_facts(verdict: Verdict) -> None:
    """Names that are free, types with what they need.

    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    facts:
      status: {type: text}                 #! reserved-name
      days_past_due: {type: days}          #! reserved-name
      seats_floor: {type: count}           #! reserved-name
      stage: {type: days}                  #! reserved-name
      calendar: {type: text}               #! reserved-name
      purchase: {type: date}               #! reserved-name
      1evel: {type: text}                  #! bad-name
      a: {type: days list}                 #! unknown-type
      b: {about: "no type"}                #! missing-key
      c: {type: choice}                    #! missing-key
      d: {type: choice, of: []}            #! empty-list
      e: {type: choice, of: [x, X]}        #! duplicate-value
      f: {type: choice, of: [unknown]}     #! reserved-name
      g: {type: count, of: [x]}            #! misplaced-key
      h: {type: count, blank: -1}          #! bad-value
      i: {type: count, balnk: 0}           #! unknown-key
      j: flag                              #! wrong-shape
      k: {type: date}
      days_since_k: {type: days}           #! reserved-name
      customer: {type: text}               #! reserved-name
    --- base.yaml
    layer: Base
    """
    assert verdict.found == verdict.marked


def test_regions_and_cascade(verdict: Verdict) -> None:
    """A market in one region at most, keys that layers can apply by.

    --- catalogue.yaml
    catalogue: test
    cascade:
      - region
      - markt                              #! unknown-cascade-key
      - region                             #! duplicate-value
      - seats                              #! unknown-cascade-key
      - customer_name                      #! unknown-cascade-key
      - [market]                           #! wrong-shape
    regions:
      nordics:
        - "NO"
        - Norway                           #! bad-value
        - NO                               #! two-regions
      South America: [BR]                  #! bad-name
      empty: []                            #! empty-list
      dach: {DE: yes}                      #! wrong-shape
      baltics:
        - none                             #! missing-as-value
        - no                               #! two-regions
    --- base.yaml
    layer: Base
    """
    assert verdict.found == verdict.marked


def test_terms(verdict: Verdict) -> None:
    """Bounds, pins and directions that fit the type.

    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    terms:
      time_zone: {type: text, pinned_to: term_end}      #! misplaced-key
      calendar: {type: days}                            #! unknown-type
      debt: {type: money}                               #! reserved-name
      a: {type: instant}                                #! unknown-type
      b: {type: day}                                    #! unknown-type
      c: {type: text, at_least: 1}                      #! misplaced-key
      d: {type: days, at_least: one}                    #! bad-value
      e: {type: days, at_least: -1}                     #! bad-value
      f: {type: days, at_least: 5, at_most: 4}          #! bounds-reversed
      g: {type: money, at_least: 5 NOK}                 #! bad-value
      h: {type: text, harsher: lower}                   #! misplaced-key
      i: {type: days, harsher: less}                    #! unknown-choice
      j: {type: days, pinned_to: term_stop}             #! unknown-fact
      k: {type: days, pinned_to: seats}                 #! unknown-fact
      l: {type: choice}                                 #! missing-key
      m: {type: days, pinned_to: cancellable_until}
    --- base.yaml
    layer: Base
    """
    assert verdict.found == verdict.marked


def test_tracks_and_actions(verdict: Verdict) -> None:
    """Anchors that are dates, harms that are known, facts that can be set.

    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    tracks:
      a: {anchor: past_due_sinc}                 #! unknown-fact
      b: {anchor: cancellable_until}             #! unknown-fact
      c: {by: provider}                          #! missing-key
      d: {anchor: term_end, by: us}              #! unknown-choice
    actions:
      e: {harm: acess}                           #! unknown-choice
      f: {sets: {stauts: active}}                #! unknown-fact
      g: {sets: {status: activ}}                 #! unknown-choice
      h: {sets: {status: today}}                 #! bad-value
      i: {sets: {subscription_id: x}}            #! bad-value
      j: {sets: {days_past_due: 3}}              #! unknown-fact
      k: {sets: {product: unknown}}              #! missing-as-value
      l: {only_if: {days_pastdue: {gt: 3}}}      #! unknown-name
      m: {only_if: {days_past_due: {gt: $stage}}}  #! stage-without-for-each
      n: {only_if: }                             #! wrong-shape
      o: {approval: maybe}                       #! bad-value
    runs_every: 31                               #! bad-value
    limits:
      e: 101 %                                   #! bad-value
      f: few                                     #! bad-value
      z: 5                                       #! unknown-action
      g: -5                                      #! bad-value
    guards:
      rejected: 5                                #! bad-value
      unmatched: 101 %                           #! bad-value
      older_than: 3 %                            #! bad-value
      same_inputs: 1.5                           #! bad-value
      ahead_of_clock:                            #! wrong-shape
      days_since_last_run: [30]                  #! wrong-shape
      invoice_missing: 50 %                      #! unknown-key
    assume:
      subscription_id: x                         #! bad-value
      vips: no                                   #! unknown-fact
      trial: maybe                               #! bad-value
      debt: 100 NOK                              #! bad-value
      past_due_since: 2026-11-01                 #! bad-value
      unpaid_invoices: 1                         #! bad-value
    --- base.yaml
    layer: Base
    """
    assert verdict.found == verdict.marked


def test_what_a_catalogue_needs(verdict: Verdict) -> None:
    """A name and a cascade.

    --- catalogue.yaml
    tracks: {}     #! missing-key missing-key
    --- base.yaml
    layer: Base
    """
    assert verdict.found == verdict.marked


@pytest.mark.parametrize("group", ["facts", "terms"])
def test_a_catalogue_has_a_size(group: str, tmp_path: Path) -> None:
    names = ", ".join(f"x{number}: {{type: days}}" for number in range(MOST_NAMES + 1))
    catalogue = f"""First line
    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    {group}: {{{names}}}
    --- base.yaml
    layer: Base
    """
    assert judged(catalogue, tmp_path).error.code == "too-many-names"


def test_a_choice_has_a_size(tmp_path: Path) -> None:
    catalogue = f"""First line
    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    facts: {{level: {{type: choice, of: {list(range(MOST_NAMES + 1))}}}}}
    --- base.yaml
    layer: Base
    """
    assert judged(catalogue, tmp_path).error.code == "list-too-long"


def test_what_is_declared_wrongly_is_reported_once(verdict: Verdict) -> None:
    """No layer is blamed for a mistake of the catalogue.

    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    facts: {seen_on: {type: dat}}               #! unknown-type
    tracks: {dunning: {anchor: seen_on}}
    terms: {grace_days: {type: dayz, pinned_to: seen_on}}   #! unknown-type
    actions: {notify: {sets: {seen_on: today}}}
    --- base.yaml
    layer: Base
    terms: {grace_days: 14}
    rules:
      remind:
        track: dunning
        step: 1
        when: {days_since_seen_on: {gt: $grace_days}, grace_days: {gt: 3}}
        after: {last_step: $grace_days}
        do: notify
        because: "seen {days_since_seen_on} days ago, more than {grace_days}"
    """
    assert verdict.found == verdict.marked


def test_suggestions(verdict: Verdict) -> None:
    """Did you mean.

    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    tracks: {dunning: {anchor: past_due_sinse}}
    --- base.yaml
    layer: Base
    """
    assert verdict.error.message == "the date fact `past_due_sinse` is not known"
    assert verdict.error.help == "did you mean `past_due_since`?"
    assert (verdict.error.place.line, verdict.error.place.column) == (3, 28)


def test_a_guard_says_what_it_is_written_as(verdict: Verdict) -> None:
    """Days where a share belongs, a share where days belong, and a name that is nearly one.

    --- catalogue.yaml
    catalogue: csp
    cascade: [market]
    guards: {subscriptions_missing: 3, older_than: 3 %, reject: 5 %}
    --- base.yaml
    layer: Base
    terms: {time_zone: UTC, calendar: none}
    """
    assert [(p.message, p.help) for p in verdict.policies.problems if p.is_error] == [
        ("`subscriptions_missing` is a share, and `3` is none", "write a share such as `5 %`"),
        (
            "`older_than` is a number of days, and `3 %` is none",
            "write a number of days such as `3`",
        ),
        ("`guards` has no key `reject`", "did you mean `rejected`?"),
    ]
