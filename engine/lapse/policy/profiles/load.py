"""The profiles of a run: a policy set's own, and the shipped ones that none of them replaces."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from lapse.model.facts import Vocabulary
from lapse.model.place import Problem, Severity, problem_order
from lapse.model.profile import Profile, ProfileSet
from lapse.policy.profiles.order import Order, parse_order
from lapse.policy.profiles.profile import parse_profile
from lapse.policy.text.folder import PROFILES, PolicyFile, one_file, profile_files
from lapse.policy.text.nodes import Node
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shipped import shipped_policies
from lapse.policy.text.yaml import lines_of, read_yaml

ORDER = f"{PROFILES}/order.yaml"


@dataclass(frozen=True, slots=True)
class LoadedProfiles:
    """`profiles` is null when there is an error; `own` are the names of the set's own profiles.

    `problems` are in order of place. `sources` holds the lines of each file, for showing a place.
    """

    profiles: ProfileSet | None
    problems: tuple[Problem, ...]
    sources: Mapping[str, tuple[str, ...]]
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LoadedProfile:
    """A single profile, null when there is an error; otherwise as `LoadedProfiles`."""

    profile: Profile | None
    problems: tuple[Problem, ...]
    sources: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The profiles of one folder, each with its file, and the file that orders them."""

    profiles: Mapping[str, tuple[Profile, PolicyFile]]
    order: PolicyFile | None
    files: tuple[PolicyFile, ...]


def load_profiles(
    folder: Path | None, words: Vocabulary, *, called: str | None = None
) -> LoadedProfiles:
    """The profiles that a policy set offers; without a folder, the shipped ones.

    `called` is shown in place of the folder's path; shipped profiles are shown by their path.
    """
    problems = Problems()
    shipped = shipped_policies()
    own = _shelf(folder, words, problems, called=called) if folder else _Shelf({}, None, ())
    is_shipped = folder is not None and folder.is_dir() and folder.samefile(shipped)
    rest = _Shelf({}, None, ()) if is_shipped else _shelf(shipped, words, problems, own.profiles)
    offered = {**rest.profiles, **own.profiles}
    order_file = own.order or rest.order
    order = _order(order_file, offered, words, problems)
    _warn_of_likeness([profile for profile, _ in offered.values()], problems)
    has_errors = any(problem.is_error for problem in problems.found)
    used = [file for _, file in offered.values()] + ([order_file] if order_file else [])
    profiles = ProfileSet(
        {name: offered[name][0] for name in sorted(offered)},
        order.names,
        order.of_facts,
        _fingerprint(used),
    )
    return LoadedProfiles(
        None if has_errors else profiles,
        tuple(sorted(set(problems.found), key=problem_order)),
        {file.file: lines_of(file.content) for file in (*own.files, *rest.files)},
        frozenset(own.profiles),
    )


def load_profile(file: Path, words: Vocabulary) -> LoadedProfile:
    """The profile in one file, which may be anywhere."""
    problems = Problems()
    policy_file = one_file(file, problems)
    node = _tree(policy_file, problems) if policy_file else None
    profile = parse_profile(node, words, problems) if node else None
    has_errors = any(problem.is_error for problem in problems.found)
    return LoadedProfile(
        None if has_errors else profile,
        tuple(sorted(set(problems.found), key=problem_order)),
        {policy_file.file: lines_of(policy_file.content)} if policy_file else {},
    )


def _shelf(
    folder: Path,
    words: Vocabulary,
    problems: Problems,
    replaced: Iterable[str] = (),
    *,
    called: str | None = None,
) -> _Shelf:
    """The profiles of a set, without those in `replaced` and their problems."""
    files = tuple(profile_files(folder, problems, called=called))
    profiles: dict[str, tuple[Profile, PolicyFile]] = {}
    order = next((file for file in files if file.name == ORDER), None)
    for file in files:
        if file is order:
            continue
        own = Problems()
        node = _tree(file, own)
        profile = parse_profile(node, words, own) if node else None
        if profile is not None and profile.name in replaced:
            continue
        problems.found.extend(own.found)
        if profile is not None and profile.name:
            _take(profile, file, profiles, problems)
    return _Shelf(profiles, order, files)


def _take(
    profile: Profile,
    file: PolicyFile,
    found: dict[str, tuple[Profile, PolicyFile]],
    problems: Problems,
) -> None:
    if profile.name not in found:
        found[profile.name] = profile, file
        return
    message = f"another profile is called {shown(profile.name)}"
    also = found[profile.name][0].place
    problems.add("duplicate-profile", message, profile.place, "give each its own name", also=also)


def _tree(file: PolicyFile, problems: Problems) -> Node | None:
    node, yaml_problems = read_yaml(file.content, file.file)
    help_ = "delete it, or begin it with `profile:` and a name"
    problems.found.extend(
        replace(problem, help=help_) if problem.code == "file-empty" else problem
        for problem in yaml_problems
    )
    return node


def _order(
    file: PolicyFile | None,
    offered: Mapping[str, object],
    words: Vocabulary,
    problems: Problems,
) -> Order:
    node = _tree(file, problems) if file else None
    return parse_order(node, offered, words, problems) if node else Order()


def _warn_of_likeness(profiles: Iterable[Profile], problems: Problems) -> None:
    """Warns of profiles recognised by the same columns: no file could be matched to one of them."""
    first: dict[frozenset[str], Profile] = {}
    for profile in sorted(profiles, key=lambda profile: profile.place):
        columns = frozenset(profile.recognised_by)
        other = first.setdefault(columns, profile)
        if not columns or other is profile:
            continue
        message = (
            f"{shown(profile.name)} and {shown(other.name)} are recognised by the same columns"
        )
        help_ = "name a column that only one of them has, or say which by `--profile`"
        problems.found.append(
            Problem("profiles-alike", message, profile.place, help_, Severity.WARNING, other.place)
        )


def _fingerprint(files: Iterable[PolicyFile]) -> str:
    """A hash of the files' bytes, whatever their names and folders."""
    digests = sorted(sha256(file.content).hexdigest() for file in files)
    return sha256("\n".join(digests).encode()).hexdigest()
