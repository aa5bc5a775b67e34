"""What is read beside the exports, the ids that earlier runs knew, and a fingerprint of it all."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from lapse.model.days import AsOf
from lapse.model.profile import ProfileSet

if TYPE_CHECKING:
    from lapse.inputs.checking import Group

SOME_DAY = date(1900, 1, 1)

KnownIds = Mapping[str, AbstractSet[str]]
"""The subscriptions that each known id belonged to, by the id as earlier runs spelled it."""
WasSeen = Callable[[str, Sequence[str]], KnownIds]
"""Takes a column (`subscription_id` or `customer_id`) and ids; returns those known, in any case."""


@dataclass(frozen=True, slots=True)
class Also:
    """What is given beside the exports: invoices, holds, and the profiles that read all of them.

    `named` has profile names by input; the key "" is for all inputs that fit the profile.
    `ignored` are ids of holds that are nobody's. `was_seen` finds the ids that earlier runs knew.
    """

    invoices: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    profiles: ProfileSet = field(default_factory=lambda: ProfileSet({}))
    named: Mapping[str, str] = field(default_factory=dict)
    as_of: AsOf = SOME_DAY
    ignored: tuple[str, ...] = ()
    was_seen: WasSeen = field(default=lambda _named, _ids: {})


def fingerprint(groups: Sequence["Group"], also: Also) -> str:
    """A SHA-256 of what was read and how; the order and the names of the files do not count."""
    read = sorted(
        f"{item.source.plain.digest} {group.shape.table.gives} {group.shape.name}"
        for group in groups
        for item in group.inputs
    )
    is_mapped = len(groups) > 1 or groups[0].shape.profile is not None
    profiles = [also.profiles.fingerprint] if is_mapped else []
    # Part of what was given: a plan made without these ids is another night's.
    ignored = [f"ignored {each}" for each in sorted(set(also.ignored))]
    told = "\n".join([*read, *profiles, *ignored])
    return sha256(told.encode("utf-8", "surrogateescape")).hexdigest()
