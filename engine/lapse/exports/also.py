"""What is read beside the exports, and what is known of it before."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from lapse.days import AsOf
from lapse.exports.profile import ProfileSet

SOME_DAY = date(1900, 1, 1)

WasSeen = Callable[[Sequence[str]], AbstractSet[str]]
"""Of some ids those that earlier runs knew, as they spelled them; letter case aside."""


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
    was_seen: WasSeen = lambda _: frozenset()
