"""What the invoices of each row say is owed on the day judged: `model.invoices.owed` as SQL.

Of ordinary ledgers: rows are *odd*, and left, where what counts or falls due later is in several
currencies or in one that is not known, where a debt meets a tolerance that is not known, or where
sums are too large.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from lapse.executors.lowered.facts.layout import Layout
from lapse.executors.lowered.facts.settling import LATER
from lapse.executors.lowered.words.columns import (
    BALANCES,
    CURRENCY,
    DAY,
    LEFT,
    Fact,
    amount_column,
    as_told,
    key_column,
    pin_column,
)
from lapse.executors.lowered.words.term_tables import ANY_OTHER, Terms, keys_of
from lapse.inputs.joining.owners import OPEN_INVOICES
from lapse.inputs.relation import BILLED, BILLED_WITH, BROKEN, ROW
from lapse.model.facts import ValueType
from lapse.model.invoices import (
    DEBT,
    FACTS_OWED,
    NEXT_DUE,
    NEXT_DUE_ON,
    OF_SUBSCRIPTION,
    PAST_DUE_SINCE,
    UNPAID_INVOICES,
)
from lapse.model.rule import TOLERANCE_TERM
from lapse.sql.expressions import (
    aliased,
    any_of,
    cases,
    column,
    first_of,
    is_null,
    is_there,
    query,
    sql,
)

BILLED_ROWS, OWED = "billed_rows", "owed"
TOO_LARGE = 10**14
"""An amount is smaller; a sum need not be."""


@dataclass(frozen=True, slots=True)
class Debts:
    """What is owed in the rows of a batch, as two tables, of which the second reads the first."""

    terms: Terms
    layout: Layout

    def tables(self, dated: exp.Expr) -> Iterator[tuple[str, exp.Select]]:
        """The name of each table, and the query that fills it."""
        yield BILLED_ROWS, self._billed(dated)
        yield OWED, _owed(_paid(self._tolerated(_bills())))

    def _billed(self, dated: exp.Expr) -> exp.Select:
        """The rows that have invoices, all of them known, with what decides their tolerance."""
        selects: list[exp.Expr] = [column(n) for n in (ROW, CURRENCY, DAY, BILLED, BILLED_WITH)]
        if self._tolerance is not None:
            shape = self.terms.lexicon.shapes[self._tolerance]
            selects += [column(key_column(key)) for key in keys_of(shape)]
            if shape.pin is not None and shape.pin != PAST_DUE_SINCE:
                # Facts that are completed later are not there yet: debts of such rows are odd.
                is_later = shape.pin in {*LATER, *FACTS_OWED}
                pinned = exp.Null() if is_later else self.layout.pinned(shape.pin)
                selects.append(aliased(pinned, pin_column(shape.pin)))
        return query(
            "SELECT $selects FROM $dated AS dated WHERE NOT $broken AND $is_billed",
            selects=selects,
            dated=dated,
            broken=column(BROKEN),
            is_billed=any_of([is_there(column(BILLED)), is_there(column(BILLED_WITH))]),
        )

    def _tolerated(self, bills: exp.Expr) -> exp.Select:
        """Bills with the tolerance in their currency; null where it is not known."""
        number, term = self._tolerance, TOLERANCE_TERM
        if number is None:
            return query("SELECT *, 0 AS tolerance FROM $bills AS bills", bills=bills)
        named = [
            (sql("owed_in = $name", name=name), column(amount_column(term, name)))
            for name in self.terms.lexicon.currencies(term)
        ]
        rows = query(
            "SELECT bills.*, $amount AS tolerance FROM $bills AS bills",
            amount=cases(named, column(amount_column(term, ANY_OTHER))),
            bills=bills,
        )
        return self.terms.join(rows, "bills", number)

    @property
    def _tolerance(self) -> int | None:
        """The number of the shape that has the tolerance; null where no debt is tolerated."""
        lexicon = self.terms.lexicon
        spec = lexicon.book.catalogue.terms.get(TOLERANCE_TERM)
        if spec is None or spec.type is not ValueType.MONEY:
            return None
        return next(n for n, each in enumerate(lexicon.shapes) if TOLERANCE_TERM in each.terms)


def _bills() -> exp.Expr:
    """The invoices of each row and of its customer that count, or that fall due later.

    A credit counts from its date, a debt from the day after it.
    """
    return query(
        """SELECT *, $pin,
            CASE WHEN named = $its THEN currency ELSE named END AS owed_in,
            amount < 0 OR due < day AS counts
        FROM (
            SELECT billed.*, bill.id, $due AS due, bill.amount, bill.currency AS named,
                false AS is_shared
            FROM $billed AS billed JOIN $open AS bill ON bill.subscription_id = $own
            UNION ALL
            SELECT billed.*, bill.id, $due, bill.amount, bill.currency, true
            FROM $billed AS billed JOIN $open AS bill
                ON bill.customer_id = $customer AND bill.subscription_id IS NULL
        ) AS bills
        WHERE amount > 0 OR due <= day""",
        pin=aliased(column("due"), pin_column(PAST_DUE_SINCE)),
        its=OF_SUBSCRIPTION,
        due=sql("date_diff('day', DATE '1970-01-01', bill.due_date)"),
        billed=BILLED_ROWS,
        open=OPEN_INVOICES,
        own=column(BILLED, "billed"),
        customer=column(BILLED_WITH, "billed"),
    )


def _paid(bills: exp.Expr) -> exp.Select:
    """Bills with what credits leave of them, as if all of a row were in one currency.

    `exceeding` is by how much the debts so far exceed all credits, which pay the oldest debt first.
    `unpaid` is null for what is paid, and `next_on` the day of the next unpaid one in the same row.
    """
    return query(
        """SELECT *, min(CASE WHEN unpaid > 0 AND due >= day THEN due END)
            OVER (PARTITION BY $row) AS next_on
        FROM (
            SELECT *, CASE WHEN amount < 0 OR exceeding <= 0 THEN NULL
                WHEN exceeding < amount THEN exceeding ELSE amount END AS unpaid
            FROM (
                SELECT *, sum(CASE WHEN amount > 0 THEN amount ELSE 0 END) OVER (
                    PARTITION BY $row ORDER BY due, id, amount, is_shared
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) + sum(CASE WHEN amount < 0 THEN amount ELSE 0 END) OVER (
                    PARTITION BY $row
                ) AS exceeding
                FROM $bills AS bills
            ) AS counted
        ) AS left_over""",
        row=column(ROW),
        bills=bills,
    )


def _owed(paid: exp.Expr) -> exp.Select:
    """What is owed in each row that has invoices."""
    return query(
        """SELECT $row,
            coalesce(sum(unpaid) FILTER (due < day), 0) AS debt,
            min(owed_in) FILTER (counts) AS debt_in,
            min(due) FILTER (due < day AND unpaid > 0 AND exceeding > tolerance) AS since,
            count(unpaid) FILTER (due < day) AS number,
            min(next_on) AS next_on,
            sum(unpaid) FILTER (due = next_on) AS next_due,
            min(owed_in) AS owed_in,
            sum(amount) FILTER (counts AND NOT is_shared) AS own,
            sum(amount) FILTER (counts AND is_shared AND named <> $its) AS shared,
            sum(amount) FILTER (counts AND is_shared AND named = $its) AS shared_of_its,
            count(owed_in) < count(*) OR min(owed_in) <> max(owed_in)
                OR count(unpaid) FILTER (due < day AND tolerance IS NULL) > 0
                OR coalesce(sum(unpaid), 0) >= $most AS is_odd
        FROM $paid AS paid GROUP BY $row""",
        row=column(ROW),
        its=OF_SUBSCRIPTION,
        most=TOO_LARGE,
        paid=paid,
    )


def facts_owed() -> Mapping[str, Fact]:
    """What is owed, in rows that are joined with the table of it; null where it is not known."""
    unknown = any_of([column(BROKEN), _is_odd()])
    own, zero = column(CURRENCY), sql("CAST(0 AS DECIMAL(18, 4))")
    since, next_on, next_due = (exp.column(n, OWED) for n in ("since", "next_on", "next_due"))

    def known(value: exp.Expr, otherwise: exp.Expr) -> exp.Expr:
        return cases([(unknown, None)], first_of([value, otherwise]))

    def none(value: exp.Expr) -> exp.Expr:
        return sql("$none AND NOT $unknown", none=is_null(value), unknown=unknown)

    return {
        DEBT: Fact(
            known(exp.column("debt", OWED), zero),
            None,
            first_of([exp.column("debt_in", OWED), own]),
        ),
        PAST_DUE_SINCE: Fact(since, none(since)),
        UNPAID_INVOICES: Fact(known(exp.column("number", OWED), exp.convert(0))),
        NEXT_DUE_ON: Fact(next_on, none(next_on)),
        NEXT_DUE: Fact(
            known(next_due, zero),
            exp.false(),
            cases([(is_there(next_due), exp.column("owed_in", OWED))], own),
        ),
    }


def with_owed(dated: exp.Expr, facts: Sequence[exp.Expr]) -> exp.Select:
    """Dated rows with columns for their facts, and with the balances behind what is owed."""
    balances = zip(("own", "shared", "shared_of_its", "owed_in"), BALANCES, strict=True)
    added = [aliased(exp.column(name, OWED), shown) for name, shown in balances]
    rows = query(
        "SELECT dated.*, $facts, $added FROM $dated AS dated",
        facts=facts,
        added=[*added, aliased(any_of([column(as_told(LEFT)), _is_odd()]), LEFT)],
        dated=dated,
    )
    meets = sql("$one = $two", one=column(ROW, "dated"), two=column(ROW, OWED))
    return rows.join(OWED, on=meets, join_type="left", copy=False)


def _is_odd() -> exp.Expr:
    return sql("coalesce($odd, FALSE)", odd=exp.column("is_odd", OWED))
