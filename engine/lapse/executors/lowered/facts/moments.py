"""The day judged in each row: one for all, or by the market's time zone; and what it decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from sqlglot import exp

from lapse.decide.forecast import zone_of
from lapse.executors.lowered.facts.debts import facts_owed, with_owed
from lapse.executors.lowered.facts.settling import Facts
from lapse.executors.lowered.words.columns import (
    BALANCES,
    CURRENCY,
    DAY,
    INSTANT,
    LEFT,
    PROVIDER_DAY,
    TERM_END,
    Fact,
    as_told,
    columns,
    key_column,
)
from lapse.executors.lowered.words.conditions import held
from lapse.executors.lowered.words.scopes import UNKNOWN_PLACE, Keys, Lexicon
from lapse.model.days import AsOf, moment_in, utc_day
from lapse.model.invoices import DEBT, NEXT_DUE, NEXT_DUE_ON, PAST_DUE_SINCE
from lapse.sql.expressions import aliased, all_of, any_of, cases, column, is_there, query, sql
from lapse.sql.small_tables import SmallTable

MOMENTS, PLACED = "moments", "placed"


@dataclass(frozen=True, slots=True)
class Moments:
    """The moment judged, for rows with the places of their keys."""

    lexicon: Lexicon
    as_of: AsOf

    def table(self) -> SmallTable:
        """The moment for each place of the keys that decide a time zone; one for all without.

        The market's day is null where its time zone is unknown; the instant, where a day is judged.
        """
        at, keys = self.as_of, self._keys
        today = held(utc_day(at))
        instant = held(at) if isinstance(at, datetime) else None
        rows = []
        for places in product(*(self._places(key) for key in keys)):
            force = self.lexicon.force(dict(zip(keys, places, strict=True)))
            moment = moment_in(at, zone_of(force))
            day = held(moment.day) if moment.is_day_known else None
            rows.append((*places, day, today, instant))
        types = dict.fromkeys([*map(key_column, keys), DAY, PROVIDER_DAY, INSTANT], "BIGINT")
        return SmallTable(MOMENTS, types, rows)

    def dated(self, placed: exp.Expr) -> exp.Select:
        """The rows with the moment judged, as the table tells it: the statement names no day."""
        added = [column(name, MOMENTS) for name in (DAY, PROVIDER_DAY, INSTANT)]
        rows = query("SELECT placed.*, $added FROM $placed AS placed", added=added, placed=placed)
        keys = map(key_column, self._keys)
        meets = [sql("$a = $b", a=column(k, PLACED), b=column(k, MOMENTS)) for k in keys]
        return rows.join(MOMENTS, on=all_of(meets), join_type="left", copy=False)

    @property
    def _keys(self) -> Keys:
        """A day is the same in all time zones."""
        return self.lexicon.zone_keys if isinstance(self.as_of, datetime) else ()

    def _places(self, key: str) -> range:
        return range(UNKNOWN_PLACE, len(self.lexicon.named[key]) + 1)


def completed(dated: exp.Expr, facts: Facts, seen: Mapping[str, Fact]) -> exp.Select:
    """The rows with the facts that no cell tells: ends of terms, debts, and what runs saw."""
    has_invoices, specs = facts.relation.has_invoices, facts.words.facts
    bills = facts_owed() if has_invoices else _next_bill(facts)
    found = {TERM_END: end_of_term(facts), **bills, **seen}
    added = [each for name, fact in found.items() for each in columns(specs[name], fact, name)]
    if not has_invoices:
        added += [aliased(column(as_told(LEFT)), LEFT), *(aliased(None, n) for n in BALANCES)]
        return query("SELECT dated.*, $added FROM $dated AS dated", added=added, dated=dated)
    return with_owed(dated, added)


def end_of_term(facts: Facts) -> Fact:
    """As told, else the day before the commitment has run since the start of the term."""
    told = facts.told(TERM_END)
    absent = told.is_absent or exp.false()
    after = sql(
        "DATE '1970-01-01' + CAST($start AS INT) + to_months(CAST($months AS INT))",
        start=column("term_start"),
        months=column("commitment_months"),
    )
    last = sql("date_diff('day', DATE '1970-01-01', CAST($after AS DATE)) - 1", after=after)
    return Fact(cases([(absent, None), (is_there(told.value), told.value)], last), absent)


def _next_bill(facts: Facts) -> Mapping[str, Fact]:
    """As told, else the debt of the columns while it is not past due (`decide.owing`)."""
    since, debt = facts.final(PAST_DUE_SINCE), facts.final(DEBT)
    is_behind = sql("coalesce($since < $day, FALSE)", since=since.value, day=column(DAY))
    is_none = any_of([since.is_absent or exp.false(), is_behind])
    is_unknown = sql("$since IS NULL AND NOT ($none)", since=since.value, none=is_none)
    told, on, due = (facts.is_told(NEXT_DUE_ON), facts.told(NEXT_DUE_ON), facts.told(NEXT_DUE))
    is_due_told = facts.is_told(NEXT_DUE)
    zero = sql("CAST(0 AS DECIMAL(18, 4))")
    absent = cases([(any_of([is_none, is_unknown]), False)], debt.is_absent or exp.false())
    amount = cases([(is_due_told, due.value), (is_none, zero), (is_unknown, None)], debt.value)
    own = column(CURRENCY)
    currency = cases([(is_due_told, due.currency), (is_none, own)], debt.currency)
    return {
        NEXT_DUE_ON: Fact(
            cases([(told, on.value), (is_none, None)], since.value),
            cases([(told, on.is_absent or exp.false())], is_none),
        ),
        NEXT_DUE: Fact(
            amount, cases([(is_due_told, due.is_absent or exp.false())], absent), currency
        ),
    }
