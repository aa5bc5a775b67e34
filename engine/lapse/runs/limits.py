"""Limits on a run's actions; beyond one, nothing is published without `--over-limit`.

A limit counts our actions of one day, each id once over all folders of that day. Otherwise
repeated runs with other parts of an export could do a few more each time.
"""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from lapse.model.guard import Limit
from lapse.model.rule import Catalogue
from lapse.model.tables import LAYOUTS, Cells
from lapse.runs.outputs import Outputs

A_SHARE_LETS_PASS = Decimal(10)
"""A percentage lets at least this many pass: 2 % of 200 would stop an ordinary Monday.

A limit of 0 % lets none pass."""
MOST_NAMED = 3
_COLUMNS = ("action_id", "action", "subscription_id", "customer_name", "customer_id")
_PLACES = tuple(LAYOUTS["actions"].names.index(name) for name in _COLUMNS)


@dataclass(slots=True)
class Hits:
    """The number of orders for an action in this run, without those given earlier on the day.

    `first` has the first subscriptions hit, sorted, since the rows come in no fixed order.
    """

    new: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, hit: str) -> None:
        self.new += 1
        insort(self.first, hit)
        del self.first[MOST_NAMED:]


class Limited:
    """Passes rows on to outputs, and compares our actions with the limits.

    `earlier` has the action, id and track of each order in earlier folders of the day.
    """

    def __init__(
        self, outputs: Outputs, catalogue: Catalogue, earlier: Iterable[tuple[str, str, str]]
    ) -> None:
        self._outputs = outputs
        self._limits = catalogue.limits
        self._counts = {limit.action: Hits() for limit in self._limits}
        self._earlier: dict[str, set[str]] = {}
        for action, id_, track in earlier:
            its_track = catalogue.tracks.get(track)
            if its_track is None or not its_track.is_provider:
                self._earlier.setdefault(action, set()).add(id_)

    def write(self, name: str, cells: Cells) -> None:
        if name == "actions":
            id_, action, subscription, customer, customer_id = (cells[at] for at in _PLACES)
            count = self._counts.get(action)
            if count is not None and id_ not in self._earlier.get(action, ()):
                whose = customer or customer_id
                count.add(f"{subscription} ({whose})" if whose else subscription)
        self._outputs.write(name, cells)

    def crossed(self, decided: int) -> Iterator[str]:
        """Each limit that is crossed: `suspend: 12 of at most 10 (2 % of 512): S-1 (Acme), …`."""
        for limit in self._limits:
            earlier = len(self._earlier.get(limit.action, ()))
            count = self._counts[limit.action]
            most, why = most_allowed(limit, decided)
            if count.new and earlier + count.new > most:
                before = f", {earlier} of them earlier on the day" if earlier else ""
                hit = first_and_more(count.first, count.new)
                total = earlier + count.new
                yield f"{limit.action}: {total} of at most {int(most)}{why}{before}: {hit}"


def most_allowed(limit: Limit, decided: int) -> tuple[Decimal, str]:
    """The most actions that a limit allows for a number of rows decided, and why, in words."""
    if not limit.is_share:
        return limit.most, ""
    share = limit.most * decided / Decimal(100)
    told = f"{limit.most.normalize():f} % of {decided}"
    if limit.most and share < A_SHARE_LETS_PASS:
        return A_SHARE_LETS_PASS, f" ({told}; a share lets {A_SHARE_LETS_PASS} pass)"
    return share, f" ({told})"


def first_and_more(first: Iterable[str], count: int) -> str:
    """The first names, and how many more there are, of `count` in all.

    >>> first_and_more(["A", "B"], 5)
    'A, B and 3 more'
    """
    shown = list(first)
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
