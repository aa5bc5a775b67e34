"""Rules that hide others, wait for others, or test what is not known."""

from lapse.model.place import Problem


def test_replacing_what_is_not_there(problems: list[Problem]) -> None:
    """The name is nearly right; a rule of another market is not less specific.

    --- base.yaml
    layer: Base
    rules:
      call: {track: care, step: 1, when: {vip: yes}, do: flag}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      cal: {replaces: true, track: care, step: 2, when: {vip: yes}, do: flag}
    --- se.yaml
    layer: Sweden
    applies_to: {market: SE}
    rules:
      cal: {track: care, step: 2, when: {vip: yes}, do: flag}
    """
    (problem,) = problems
    assert problem.code == "replaces-nothing"
    assert problem.place.source == "no.yaml:4"
    assert problem.help == "did you mean `call`?"


def test_replacing_a_rule_that_has_ended(found: list[str]) -> None:
    """On no day do both exist.

    --- base.yaml
    layer: Base
    rules:
      call: {track: care, step: 1, to: 2025-12-31, when: {vip: yes}, do: flag}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      call: {replaces: true, from: 2026-01-01, track: care, step: 1, when: {vip: no}, do: flag}
    """
    assert found == ["no.yaml:4: replaces-nothing"]


def test_switching_off_what_is_not_there(problems: list[Problem]) -> None:
    """Switched off in the whole region, and again in a market where nothing defines it.

    --- base.yaml
    layer: Base
    rules:
      call: {track: care, step: 1, when: {vip: yes}, do: flag}
    --- nordics.yaml
    layer: Nordics
    applies_to: {region: nordics}
    rules:
      call: {off: "nobody there"}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      call: {off: "nobody there"}
      write: {off: "nobody there"}
    """
    (problem,) = problems
    assert problem.code == "off-nothing"
    assert problem.place.source == "no.yaml:5"


def test_a_rule_of_a_known_name_says_that_it_replaces(problems: list[Problem]) -> None:
    """The nearest definition is named.

    --- base.yaml
    layer: Base
    rules:
      call: {track: care, step: 1, when: {vip: yes}, do: flag}
    --- nordics.yaml
    layer: Nordics
    applies_to: {region: nordics}
    rules:
      call: {replaces: true, track: care, step: 1, when: {vip: no}, do: flag}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      call: {track: care, step: 1, when: {vip: yes}, do: notify}
    """
    (problem,) = problems
    assert problem.code == "needs-replaces"
    assert problem.place.source == "no.yaml:4"
    assert problem.also is not None
    assert problem.also.source == "nordics.yaml:4"
    assert problem.message == "`call` is already a rule of `Nordics`, which is less specific"


def test_equal_names_where_layers_never_meet(found: list[str]) -> None:
    """Germany is outside the Nordics.

    --- nordics.yaml
    layer: Nordics
    applies_to: {region: nordics}
    rules:
      call: {track: care, step: 1, when: {vip: yes}, do: flag}
    --- de.yaml
    layer: Germany
    applies_to: {market: DE}
    rules:
      call: {track: care, step: 1, when: {vip: yes}, do: flag}
    """
    assert found == []


def test_a_forbid_is_not_dropped_without_leave(problems: list[Problem]) -> None:
    """Neither by switching it off nor by replacing it.

    --- base.yaml
    layer: Base
    rules:
      hold: {when: {disputed: yes}, forbid: [suspend]}
      named: {when: {vip: yes}, forbid: [suspend]}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      hold: {off: "not in Norway"}
      named: {replaces: true, when: {vip: yes}, forbid: [flag]}
    """
    assert [(p.code, p.place.line) for p in problems] == [
        ("forbid-needs-override", 4),
        ("forbid-needs-override", 5),
    ]
    assert problems[0].also is not None
    assert problems[0].also.source == "base.yaml:3"
    assert "switches off a forbid of `Base`" in problems[0].message
    assert "replaces a forbid of `Base`" in problems[1].message


def test_a_forbid_is_dropped_with_leave(found: list[str]) -> None:
    """With an override.

    --- base.yaml
    layer: Base
    rules:
      hold: {when: {disputed: yes}, forbid: [suspend]}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      hold:
        off: "not in Norway"
        override: {approved_by: "CFO", reason: "pilot", expires: 2027-06-30}
    """
    assert found == []


def test_waiting_for_an_earlier_step_that_cannot_come(problems: list[Problem]) -> None:
    """The only other rule stands at the same height, the lower one on another track.

    --- base.yaml
    layer: Base
    rules:
      call: {track: care, step: 1, when: {vip: yes}, do: flag}
      suspend:
        track: dunning
        step: 2
        when: {vip: no}
        after: {last_step: 2}
        do: suspend
      remind: {track: dunning, step: 2, when: {vip: yes}, do: notify}
    """
    (problem,) = problems
    assert problem.code == "after-has-no-lower-step"
    assert problem.place.source == "base.yaml:4"
    assert problem.also is None


def test_an_earlier_step_counts_for_its_own_anchor(problems: list[Problem]) -> None:
    """The reminder is given for the due date, the suspension counts from the call.

    --- base.yaml
    layer: Base
    rules:
      remind: {track: dunning, step: 1, when: {vip: no}, do: notify}
      suspend:
        track: dunning
        step: 2
        anchor: called_on
        when: {vip: no}
        after: {last_step: 2}
        do: suspend
    """
    (problem,) = problems
    assert problem.code == "after-has-no-lower-step"
    assert problem.also is not None
    assert problem.also.source == "base.yaml:3"
    assert problem.help is not None
    assert problem.help.startswith("`remind` counts from `past_due_since`")


def test_the_lower_step_is_switched_off_where_the_rule_is(found: list[str]) -> None:
    """In Norway there is no reminder; elsewhere the rule does not exist.

    --- base.yaml
    layer: Base
    rules:
      remind: {track: dunning, step: 1, when: {vip: no}, do: notify}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      remind: {off: "no reminders"}
      suspend: {track: dunning, step: 2, when: {vip: no}, after: {last_step: 2}, do: suspend}
    """
    assert found == ["no.yaml:5: after-has-no-lower-step"]


def test_a_lower_step_of_a_segment_will_do(found: list[str]) -> None:
    """There are prepaid customers in Norway; the reminder may have ended before.

    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      suspend:
        track: dunning
        step: 2
        from: 2027-01-01
        when: {vip: no}
        after: {last_step: 2}
        do: suspend
    --- prepaid.yaml
    layer: Prepaid
    applies_to: {segment: prepaid}
    rules:
      remind: {track: dunning, step: 1, to: 2026-12-31, when: {vip: no}, do: notify}
    """
    assert found == []


def test_a_lower_step_that_begins_too_late(found: list[str]) -> None:
    """The suspension has ended before the first reminder.

    --- base.yaml
    layer: Base
    rules:
      suspend:
        track: dunning
        step: 2
        to: 2026-12-31
        when: {vip: no}
        after: {last_step: 2}
        do: suspend
      remind: {track: dunning, step: 1, from: 2027-01-01, when: {vip: no}, do: notify}
    """
    assert found == ["base.yaml:3: after-has-no-lower-step"]


def test_known_is_not_tested_where_an_action_harms(problems: list[Problem]) -> None:
    """The reminder is on the track of the suspension; a call is not.

    --- base.yaml
    layer: Base
    rules:
      call: {track: care, step: 1, when: {seats: {known: no}}, do: flag}
      remind:
        track: dunning
        step: 1
        when: {seats: {known: yes}}
        do: notify
      suspend: {track: dunning, step: 2, when: {vip: no}, do: suspend}
      hold:
        when: {any: [{vip: yes}, {vip: {known: no}}]}
        forbid: [suspend]
    """
    assert [(p.code, p.place.line) for p in problems] == [
        ("known-on-harm", 7),
        ("known-on-harm", 11),
    ]
    assert problems[0].also is not None
    assert problems[0].also.line == 9
    assert "track `dunning`, on which an action does harm" in problems[0].message
    assert "the forbid `hold`" in problems[1].message


def test_known_is_not_tested_in_only_if(found: list[str]) -> None:
    """A lock that opens when nothing is known is none.

    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    tracks: {care: {anchor: past_due_since}}
    actions:
      notify: {}
      suspend: {harm: access, sets: {status: suspended}, only_if: {seats: {known: yes}}}
    --- base.yaml
    layer: Base
    """
    assert found == ["catalogue.yaml:6: known-on-harm"]


def test_a_rule_that_is_hidden_everywhere_waits_for_nothing(found: list[str]) -> None:
    """Germany is the only market of its region.

    --- dach.yaml
    layer: German-speaking
    applies_to: {region: dach}
    rules:
      call: {track: care, step: 2, when: {trial: yes}, after: {last_step: 2}, do: flag}
    --- de.yaml
    layer: Germany
    applies_to: {market: DE}
    rules:
      call: {replaces: true, track: care, step: 2, when: {trial: yes}, do: flag}
    """
    assert found == []


def test_help_where_no_name_is_near(problems: list[Problem]) -> None:
    """No other layer has a rule at all.

    --- base.yaml
    layer: Base
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      call: {replaces: true, track: care, step: 2, when: {trial: yes}, do: flag}
      ring: {off: "nobody answers"}
    """
    assert [problem.help for problem in problems] == [
        "take `replaces: true` out",
        "take this rule out",
    ]
