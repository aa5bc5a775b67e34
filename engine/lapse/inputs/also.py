"""What is read beside the exports, what is known of it before, and how all of it is told apart."""

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
"""Ids that earlier runs knew, as they spelled them, and the subscriptions that each stood for."""
WasSeen = Callable[[str, Sequence[str]], KnownIds]
"""Of some ids, in a column of subscriptions or of customers, those known; letter case aside."""


@dataclass(frozen=True, slots=True)
class Also:
    """What is given beside the exports: invoices, holds, and the profiles that read all of them.

    `named` holds profile names by input, and for the key "" the one for all inputs that fit it.
    `ignored` are ids of holds that are nobody's, and `was_seen` tells which ids earlier runs knew.
    """

    invoices: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    profiles: ProfileSet = field(default_factory=lambda: ProfileSet({}))
    named: Mapping[str, str] = field(default_factory=dict)
    as_of: AsOf = SOME_DAY
    ignored: tuple[str, ...] = ()
    was_seen: WasSeen = field(default=lambda _named, _ids: {})


def fingerprint(groups: Sequence["Group"], also: Also) -> str:
    """The same for the same bytes read in the same way, whatever the order and names of files."""
    read = sorted(
        f"{item.source.plain.digest} {group.shape.table.gives} {group.shape.name}"
        for group in groups
        for item in group.inputs
    )
    is_mapped = len(groups) > 1 or groups[0].shape.profile is not None
    profiles = [also.profiles.fingerprint] if is_mapped else []
    ignored = [f"ignored {each}" for each in sorted(set(also.ignored))]
    told = "\n".join([*read, *profiles, *ignored])
    return sha256(told.encode("utf-8", "surrogateescape")).hexdigest()
