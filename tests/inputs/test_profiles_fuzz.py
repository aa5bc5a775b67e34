"""No text may raise: whatever a stranger writes, loading ends in problems or in profiles."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inputs.profile_texts import HEAD, WORDS, blocks_of_page
from tests.inputs.test_profiles import WRONG

from lapse.policy.profiles.load import LoadedProfiles, load_profile, load_profiles
from lapse.policy.text.shipped import shipped_policies
from lapse.report.problems import render
from lapse.report.profiles import profile_json, profile_text, profiles_text

RICH = """
profile: shop
about: "subscriptions of our web shop"
source: "the shop"
recognised_by: [Abo]
rows: [items]
dates: [month/day/year]
decimals: comma
facts:
  subscription_id: {column: [Abo, Id], case: lower, blanks: ["-"]}
  product: {join: ":", column: [ProductId, {column: SkuId, pad: 4}]}
  unit_price: {column: Preis, currency: {value: EUR}, covers_months: {column: T, map: {j: 12}}}
  seats_removable: {sum: quantity, of: details, until: allowedUntil}
  program:
    - {value: azure, where: {Artikel: ["MS-AZR-*", guid, blank]}}
    - {column: Art, after: "a/", before: "/", map: {x: nce}, otherwise: unknown}
assume: {disputed: no}
cannot_know: {suspended_on: "nobody says"}
one_row: {prefer: {Art: [a, b]}, latest: Datum}
"""
SOUND = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((shipped_policies() / "profiles").glob("*.yaml"))
}
SOUND |= {"rich.yaml": RICH, "ledger.yaml": blocks_of_page()[0], "wrong.yaml": WRONG}
TOKEN = re.compile(r"[\w$.@%*-]+|\s+|.", re.DOTALL)
WORDS_OF_ALL = sorted({token for text in SOUND.values() for token in TOKEN.findall(text)})
SPICE = [
    *("\t", "&a ", "*a", "<<: ", "!!x ", "|", "{", "}", "[", "]", "- ", "? ", '"', "\0", "\ufeff"),
    *("1e9999", "-0", "9" * 30, "2026-02-30", "none", "unknown", "~", "null", '""', "''"),
    *("*", "**", "guid", "blank", "canonical", "🙂", "\x85", "\u2028", "\u0661", "²", "İ", "---\n"),
]


def check(loaded: LoadedProfiles) -> None:
    for problem in loaded.problems:
        lines = loaded.sources[problem.place.file]
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", problem.code)
        assert problem.message.isprintable()
        assert not problem.message.endswith(".")
        assert problem.help is not None
        assert problem.help.isprintable()
        assert 1 <= problem.place.line <= len(lines)
        assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 1
    render(loaded.problems, loaded.sources)
    has_errors = any(problem.is_error for problem in loaded.problems)
    assert (loaded.profiles is None) is has_errors
    if loaded.profiles is not None:
        profiles_text(loaded.profiles)
        for profile in loaded.profiles.profiles.values():
            profile_text(profile, WORDS)
            profile_json(profile, WORDS)


def loaded_alone(name: str, text: str) -> LoadedProfiles:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "profiles" / name
        path.parent.mkdir()
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        load_profile(path, WORDS)
        return load_profiles(Path(folder), WORDS)


@st.composite
def changed_texts(draw: st.DrawFn) -> tuple[str, str]:
    """A profile after a few of its words were deleted, doubled, swapped or replaced."""
    name = draw(st.sampled_from(sorted(SOUND)))
    tokens = TOKEN.findall(SOUND[name])
    for _ in range(draw(st.integers(1, 4))):
        index = draw(st.integers(0, len(tokens) - 1))
        words = (st.sampled_from(WORDS_OF_ALL), st.sampled_from(SPICE), st.text(max_size=3))
        word = draw(st.one_of(*words))
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
    return name, "".join(tokens)


@settings(deadline=None, max_examples=100)
@given(changed_texts())
def test_changed_profiles_never_raise(changed: tuple[str, str]) -> None:
    check(loaded_alone(*changed))


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS_OF_ALL + SPICE)).map("".join)))
def test_texts_never_raise(text: str) -> None:
    check(loaded_alone("text.yaml", text))
    check(loaded_alone("order.yaml", text))


def trees() -> st.SearchStrategy[str]:
    """Well-formed YAML in one line, of words that mean something somewhere."""
    word = st.sampled_from([word for word in WORDS_OF_ALL if re.fullmatch(r"[\w$-]+", word)])
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


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(sorted(SOUND)), st.data())
def test_any_tree_may_stand_anywhere(name: str, data: st.DataObject) -> None:
    """A value replaced by a tree of another shape."""
    text = SOUND[name]
    spans = [match.span() for match in re.finditer(r"(?<=: )[^\s,{}\[\]][^\n,{}\[\]]*", text)]
    first, last = data.draw(st.sampled_from(spans))
    check(loaded_alone(name, text[:first] + data.draw(trees()) + text[last:]))


def test_the_texts_to_change_are_sound_but_for_the_wrong_one() -> None:
    for name in ("rich.yaml", "ledger.yaml"):
        assert loaded_alone(name, SOUND[name]).problems == ()
    assert loaded_alone("shop.yaml", HEAD).problems == ()
