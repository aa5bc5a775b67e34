"""The most a run may do: beyond it, nothing is published unless somebody says so."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from lapse.rule import Limit

SHARES_COUNT_FROM = 500
"""Rows decided; a share of fewer says nothing."""


def crossed(limits: tuple[Limit, ...], given: Mapping[str, int], decided: int) -> Iterator[str]:
    """Each limit that a run's own actions cross: `suspend: 12 of at most 10 (2 % of 512)`."""
    for limit in limits:
        count = given.get(limit.action, 0)
        if not limit.is_share:
            if count > limit.most:
                yield f"{limit.action}: {count} of at most {limit.most.normalize():f}"
        elif decided >= SHARES_COUNT_FROM:
            most = limit.most * decided / Decimal(100)
            if count > most:
                share = f"{limit.most.normalize():f} % of {decided}"
                yield f"{limit.action}: {count} of at most {int(most)} ({share})"
