"""`lapse show`: what is in force, side by side, and what happens to who does not pay."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.cli.conftest import Ran

from lapse.cli import main

Lapse = Callable[[str], Ran]
ROOT = Path(__file__).parents[2]
GOLDENS = Path(__file__).parent / "shown"
DAY = "--as-of 2026-12-01"
NCE, LEGACY = "--where market=NO --where program=nce", "--where market=NO --where program=legacy"
LINES = {
    "in-force.txt": f"show {NCE} {DAY}",
    "two-markets.txt": f"show --where market=NO --compare market=DE {DAY}",
    "two-programs.txt": f"show {LEGACY} --compare program=nce {DAY}",
    "unpaid-in-norway.txt": f"show --where market=NO --timeline {DAY}",
    "unpaid-in-new-commerce.txt": f"show {NCE} --timeline {DAY}",
    "unpaid-in-two-programs.txt": f"show {LEGACY} --timeline --compare program=nce {DAY}",
}


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("golden", LINES)
def test_the_shipped_policies_are_shown_in_80_columns(
    golden: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(LINES[golden].split()) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert out == (GOLDENS / golden).read_text(encoding="utf-8")


def test_a_term_says_who_set_it_since_when_and_what_comes_next(lapse: Lapse) -> None:
    Path("policies/norway.yaml").write_text(
        """\
layer: Norway
applies_to: {market: NO}
terms:
  grace_days:
    - {from: 2026-01-01, to: 2026-12-31, value: 10, source: "Agreement 7"}
    - {from: 2027-06-01, value: 21}
""",
        encoding="utf-8",
    )
    terms = {
        day: json.loads(
            lapse(f"show --where market=NO --as-of {day} --only grace --format json").out
        )["terms"][0]
        for day in ("2025-12-31", "2026-12-31", "2027-01-01", "2027-06-01")
    }
    told = {
        day: [term[key] for key in ("value", "place", "since", "changes_on", "next")]
        for day, term in terms.items()
    }
    base, norway = "policies/base.yaml:3:53", "policies/norway.yaml:"
    assert told == {
        "2025-12-31": ["14", base, None, "2026-01-01", "10"],
        "2026-12-31": ["10", f"{norway}5:49", "2026-01-01", "2027-01-01", "14"],
        "2027-01-01": ["14", base, "2027-01-01", "2027-06-01", "21"],
        "2027-06-01": ["21", f"{norway}6:33", "2027-06-01", None, None],
    }
    assert terms["2026-12-31"]["source"] == "Agreement 7"
    assert [each["value"] for each in terms["2026-12-31"]["shadows"]] == ["14"]


def test_a_rule_says_what_it_replaces_and_when_it_ends(lapse: Lapse) -> None:
    Path("policies/norway.yaml").write_text(
        """\
layer: Norway
applies_to: {market: NO}
rules:
  suspend:
    replaces: true
    to: 2026-12-31
    track: dunning
    step: 2
    when: {status: active, days_past_due: {gt: $grace_days}}
    after: {last_step: 5, within: $grace_days}
    days: business
    do: suspend
  hold: {off: "agreed", override: {approved_by: Kari, reason: agreed, expires: 2027-03-31}}
""",
        encoding="utf-8",
    )
    ran = lapse(f"show --where market=NO {DAY}")
    assert ran.code == 0, ran.err
    assert flat("""\
        2 suspend suspend policies/norway.yaml:4
        when status is active and days_past_due > grace_days (14)
        on a working day only
        at least 5 days after the last step below it was given, the latest no more
        than grace_days (14) days ago
        through 2026-12-31
        in place of that of Base (policies/base.yaml:12)
        """) in flat(ran.out)
    assert "  2027-01-01  suspend begins at policies/base.yaml:12\n" in ran.out
    off = ran.out.partition("Rules that are switched off here\n")[2]
    assert re.match(r"  hold +agreed +policies/norway.yaml:13\n", off)
    assert "  2027-04-01  hold begins at policies/base.yaml:18" in ran.out


def test_a_key_that_is_not_named_is_any_and_says_which_layers_would_apply(lapse: Lapse) -> None:
    found = json.loads(lapse(f"show {DAY} --format json").out)
    assert found["any"] == ["program", "market", "customer"]
    assert [each["layer"] for each in found["layers"]] == ["Base"]
    assert [each["layer"] for each in found["parts"]] == ["Norway"]
    out = lapse(f"show {DAY}").out
    assert "  any program, market and customer: layers that name one do not apply\n" in out
    elsewhere = json.loads(lapse(f"show --where market=SE {DAY} --format json").out)
    assert elsewhere["parts"] == []


def test_the_ladder_is_what_a_forecast_of_such_a_row_gives(lapse: Lapse) -> None:
    Path("export.csv").write_text(
        "subscription_id,program,market,customer_id,status,past_due_since,debt,currency,"
        "hold_until\nA,,NO,,active,2026-12-01,1000,EUR,\n",
        encoding="utf-8",
    )
    forecast = lapse(f"forecast export.csv {DAY} --until 2028-11-30 --out out --format json")
    ladder = lapse(f"show --where market=NO --timeline {DAY} --format json")
    days = [
        [(each["day"], each["action"], each["stage"]) for each in json.loads(ran.out)["actions"]]
        for ran in (forecast, ladder)
    ]
    assert days[0] == days[1] != []


def test_it_says_where_a_part_of_the_scope_is_treated_otherwise(lapse: Lapse) -> None:
    out = lapse(f"show --timeline {DAY}").out
    assert out.startswith(
        "A customer who does not pay a bill of 1,000 EUR that falls due on 2026-12-01 is\n"
        "notified on days 1 and 7, and is suspended on 2026-12-16 (day 15).\n"
    )
    part = "market NO: is notified on days 1 and 7, and is suspended on 2026-12-12 (day 11)"
    assert flat(f"(those of single customers aside) {part}") in flat(out)
    assert "It differs" not in lapse(f"show --where market=NO --timeline {DAY}").out


def test_facts_that_are_stated_count_and_what_is_not_known_is_said(lapse: Lapse) -> None:
    held = lapse(f"show --timeline {DAY} --assume hold_until=2027-01-31").out
    assert "is suspended on 2027-02-01 (day 62)" in held
    unknown = lapse(f"show --timeline {DAY} --assume hold_until=unknown").out
    assert "until 2028-11-30, as long as it is not known: hold_until." in flat(unknown)
    assert "to say what it is: --assume hold_until=none" in flat(unknown)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--where marke=NO", "--where: `marke` is no key of the cascade; did you mean `market`?"),
        ("--where NO", "--where: `NO` names no key of the cascade; write `market=NO`"),
        ("--where market", "--where: `market` gives no value; known here: `NO`"),
        (
            "--where program=nec",
            "--where program=nec: `nec` is no program; did you mean `nce`?",
        ),
        ("--compare 2027-02-30", "--compare: `2027-02-30` is no day such as 2027-01-01"),
        ("--compare grace=1", "--compare: `grace` is no key of the cascade; did you mean "),
        (
            "--svg x.svg --compare market=NO",
            "--svg draws one scope, and --compare shows two; leave one of them out",
        ),
    ],
)
def test_what_cannot_be_asked_is_misuse(lapse: Lapse, line: str, message: str) -> None:
    ran = lapse(f"show {line}")
    assert ran.code == 2
    assert ran.err.startswith(f"lapse: {message}".removesuffix("did you mean "))


@pytest.mark.parametrize(
    ("where", "note"),
    [
        ("market=UK", "no layer names market `UK`; did you mean `GB`?\n"),
        ("customer=C9", "no layer names customer `C9`\n"),
        ("market=NO", ""),
    ],
)
def test_a_value_that_no_layer_names_is_said(lapse: Lapse, where: str, note: str) -> None:
    ran = lapse(f"show --where {where}")
    assert (ran.code, ran.err) == (0, note)


def test_two_scopes_that_are_alike_are_said_to_be(lapse: Lapse) -> None:
    ran = lapse(f"show --where market=SE --compare market=any {DAY}")
    assert ran.out == "Nothing differs between market SE and everybody.\n"


def test_the_picture_is_well_formed_whatever_names_say(lapse: Lapse) -> None:
    for name in ("base", "norway"):
        path = Path(f"policies/{name}.yaml")
        text = path.read_text(encoding="utf-8")
        with_ = 'do: notify\n    with: {template: "<script>&\\"x\\u202e"}'
        path.write_text(text.replace("do: notify", with_), encoding="utf-8")
    ran = lapse(f"show --where customer=<b>&amp; --svg ladder.svg {DAY}")
    assert ran.code == 0, ran.err
    drawn = Path("ladder.svg").read_text(encoding="utf-8")
    tree = ET.fromstring(drawn)  # noqa: S314  we wrote it ourselves
    texts = [each.text or "" for each in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert 'notify: remind@1 (<script>&"x\\u202e)' in texts
    assert "suspend: suspend" in texts
    assert any("(customer <b>&amp;)" in text for text in texts)
    assert "prefers-color-scheme: dark" in drawn
    assert {each.tag.rpartition("}")[2] for each in tree.iter()} == {
        "svg", "title", "style", "rect", "text", "line", "circle",
    }  # fmt: skip
