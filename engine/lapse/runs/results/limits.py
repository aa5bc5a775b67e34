"""Limits on a run's actions; beyond one, nothing is published without `--over-limit`.

A limit counts our actions of one day, each id once over all folders of that day. Otherwise
repeated runs with other parts of an export could do a few more each time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from lapse.model.guard import Limit
from lapse.model.rule import Catalogue
from lapse.sql.small_tables import SmallTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

A_SHARE_LETS_PASS = Decimal(10)
"""A percentage lets at least this many pass: 2 % of 200 would stop an ordinary Monday.

A limit of 0 % lets none pass."""
MOST_NAMED = 3


def crossed_limits(
    connection: "DuckDBPyConnection",
    catalogue: Catalogue,
    earlier: Iterable[tuple[str, str, str]],
    decided: int,
) -> Iterator[str]:
    """Each limit that is crossed: `suspend: 12 of at most 10 (2 % of 512): S-1 (Acme), …`.

    `earlier` has the action, id and track of each order in earlier folders of the day.
    """
    if not catalogue.limits:
        return
    ours = {
        (action, id_)
        for action, id_, track in earlier
        if track not in catalogue.tracks or not catalogue.tracks[track].is_provider
    }
    SmallTable("given_today", _TYPES, sorted(ours)).load(connection)
    before = Counter(action for action, _ in ours)
    found = connection.execute(_NEW).fetchall()
    hits = {action: (count, first) for action, count, first in found}
    for limit in catalogue.limits:
        given = before[limit.action]
        new, first = hits.get(limit.action, (0, ()))
        most, why = most_allowed(limit, decided)
        if new and given + new > most:
            of_them = f", {given} of them earlier on the day" if given else ""
            hit = first_and_more(first, new)
            yield f"{limit.action}: {given + new} of at most {int(most)}{why}{of_them}: {hit}"


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


_TYPES = {"action": "VARCHAR", "action_id": "VARCHAR"}
_NEW = f"""
SELECT "action", count(*), min(subscription_id || coalesce(' (' || whose || ')', ''), {MOST_NAMED})
FROM (
    SELECT *, coalesce(nullif(customer_name, ''), nullif(customer_id, '')) AS whose
    FROM decided_orders ANTI JOIN given_today USING ("action", action_id)
    WHERE output = 'actions'
)
GROUP BY "action"
"""
