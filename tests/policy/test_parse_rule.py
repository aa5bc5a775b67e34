"""Rules: what acts, what forbids, what switches off."""

from datetime import date
from pathlib import Path

import pytest
from tests.policy.marks import Verdict, judged

from lapse.model.rule import After, Off, Override, Rule, RuleEntry, Span, Today


@pytest.fixture
def verdict(request: pytest.FixtureRequest, tmp_path: Path) -> Verdict:
    return judged(request.function.__doc__, tmp_path)


def rules_of(verdict: Verdict, layer: str) -> dict[str, RuleEntry]:
    assert verdict.found == []
    assert verdict.policies.book is not None
    return dict(next(x.rules for x in verdict.policies.book.layers if x.name == layer))


def test_a_whole_rule(verdict: Verdict) -> None:
    """Every key of a rule that acts.

    --- norway.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms: {grace_days: 14, notice_days: [1, 7]}
    rules:
      call: {track: dunning, step: 0, when: {vip: yes}, do: notify, anchor: called_on}
      remind_again:
        track: dunning
        step: 2
        for_each: $notice_days
        when: {status: active, days_past_due: {gte: $stage}}
        do: suspend
        with: {template: NO, tries: 010}
        because: "{days_past_due} days past due; {{day {stage}}}"
        days: business
        after: {last_step: $grace_days}
        anchor: called_on
        sets: {auto_renew: no, called_on: today}
        from: 2026-01-01
        to: 2026-12-31
    """
    rule = rules_of(verdict, "Norway")["remind_again"]
    assert isinstance(rule, Rule)
    assert str(rule.when) == "status is active and days_past_due >= stage"
    assert str(rule.stages) == "notice_days"
    assert rule.parameters == {"template": "NO", "tries": "010"}
    assert isinstance(rule.after, After)
    assert (rule.after.is_last, str(rule.after.days)) == (True, "grace_days")
    assert rule.sets == {"auto_renew": False, "called_on": Today.TODAY}
    assert rule.span == Span(date(2026, 1, 1), date(2026, 12, 31))
    assert rule.track is not None
    assert (rule.track.name, rule.step, rule.anchor) == ("dunning", 2, "called_on")
    assert (rule.action, rule.is_business, rule.layer) == ("suspend", True, "Norway")
    assert (rule.place.line, rule.place.column) == (6, 3)


def test_what_a_rule_takes_from_elsewhere(verdict: Verdict) -> None:
    """The anchor of its track and what its action sets; a forbid has neither.

    --- norway.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      cut:
        {track: dunning, step: 3, when: {days_past_due: {gt: 30}}, after: {first_step: 2},
         do: suspend}
      keep: {track: dunning, step: 4, when: {vip: yes}, do: suspend, sets: {}, for_each: [3, 1]}
      stop: {when: {}, forbid: [suspend, notify]}
    """
    rules = rules_of(verdict, "Norway")
    cut, keep, stop = rules["cut"], rules["keep"], rules["stop"]
    assert isinstance(cut, Rule)
    assert isinstance(keep, Rule)
    assert isinstance(stop, Rule)
    assert cut.anchor == "past_due_since"
    assert cut.after == After(is_last=False, days=2)
    assert sorted(cut.sets) == ["status", "suspended_for", "suspended_on"]
    assert (keep.sets, str(keep.stages)) == ({}, "3, 1")
    assert sorted(stop.forbids) == ["notify", "suspend"]
    assert (stop.action, str(stop.when)) == (None, "always")


def test_switching_off_and_replacing(verdict: Verdict) -> None:
    """What a more specific layer does to a rule.

    --- norway.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      remind: {off: "letters instead", from: 2027-01-01}
      hold:
        replaces: yes
        when: {vip: yes}
        forbid: notify
        override: {approved_by: Kari, reason: "no holds here", expires: 2027-01-31}
    """
    rules = rules_of(verdict, "Norway")
    off, hold = rules["remind"], rules["hold"]
    assert isinstance(off, Off)
    assert (off.reason, off.span) == ("letters instead", Span(date(2027, 1, 1)))
    assert isinstance(hold, Rule)
    assert hold.is_replacement
    assert hold.override == Override("Kari", "no holds here", date(2027, 1, 31))


def test_kinds_of_rules(verdict: Verdict) -> None:
    """One of do, forbid and off, and the keys that belong to it.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules:
      a: {when: {vip: yes}}                                                      #! rule-kind
      b: {when: {vip: yes}, do: notify, forbid: notify, track: dunning, step: 1} #! rule-kind
      c: {when: {vip: yes}, forbid: notify, track: dunning}                      #! misplaced-key
      d: {off: "no", when: {vip: yes}}                                           #! misplaced-key
      e: {off: }                                                                 #! wrong-shape
      f: {do: notify, track: dunning, when: {vip: yes}}                          #! missing-key
      g: {do: notify, step: 1, when: {vip: yes}}                                 #! missing-key
      h: {do: notify, step: 1, track: dunning}                                   #! missing-key
      i: {forbid: notify}                                                        #! missing-key
      j j: {off: "no"}                                                           #! bad-name
      k: notify                                                                  #! wrong-shape
      l:                                                                         #! rule-kind
      m:                                                                         #! missing-key
        {do: notify, step: 1, track: dunning, wehn: {vip: yes}}                  #! unknown-key
    """
    assert verdict.found == verdict.marked


def test_parts_of_rules(verdict: Verdict) -> None:
    """What each key takes.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules:
      a:
        track: duning                          #! unknown-track
        step: -1                               #! bad-value
        for_each: $notice_dayz                 #! unknown-term
        when: {vip: yes}
        do: notfy                              #! unknown-action
        with: [x]                              #! wrong-shape
        because: "{dayz} past due"             #! unknown-field
        days: weekend                          #! unknown-choice
        after: {last_step: 1, first_step: 2}   #! wrong-shape
        anchor: seats                          #! unknown-fact
        sets: {stauts: active}                 #! unknown-fact
        from: 2026-01-01
        to: 2025-12-31                         #! dates-reversed
        replaces: perhaps                      #! bad-value
        override: {approved_by: Kari}          #! missing-key missing-key
      b:
        track: dunning
        step: one                              #! bad-value
        for_each: $grace_days                  #! unit-mismatch
        when:                                  #! wrong-shape
        do: notify
        because: "{stage} {hold_until}"
        after: {last_step: $notice_days}       #! unit-mismatch
        with: {a: {b: c}}                      #! wrong-shape
      c:
        track: dunning
        step: 1
        for_each: []                           #! empty-list
        when: {}
        do: notify
        because: "{stage"                      #! bad-template
        after: {last_step: soon}               #! bad-value
      d:
        when: {}
        forbid: [suspend, suspend]             #! duplicate-value
        because: "day {stage}"                 #! unknown-field
      e:
        when: {}
        forbid: []                             #! empty-list
        because: "}"                           #! bad-template
      f:
        track: dunning
        step: 1
        when: {}
        do: [notify]                           #! wrong-shape
        because: "{0} {a.b}"                   #! unknown-field unknown-field
      g:
        when: {}
        forbid: notify
        because: "{debt!r} {debt:>9} {}"       #! unknown-field unknown-field unknown-field
      h:
        when: {}
        forbid: notify
        because: ["{dept} is owed", "owed", "{debt}"]  #! unknown-field bad-template
      i:
        when: {}
        forbid: notify
        because: []                            #! empty-list
      j:
        when: {}
        forbid: notify
        because: {a: b}                        #! wrong-shape
    """
    assert verdict.found == verdict.marked


def test_a_text_that_hides_those_after_it_is_told(verdict: Verdict) -> None:
    """Its values are never missing.

    --- a.yaml
    layer: A
    rules:
      a:
        when: {}
        forbid: suspend
        because: ["on hold", "{hold_until}"]  #! bad-template
    """
    problem = verdict.error
    assert problem.code == "bad-template"
    assert problem.message == "this text names no field, so that none after it is ever used"
    assert problem.help == "put it last"


def test_help_where_nothing_is_declared(verdict: Verdict) -> None:
    """The catalogue has no tracks.

    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    actions: {notify: {}}
    --- base.yaml
    layer: Base
    rules:
      call: {track: care, step: 1, when: {trial: yes}, do: notify}    #! unknown-track
    """
    assert verdict.found == verdict.marked
    assert verdict.error.help == "none is declared yet"
