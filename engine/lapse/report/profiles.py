"""Export profiles as text in 80 columns and as JSON: what each can and cannot know."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from lapse.model.facts import Vocabulary, show
from lapse.model.kinds import facts_of
from lapse.model.profile import Gives, Profile, ProfileSet
from lapse.report.ways import Spelling, conditions_text, ways_text
from lapse.report.words import WIDTH, in_lines

LEAST_LABEL, MOST_LABEL = 17, 30
COMPUTED = {"term_end": ("term_start", "commitment_months")}
"""Facts that are computed from others when they are blank; see `subscription.py`."""


def profiles_text(profiles: ProfileSet) -> str:
    """All profiles, grouped by what their files list."""
    lines: list[str] = []
    for gives in Gives:
        giving = [each for each in profiles.profiles.values() if each.gives is gives]
        if giving:
            lines += [gives.value, *_table({each.name: each.about for each in giving}), ""]
    tail = "`lapse profiles NAME` tells what such a file can and cannot know."
    return "\n".join([*lines, tail])


def profile_text(profile: Profile, words: Vocabulary) -> str:
    """One profile: how its files are recognised, which facts they have, and which they cannot."""
    spelling = Spelling(profile.spelling)
    lines = [f"{profile.name}: {profile.gives}", *in_lines(profile.about, "  ")]
    for title, content in (
        ("Recognised by", [*_recognised(profile, spelling)]),
        ("Gives", _table(_given(profile, spelling))),
        ("Takes for granted where no column says otherwise", _table(_granted(profile))),
        ("Cannot know", _table(_not_known(profile, words))),
        ("Has no column for", [*_rest(profile, words)]),
        ("Several rows about one", [*_several(profile, spelling)]),
        ("Source", [*in_lines(profile.source, "  "), f"  {profile.place.source}"]),
    ):
        lines += ["", title, *content] if content else []
    return "\n".join(lines)


def _recognised(profile: Profile, spelling: Spelling) -> Iterator[str]:
    if not profile.recognised_by:
        yield from in_lines(f"nothing: it is read so by `--profile {profile.name}` only", "  ")
        return
    listed = ", ".join(spelling(column) for column in profile.recognised_by)
    yield from in_lines(f"all of these columns: {listed}", "  ")


def _given(profile: Profile, spelling: Spelling) -> dict[str, str]:
    given = {fact: ways_text(ways, spelling) for fact, ways in profile.facts.items()}
    return given | {fact: f"computed from {_and(parts)}" for fact, parts in _computed(profile)}


def _computed(profile: Profile) -> Iterator[tuple[str, Sequence[str]]]:
    for fact, parts in COMPUTED.items():
        is_possible = fact not in profile.facts and all(part in profile.facts for part in parts)
        if profile.gives is Gives.SUBSCRIPTIONS and is_possible:
            yield fact, parts


def _granted(profile: Profile) -> dict[str, str]:
    return {fact: show(value) for fact, value in profile.assumed.items()}


def _not_known(profile: Profile, words: Vocabulary) -> dict[str, str]:
    """Why a profile cannot know facts, in its own words; facts that counters need come first."""
    needed = _counters(profile, words)
    ordered = sorted(profile.cannot_know, key=lambda fact: fact not in needed)
    without = {fact: f"; without it no {_and(names)}" for fact, names in needed.items()}
    return {fact: profile.cannot_know[fact] + without.get(fact, "") for fact in ordered}


def _rest(profile: Profile, words: Vocabulary) -> Iterator[str]:
    """The facts that a profile does not mention; those that counters need come first."""
    left = not_told(profile, words)
    needed = _counters(profile, words)
    yield from _table({fact: f"so no {_and(needed[fact])}" for fact in left if fact in needed})
    yield from in_lines(", ".join(fact for fact in left if fact not in needed), "  ")


def not_told(profile: Profile, words: Vocabulary) -> tuple[str, ...]:
    """The facts that such a file could have, but that the profile neither gives nor mentions."""
    computed = [fact for fact, _ in _computed(profile)]
    spoken = {*profile.facts, *profile.assumed, *profile.cannot_know, *computed}
    return tuple(fact for fact in facts_of(profile.gives, words) if fact not in spoken)


def _counters(profile: Profile, words: Vocabulary) -> dict[str, list[str]]:
    """Counter names by the date fact they need, unless it is assumed; for subscriptions only."""
    if profile.gives is not Gives.SUBSCRIPTIONS:
        return {}
    lacking: dict[str, list[str]] = {}
    for counter in words.counters.values():
        if counter.of not in profile.assumed:
            lacking.setdefault(counter.of, []).append(counter.name)
    return lacking


def _several(profile: Profile, spelling: Spelling) -> Iterator[str]:
    parts: list[str] = []
    if profile.one_row is not None:
        if profile.one_row.prefer:
            parts.append(
                f"rows where {conditions_text(profile.one_row.prefer, spelling)} come first"
            )
        if profile.one_row.latest is not None:
            parts.append(f"the latest {spelling(profile.one_row.latest)} counts")
    if profile.in_force is not None:
        last = profile.in_force.last
        until = f" to {spelling(last)}" if last else " on"
        parts.append(f"a row counts from {spelling(profile.in_force.first)}{until}")
    yield from in_lines("; of those ".join(parts), "  ")


def _table(rows: Mapping[str, str]) -> list[str]:
    """Each label with its text wrapped beside it."""
    longest = max((len(label) for label in rows), default=0)
    width = max(LEAST_LABEL, min(longest, MOST_LABEL)) + 2
    lines: list[str] = []
    for label, text in rows.items():
        beside = wrap(text, WIDTH - width - 2, break_long_words=False, break_on_hyphens=False) or [
            ""
        ]
        if len(label) > MOST_LABEL:
            lines.append(f"  {label}")
            label = ""  # noqa: PLW2901
        lines += [f"  {label:<{width}}{beside[0]}".rstrip()]
        lines += [f"  {'':<{width}}{line}" for line in beside[1:]]
    return lines


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def profiles_json(profiles: ProfileSet) -> dict[str, Any]:
    return {
        "profiles": [_head_json(profile) for profile in profiles.profiles.values()],
        "order": list(profiles.order),
        "order_of": {fact: list(names) for fact, names in profiles.order_of.items()},
        "fingerprint": profiles.fingerprint,
    }


def profile_json(profile: Profile, words: Vocabulary) -> dict[str, Any]:
    """The content of `profile_text` as plain values."""
    spelling = Spelling(profile.spelling)
    return {
        **_head_json(profile),
        "source": profile.source,
        "recognised_by": [spelling(column) for column in profile.recognised_by],
        "facts": _given(profile, spelling),
        "assume": _granted(profile),
        "cannot_know": dict(profile.cannot_know),
        "has_no_column_for": list(not_told(profile, words)),
        "lacking_counters": {
            fact: counters
            for fact, counters in _counters(profile, words).items()
            if fact in {*profile.cannot_know, *not_told(profile, words)}
        },
    }


def _head_json(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "gives": profile.gives.value,
        "about": profile.about,
        "file": profile.place.file,
    }
