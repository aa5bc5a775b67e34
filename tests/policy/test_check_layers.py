"""Problems of layers: of which none wins, which never match, which decide nothing."""

from lapse.model.place import Problem


def test_two_layers_of_one_market_set_one_term(problems: list[Problem]) -> None:
    """The problem stands at the later place and names both layers and the days.

    --- a.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days: {value: 14}
    --- b.yaml
    layer: Nordic markets
    applies_to: {market: [SE, "NO"]}
    terms:
      grace_days:
        - {from: 2026-01-01, to: 2026-12-31, value: 21}
    """
    (problem,) = problems
    assert problem.code == "ambiguous-layers"
    assert problem.place.source == "b.yaml:5"
    assert problem.also is not None
    assert problem.also.source == "a.yaml:4"
    assert problem.message == (
        "`grace_days` is set by `Nordic markets` and by `Norway`, which are equally specific "
        "and can both apply from 2026-01-01 to 2026-12-31"
    )
    assert problem.help is not None
    assert problem.help.startswith("both name `market`")


def test_other_values_other_keys_and_other_days_are_not_ambiguous(found: list[str]) -> None:
    """A region and a market are different keys; a market and a segment, too.

    --- a.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days: {value: 14}
      other_days:
        - {from: 2026-01-01, to: 2026-12-31, value: 21}
    --- b.yaml
    layer: Nordics
    applies_to: {region: nordics}
    terms:
      grace_days: {value: 15}
    --- c.yaml
    layer: Sweden
    applies_to: {market: SE}
    terms:
      grace_days: {value: 16}
    --- d.yaml
    layer: Prepaid
    applies_to: {segment: prepaid}
    terms:
      grace_days: {value: 17}
    --- e.yaml
    layer: Norway next year
    applies_to: {market: ["NO"]}
    terms:
      other_days:
        - {from: 2027-01-01, value: 21}
    """
    assert found == []


def test_two_base_layers_define_one_rule(found: list[str]) -> None:
    """A layer without scope is as specific as another one.

    --- a.yaml
    layer: Base
    rules:
      hold: {when: {disputed: yes}, forbid: [suspend]}
    --- b.yaml
    layer: Other base
    rules:
      hold: {when: {vip: yes}, forbid: [suspend]}
    """
    assert found == ["b.yaml:3: ambiguous-layers"]


def test_switching_off_is_as_ambiguous_as_defining(found: list[str]) -> None:
    """Two layers of one segment and market, one of them for more segments.

    --- base.yaml
    layer: Base
    rules:
      call: {track: care, step: 1, when: {vip: yes}, do: flag}
    --- a.yaml
    layer: A
    applies_to: {market: "NO", segment: [prepaid, partner]}
    rules:
      call: {off: "nobody calls them"}
    --- b.yaml
    layer: B
    applies_to: {market: "NO", segment: partner}
    rules:
      call: {replaces: true, track: care, step: 1, when: {vip: no}, do: flag}
    """
    assert found == ["b.yaml:4: ambiguous-layers"]


def test_a_rule_that_has_expired_before_the_other_begins_is_not_ambiguous(found: list[str]) -> None:
    """The first definition ends on the day before the second.

    --- a.yaml
    layer: A
    rules:
      call: {track: care, step: 1, to: 2026-12-31, when: {vip: yes}, do: flag}
      hold:
        when: {vip: yes}
        forbid: [suspend]
        override: {approved_by: "CFO", reason: "pilot", expires: 2026-12-31}
    --- b.yaml
    layer: B
    rules:
      call: {track: care, step: 1, from: 2027-01-01, when: {vip: yes}, do: flag}
      hold: {from: 2027-01-01, when: {vip: yes}, forbid: [suspend]}
    """
    assert found == []


def test_one_common_day_is_enough(problems: list[Problem]) -> None:
    """The old number and the new one both count on the last day of 2026.

    --- a.yaml
    layer: A
    terms:
      grace_days:
        - {from: 2026-01-01, to: 2026-12-31, value: 14}
    --- b.yaml
    layer: B
    terms:
      grace_days:
        - {from: 2026-12-31, value: 14}
    """
    (problem,) = problems
    assert problem.message.endswith("can both apply on 2026-12-31")


def test_one_of_many_equal_layers_is_reported_once(problems: list[Problem]) -> None:
    """Each layer after the first is one problem, not one for each pair.

    --- a.yaml
    layer: A
    terms: {grace_days: 1}
    --- b.yaml
    layer: B
    terms: {grace_days: 1}
    --- c.yaml
    layer: C
    terms: {grace_days: 1}
    """
    assert [(p.code, p.place.file) for p in problems] == [
        ("ambiguous-layers", "b.yaml"),
        ("ambiguous-layers", "c.yaml"),
    ]
    assert [p.also.file for p in problems if p.also] == ["a.yaml", "a.yaml"]


def test_regions_meet_by_their_markets_only_where_both_name_a_region(found: list[str]) -> None:
    """Two lists of regions that share one.

    --- a.yaml
    layer: A
    applies_to: {region: [nordics, dach]}
    terms: {grace_days: 1}
    --- b.yaml
    layer: B
    applies_to: {region: dach}
    terms: {grace_days: 2}
    --- c.yaml
    layer: C
    applies_to: {region: nordics, market: SE}
    terms: {grace_days: 3}
    --- d.yaml
    layer: D
    applies_to: {region: [nordics, dach], market: ["NO", DE]}
    terms: {grace_days: 4}
    """
    assert found == ["b.yaml:3: ambiguous-layers"]


def test_what_is_left_out_is_not_ambiguous(found: list[str]) -> None:
    """Both layers apply to Azure only together with a layer that leaves it out.

    --- out.yaml
    layer: Azure
    applies_to: {program: azure}
    covers: no
    because: "billed by usage"
    --- a.yaml
    layer: A
    applies_to: {program: [azure, legacy]}
    terms: {grace_days: 1}
    --- b.yaml
    layer: B
    applies_to: {program: [azure, nce]}
    terms: {grace_days: 2}
    """
    assert found == []


def test_a_market_outside_the_region_never_matches(problems: list[Problem]) -> None:
    """Germany is not in the Nordics.

    --- a.yaml
    layer: A
    applies_to: {region: nordics, market: DE}
    """
    (problem,) = problems
    assert problem.code == "impossible-scope"
    assert not problem.is_error
    assert problem.place.file == "a.yaml"
    assert problem.message == "this layer can never apply: `DE` is not in `nordics`"


def test_one_market_inside_the_region_is_enough(found: list[str]) -> None:
    """Sweden is in the Nordics, and an empty layer is no problem.

    --- a.yaml
    layer: A
    applies_to: {region: nordics, market: [DE, SE]}
    """
    assert found == []


def test_a_layer_that_leaves_out_decides_nothing(problems: list[Problem]) -> None:
    """The first term or rule is named.

    --- a.yaml
    layer: Azure
    applies_to: {program: azure}
    covers: no
    because: "billed by usage"
    terms:
      grace_days: 5
    """
    (problem,) = problems
    assert problem.code == "covers-no-with-content"
    assert not problem.is_error
    assert problem.place.source == "a.yaml:6"
    assert problem.also is not None
    assert problem.also.file == "a.yaml"


def test_a_layer_that_only_leaves_out_is_right(found: list[str]) -> None:
    """Only a reason.

    --- a.yaml
    layer: Azure
    applies_to: {program: azure}
    covers: no
    because: "billed by usage"
    """
    assert found == []
