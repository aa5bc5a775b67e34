"""No text may raise: whatever a stranger writes, loading ends in problems or in a rulebook."""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.marks import FILES

from lapse.policy.load import PolicySet, load
from lapse.policy.text.slips import SLIPS
from lapse.policy.text.yaml import read_yaml

CASES = """
cases:
  - name: a debt
    given: {market: "NO", past_due_since: 2026-11-01, debt: 1200 NOK, vip: no}
    from: 2026-11-01
    until: 2026-11-20
    track: dunning
    expect: {2026-11-02: remind@1, 2026-11-08: [remind@7, {held: hold}]}
    then: {2026-11-18: {debt: 0 NOK}}
"""
LAYER = """
layer: Norway
applies_to: {market: "NO", region: [nordics]}
terms:
  time_zone: Europe/Oslo
  calendar: {value: "NO", source: "law"}
  debt_tolerance: {NOK: 100, other: 0}
  notice_days: [1, 7, 12]
  grace_days:
    - {from: 2024-01-01, value: 14, at_least: 2}
    - {value: 130, to: 2023-01-01, override: {approved_by: K, reason: r, expires: 2027-06-30}}
rules:
  late:
    track: dunning
    step: 2
    for_each: $notice_days
    when:
      days_past_due: {gte: $stage, lt: 400}
      any: [{status: active}, not: {seats: [1, 2]}]
      debt: {gt: $debt_tolerance}
    days: business
    after: {last_step: 2}
    do: suspend
    with: {template: x}
    because: "{debt} is {{owed}} on day {stage}"
  hold: {off: "no holds", override: {approved_by: K, reason: r, expires: 2027-06-30}}
"""
SOUND = {**FILES, "norway.yaml": LAYER, "cases/a.yaml": CASES}
TOKEN = re.compile(r"[\w$.@%-]+|\s+|.", re.DOTALL)
WORDS = sorted({token for text in SOUND.values() for token in TOKEN.findall(text)})
SPICE = [
    *("\t", "&a ", "*a", "<<: ", "!!x ", "|", "{", "}", "[", "]", "- ", "? ", '"', "\0", "\ufeff"),
    *("1e9999", "-0", "9" * 30, "2026-02-30", "9999-12-31", "none", "unknown", "$stage", "~"),
    *("0 %", "🙂", "\x85", "\u2028", "\u0661", "NO/", "../..", "{0.__class__}", "{{", "---\n"),
]


def loaded(files: dict[str, str]) -> PolicySet:
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return load(Path(folder))


def check_problems(policies: PolicySet) -> None:
    for problem in policies.problems:
        place = problem.place
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", problem.code)
        assert problem.message.isprintable()
        assert problem.message[0] == "`" or not problem.message[0].isupper()
        assert not problem.message.endswith(".")
        assert problem.help is None or problem.help.isprintable()
        lines = policies.sources.get(place.file, ("",))
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1


@st.composite
def changed_sets(draw: st.DrawFn) -> dict[str, str]:
    """A sound set after a few words of one file were deleted, doubled, swapped or replaced."""
    name = draw(st.sampled_from(sorted(SOUND)))
    tokens = TOKEN.findall(SOUND[name])
    for _ in range(draw(st.integers(1, 4))):
        index = draw(st.integers(0, len(tokens) - 1))
        word = draw(st.one_of(st.sampled_from(WORDS), st.sampled_from(SPICE), st.text(max_size=3)))
        match draw(st.sampled_from(["delete", "double", "swap", "replace", "insert", "cut"])):
            case "delete":
                tokens[index] = ""
            case "double":
                tokens[index] *= 2
            case "swap":
                other = draw(st.integers(0, len(tokens) - 1))
                tokens[index], tokens[other] = tokens[other], tokens[index]
            case "replace":
                tokens[index] = word
            case "insert":
                tokens[index] += word
            case _:
                tokens[index:] = [""]
    return {**SOUND, name: "".join(tokens)}


def test_the_set_to_change_is_sound() -> None:
    assert loaded(SOUND).problems == ()


@settings(deadline=None, max_examples=150)
@given(changed_sets())
def test_changed_policies_never_raise(files: dict[str, str]) -> None:
    check_problems(loaded(files))


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS + SPICE)).map("".join)))
def test_texts_never_raise(text: str) -> None:
    node, problems = read_yaml(text, "f")
    assert (node is not None) or problems
    check_problems(loaded({**FILES, "layer.yaml": text}))


@settings(deadline=None, max_examples=100)
@given(st.binary())
def test_bytes_never_raise(content: bytes) -> None:
    node, problems = read_yaml(content, "f")
    assert (node is not None) or problems


def trees() -> st.SearchStrategy[str]:
    """Well-formed YAML in one line, of words that mean something somewhere."""
    word = st.sampled_from([word for word in WORDS if re.fullmatch(r"[\w$-]+", word)])
    return st.recursive(
        word,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
            st.dictionaries(word, inner, max_size=3).map(
                lambda entries: "{" + ", ".join(f"{k}: {v}" for k, v in entries.items()) + "}"
            ),
        ),
        max_leaves=8,
    )


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(SOUND)), st.data())
def test_any_tree_may_stand_anywhere(name: str, data: st.DataObject) -> None:
    """A value replaced by a tree of another shape."""
    text = SOUND[name]
    spans = [match.span() for match in re.finditer(r"(?<=: )[^\s,{}\[\]][^\n,{}\[\]]*", text)]
    first, last = data.draw(st.sampled_from(spans))
    changed = text[:first] + data.draw(trees()) + text[last:]
    check_problems(loaded({**SOUND, name: changed}))


def slips() -> Iterator[str]:
    for slip in SLIPS:
        yield slip.message


@pytest.mark.parametrize("message", sorted(set(slips())))
def test_slips_are_worded_like_problems(message: str) -> None:
    assert message.isprintable()
    assert not message.endswith(".")
