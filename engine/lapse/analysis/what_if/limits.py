"""Limits (`--limit`) on what gets worse: on subscriptions, by action, or on money at stake."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from lapse.analysis.what_if.change import Direction
from lapse.analysis.what_if.totals import ACTION, ALL, Total
from lapse.model.money import Money, parse_amount
from lapse.model.place import MisuseError, did_you_mean
from lapse.model.rule import ActionSpec
from lapse.runs.rows import AMOUNTS

_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?) ?%")


class LimitError(MisuseError):
    """A `--limit` that cannot be read."""


@dataclass(frozen=True, slots=True)
class ActionLimit:
    """How many subscriptions may be worse off by an action at most: a count or a percentage."""

    action: str
    most: Decimal
    is_share: bool
    asked: str


@dataclass(frozen=True, slots=True)
class MoneyLimit:
    """The highest allowed sum of an amount, such as `debt`, over all who are worse off."""

    amount: str
    currency: str
    most: Decimal
    asked: str


Limit = ActionLimit | MoneyLimit


def parse_limit(text: str, actions: Mapping[str, ActionSpec]) -> Limit:
    """Reads a limit such as `delete=0`, `suspend=0.5%` or `debt.NOK=100000`."""
    name, equals, written = (part.strip() for part in text.partition("="))
    if not equals:
        raise LimitError(f"--limit: `{text}` names no limit; write `delete=0`")
    amount, dot, currency = name.partition(".")
    if dot:
        return _money_limit(amount, currency, written, text)
    if name not in actions:
        known = [*actions, *(f"{each}.NOK" for each in AMOUNTS)]
        hint = did_you_mean(name, known)
        raise LimitError(f"--limit: there is no action `{name}`" + (f"; {hint}" if hint else ""))
    share = _SHARE.fullmatch(written)
    if share is None and not (written.isascii() and written.isdecimal()):
        raise LimitError(f"--limit {text}: write a count such as `5`, or a share such as `0.5%`")
    return ActionLimit(name, Decimal(share[1] if share else written), share is not None, text)


def _money_limit(amount: str, currency: str, written: str, text: str) -> MoneyLimit:
    most = parse_amount(written)
    if amount not in AMOUNTS:
        hint = did_you_mean(amount, AMOUNTS)
        raise LimitError(f"--limit: there is no amount `{amount}`" + (f"; {hint}" if hint else ""))
    if not re.fullmatch("[A-Z]{3}", currency):
        raise LimitError(f"--limit {text}: write a currency such as `{amount}.NOK`")
    if most is None or most < 0:
        raise LimitError(f"--limit {text}: `{written}` is no amount such as `100000` or `99.50`")
    return MoneyLimit(amount, currency, most, text)


def crossed(limits: Iterable[Limit], totals: Iterable[Total], compared: int) -> Iterator[str]:
    """A message for each limit that is crossed; percentages are of the subscriptions compared."""
    worse = {
        (total.by, total.value): total for total in totals if total.direction is Direction.HARSHER
    }
    for limit in limits:
        match limit:
            case ActionLimit(action, most, is_share, asked):
                total = worse.get((ACTION, action))
                count = total.subscriptions if total else 0
                allowed = most * compared / 100 if is_share else most
                if count > allowed:
                    of = f" (of {compared})" if is_share else ""
                    yield f"{asked}: {count} are worse off by `{action}`{of}"
            case MoneyLimit(name, currency, most, asked):
                everything = worse.get((ALL, ""))
                stakes = everything.money if everything else ()
                at_stake = sum(
                    (getattr(each, name) for each in stakes if each.currency == currency),
                    Decimal(0),
                )
                if at_stake > most:
                    yield f"{asked}: {Money(at_stake, currency)} of those worse off"
