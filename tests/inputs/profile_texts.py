"""Profiles in texts, with a mark on each line that has a mistake, as in `tests/policy/marks.py`."""

from pathlib import Path

from lapse.model.facts import FactSpec, ValueType, Vocabulary, vocabulary
from lapse.model.profile import Profile
from lapse.policy.profiles.load import LoadedProfiles, load_profile, load_profiles

OWN = FactSpec("contract_value", ValueType.MONEY)
WORDS: Vocabulary = vocabulary((OWN,))
MARK = "#! "
HEAD = """profile: shop
about: "subscriptions of our web shop"
recognised_by: [Abo]
facts:
  subscription_id: Abo
"""
PAGE = Path(__file__).parents[2] / "policies" / "profiles" / "README.md"


def blocks_of_page() -> list[str]:
    """The examples of the language page, in their order."""
    return [part.partition("```")[0] for part in PAGE.read_text().split("```yaml\n")[1:]]


def written(folder: Path, text: str, name: str = "shop.yaml") -> Path:
    path = folder / "profiles" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def profile_of(folder: Path, text: str) -> Profile:
    """The profile of a text that has no problems."""
    loaded = load_profile(written(folder, text), WORDS)
    assert loaded.problems == ()
    assert loaded.profile is not None
    return loaded.profile


def loaded_from(folder: Path, **texts: str) -> LoadedProfiles:
    """A set with these profiles, each in a file of its name."""
    for name, text in texts.items():
        written(folder, text, f"{name}.yaml")
    return load_profiles(folder, WORDS)


def marked_in(text: str) -> list[str]:
    return sorted(
        f"{number}: {code}"
        for number, line in enumerate(text.splitlines(), start=1)
        for code in line.partition(MARK)[2].split()
    )


def found_in(folder: Path, text: str) -> list[str]:
    """Each problem of a profile as `line: code`."""
    loaded = load_profile(written(folder, text), WORDS)
    return sorted(f"{problem.place.line}: {problem.code}" for problem in loaded.problems)
