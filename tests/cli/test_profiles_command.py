"""`lapse profiles`, and what `lapse check` says of profiles, as people call them."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pytest
from tests.cli.conftest import Ran

Lapse = Callable[[str], Ran]

PROFILE = """
profile: my-shop
about: "subscriptions of our web shop, which are many and of every kind that one can think of"
source: "our shop, as of 2026-11"
recognised_by: [Abo, Artikel]
facts:
  subscription_id: {column: Abo, case: lower}
  product: {join: ":", column: [Artikel, {column: Variante, pad: 4}]}
  program:
    - {value: azure, where: {Artikel: ["MS-AZR-*", "*Azure*", X, Y, blank]}}
    - {column: Art, map: {neu: nce, legacy: legacy}, otherwise: unknown}
  term_start: [Beginn, Kauf]
  commitment_months: Monate
  unit_price: {column: Preis, currency: {value: EUR}, covers_months: 12}
assume: {disputed: no, hold_until: none}
cannot_know:
  status: "whether it is suspended stands in Partner Center"
  suspended_on: "since when it is suspended: nobody says"
  hold_until: "who is not to be touched is known to you only"
one_row: {latest: Stand}
"""
IN_FULL = """\
my-shop: subscriptions
  subscriptions of our web shop, which are many and of every kind that one can
  think of

Recognised by
  all of these columns: Abo, Artikel

Gives
  subscription_id    Abo in lower case
  product            Artikel and Variante filled with zeros to 4 characters,
                     joined by `:`
  program            azure, where Artikel begins with MS-AZR-, contains Azure,
                     is X or Y or is blank; else Art (neu: nce, legacy, any
                     other: unknown)
  term_start         Beginn, else Kauf
  commitment_months  Monate
  unit_price         Preis, in EUR, divided by the months it is for: 12
  term_end           computed from term_start and commitment_months

Takes for granted where no column says otherwise
  disputed           no
  hold_until         none

Cannot know
  suspended_on       since when it is suspended: nobody says; without it no
                     days_suspended
  status             whether it is suspended stands in Partner Center
  hold_until         who is not to be touched is known to you only

Has no column for
"""


def shop(text: str = PROFILE) -> None:
    path = Path("policies/profiles/shop.yaml")
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_profiles_are_listed_by_what_they_give(lapse: Lapse) -> None:
    shop()
    ran = lapse("profiles")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "subscriptions"
    assert any(line.startswith("  my-shop  ") for line in lines)
    assert any(line.startswith("  partner-center-subscriptions  ") for line in lines)
    assert lines.index("subscriptions") < lines.index("customers") < lines.index("prices")
    assert all(len(line) <= 80 for line in lines)


def test_a_profile_is_told_in_full(lapse: Lapse) -> None:
    shop()
    ran = lapse("profiles my-shop")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(IN_FULL)
    rest = ran.out.removeprefix(IN_FULL)
    assert "  past_due_since     so no days_past_due\n" in rest
    assert "  term_start " not in rest
    assert "Several rows about one\n  the latest Stand counts\n" in rest
    assert rest.endswith("Source\n  our shop, as of 2026-11\n  policies/profiles/shop.yaml:2\n")


def test_every_shipped_profile_fits_in_80_columns(lapse: Lapse) -> None:
    told = json.loads(lapse("profiles --format json").out)
    names = [profile["name"] for profile in told["profiles"]]
    assert "nce-reconciliation" in names
    for name in names:
        assert all(len(line) <= 80 for line in lapse(f"profiles {name}").out.splitlines())


def test_programs_read_the_same(lapse: Lapse) -> None:
    shop()
    told = json.loads(lapse("profiles my-shop --format json").out)
    assert told["gives"] == "subscriptions"
    assert told["recognised_by"] == ["Abo", "Artikel"]
    assert told["facts"]["term_start"] == "Beginn, else Kauf"
    assert told["assume"] == {"disputed": "no", "hold_until": "none"}
    assert told["cannot_know"]["suspended_on"] == "since when it is suspended: nobody says"
    assert "seats" in told["has_no_column_for"]
    assert "term_end" not in told["has_no_column_for"]
    assert told["lacking_counters"]["suspended_on"] == ["days_suspended"]
    assert "hold_until" not in told["lacking_counters"]
    assert told["file"] == "policies/profiles/shop.yaml"


def test_a_name_that_is_not_there_says_what_was_meant(lapse: Lapse) -> None:
    ran = lapse("profiles portal-customer")
    assert ran.code == 3
    assert "there is no profile `portal-customer`; did you mean `portal-customers`?" in ran.err


def test_without_a_policy_set_the_shipped_ones_are_told(lapse: Lapse) -> None:
    rmtree("policies")
    ran = lapse("profiles")
    assert (ran.code, ran.err) == (0, "")
    assert "portal-customers" in ran.out
    missing = lapse("profiles --policies polices")
    assert missing.code == 1
    assert "error[folder-missing]" in missing.err


def test_an_escape_in_a_profile_reaches_no_terminal(lapse: Lapse) -> None:
    shop(PROFILE.replace("our shop", "our \u202eshop\u00a0"))
    told = lapse("profiles my-shop").out
    assert "\u202e" not in told
    assert "our \\u202eshop" in told


@pytest.mark.parametrize("command", ["check", "profiles"])
def test_a_mistake_in_a_profile_is_told(command: str, lapse: Lapse) -> None:
    shop(PROFILE.replace("term_start:", "term_started:"))
    ran = lapse(command)
    assert ran.code == 1
    assert "policies/profiles/shop.yaml:12:3: error[unknown-fact]: `term_started`" in ran.err
    assert "did you mean `term_start`?" in ran.err


def test_check_tells_profiles_in_every_format_and_counts_them(lapse: Lapse) -> None:
    shop()
    assert "1 case, 1 profile: no errors" in lapse("check").out
    shop(PROFILE.replace("term_start:", "term_started:"))
    (problem,) = json.loads(lapse("check --format json").out)
    assert (problem["code"], problem["line"]) == ("unknown-fact", 12)
    assert "::error file=policies/profiles/shop.yaml" in lapse("check --format github").out
