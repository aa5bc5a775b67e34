"""Rows that are counted together, and not one by one."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lapse.model.invoices import Owed


# Tuples: there is a group for almost every customer.
class Sum(NamedTuple):
    """An amount summed over some rows, in one currency (blank where it is not known).

    `total` is null where no row has the amount. `not_zero` rows count in a run's sums, and
    `telling` ones for their customer: those with a currency, or an amount that is not zero.
    """

    currency: str
    total: Decimal | None
    not_zero: int
    telling: int


class Group(NamedTuple):
    """Rows of one customer, market and currency (blank is not known), all acted on or none.

    `actions` and `held` count their orders that are ours. Where invoices tell what is owed, `owed`
    has its balances on the day judged: `own` of all these rows together, and `shared` as in each.
    """

    customer_id: str
    customer_name: str
    market: str
    currency: str
    rows: int
    actions: int
    held: int
    is_acted_on: bool
    day: date
    owed: Owed | None
    sums: Mapping[str, Sum]


class Untold(NamedTuple):
    """Rows with monthly amounts in one currency, of customers who owe nothing and have no orders.

    With `is_any`, some amount is not zero.
    """

    currency: str
    rows: int
    is_any: bool
