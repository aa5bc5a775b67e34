"""No text may raise: whatever a stranger writes, loading ends in problems or in profiles."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from tests.inputs.profile_texts import HEAD, WORDS, blocks_of_page
from tests.inputs.test_profiles import WRONG
from tests.policy.changed_texts import Texts, changed, mixed, with_a_tree

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
TEXTS = Texts(SOUND)


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


@settings(deadline=None, max_examples=100)
@given(changed(TEXTS))
def test_changed_profiles_never_raise(file: tuple[str, str]) -> None:
    check(loaded_alone(*file))


@settings(deadline=None, max_examples=60)
@given(mixed(TEXTS))
def test_texts_never_raise(text: str) -> None:
    check(loaded_alone("text.yaml", text))
    check(loaded_alone("order.yaml", text))


@settings(deadline=None, max_examples=100)
@given(with_a_tree(TEXTS))
def test_any_tree_may_stand_anywhere(file: tuple[str, str]) -> None:
    check(loaded_alone(*file))


def test_the_texts_to_change_are_sound_but_for_the_wrong_one() -> None:
    for name in ("rich.yaml", "ledger.yaml"):
        assert loaded_alone(name, SOUND[name]).problems == ()
    assert loaded_alone("shop.yaml", HEAD).problems == ()
