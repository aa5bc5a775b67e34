"""The rules of `seven` written by hand in Polars: `python in_polars.py EXPORT DAY OUT`.

It reads Parquet, types the columns that the rules read, and writes the orders. It knows no history,
checks no cell, and takes a blank for absent. There are no reasons, held rows, customers or sums.
"""

import sys
from datetime import date

import polars as pl

DUNNING, DELETION, RENEWAL = "past_due_since", "suspended_on", "term_end"
TOLERANCE = {"NOK": 1000, "SEK": 1000, "CNY": 800, "JPY": 15000}
GRACE = {"NO": 10, "JP": 30}


def orders(export: pl.LazyFrame, today: date) -> pl.LazyFrame:
    dates = [pl.col(name).str.to_date("%Y-%m-%d") for name in (DUNNING, DELETION, RENEWAL)]
    rows = export.with_columns(
        *dates,
        pl.col("debt").cast(pl.Decimal(18, 4)),
        pl.col("seats").cast(pl.Int64),
        pl.col("currency").replace_strict(TOLERANCE, default=100).alias("tolerance"),
        pl.col("market").replace_strict(GRACE, default=14).alias("grace"),
    ).with_columns(
        (pl.lit(today) - pl.col(DUNNING)).dt.total_days().alias("late"),
        (pl.lit(today) - pl.col(DELETION)).dt.total_days().alias("suspended"),
        (pl.col(RENEWAL) - pl.lit(today)).dt.total_days().alias("ahead"),
    )
    status, is_disputed = pl.col("status"), pl.col("disputed") == "yes"
    owes = (status == "active") & (pl.col("debt") > pl.col("tolerance"))
    for_debt = (status == "suspended") & (pl.col("suspended_for") == "debt")
    reminded = pl.max_horizontal(
        *(pl.when(pl.col("late") >= stage).then(stage) for stage in (3, 7, 12))
    )
    renewing = pl.min_horizontal(
        *(pl.when(pl.col("ahead") <= stage).then(stage) for stage in (30, 14, 3))
    )
    is_large = pl.col("seats") > 250
    dunning = (
        pl.when(for_debt & (pl.col("debt") == 0))
        .then(pl.lit("reactivate"))
        .when(owes & (pl.col("late") > pl.col("grace")))
        .then(pl.when(~is_disputed).then(pl.lit("suspend")))
        .when(owes & reminded.is_not_null())
        .then(pl.format("remind@{}", reminded))
    )
    deletion = pl.when(for_debt & (pl.col("suspended") >= 30) & ~is_disputed & ~is_large).then(
        pl.lit("delete")
    )
    renewal = pl.when(
        (status == "active") & (pl.col("auto_renew") == "no") & renewing.is_not_null()
    ).then(pl.format("renewal@{}", renewing))
    tracks = {DUNNING: dunning, DELETION: deletion, RENEWAL: renewal}
    kept = ("subscription_id", "customer_id", "customer_name", "market", "program", "product")
    found = [
        rows.select(
            pl.format("{}:{}:{}", "subscription_id", order, anchor).alias("action_id"),
            *kept,
            order.alias("order"),
            pl.col(anchor).alias("anchor"),
            "debt",
        ).filter(pl.col("order").is_not_null())
        for anchor, order in tracks.items()
    ]
    return pl.concat(found)


if __name__ == "__main__":
    _, file, day, out = sys.argv
    orders(pl.scan_parquet(file), date.fromisoformat(day)).sink_csv(out)
