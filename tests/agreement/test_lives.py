"""Lives foreseen in batches are what they are followed one by one, in every column.

Worlds are written as exports, as for the runs of `test_batch`; what one night ordered is history of
the next, on which lives are foreseen. What SQL does not say of a life is left to the reference, and
so is not tried.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random

import pytest
from tests.agreement.test_batch import FIXTURES, asked, written
from tests.agreement.trials import thinned
from tests.agreement.worlds import World, world

from lapse.analysis import forecasting
from lapse.analysis.forecasting import order_cells
from lapse.analysis.futures import Foresight
from lapse.analysis.what_if.compare import Outlook
from lapse.decide.known import Judging
from lapse.executors.lowered.lives import foreseeing
from lapse.executors.lowered.lives.foreseen_rows import FORESEEN
from lapse.executors.row_by_row import rows
from lapse.inputs.also import Also
from lapse.inputs.reading import Export, open_exports
from lapse.model.days import utc_day
from lapse.model.rule import Rulebook
from lapse.model.tables import currency_of
from lapse.nightly import run
from lapse.policy.in_force import Scopes
from lapse.policy.load import load
from lapse.report.forecast import forecast_csv, forecast_json
from lapse.runs.history import History, opened
from lapse.runs.past import past
from lapse.runs.rows import AMOUNTS, LIST_MARK

DAY = date(2026, 11, 23)
BUSY = (307, 402)
"""Worlds in which many lives act, and few are left."""
SEEDS = (*BUSY, *range(500, 500 + int(os.environ.get("LAPSE_LIVES", "0"))))
AHEAD = timedelta(days=70)
SHARE_GONE = 0.4
"""Of the rules that act: with all of them hardly a life is SQL's alone."""

Found = Mapping[str, tuple[list[tuple[object, ...]], frozenset[str]]]
"""By subscription: each order foreseen, and what is missing to tell whether harm is due."""


@pytest.mark.parametrize("seed", SEEDS)
def test_lives_in_batches_are_those_followed_one_by_one(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreseeing, "FEWEST", 1)
    monkeypatch.setattr(foreseeing, "AT_ONCE", 40)
    found = world(seed)
    book = load(found.write(tmp_path / "policies")).book
    if book is None:
        return
    counted = _compared(found, _with_fewer_rules(book, seed), tmp_path)
    if seed in BUSY:
        assert counted["orders"] > 30, counted
        assert counted["lives"] > counted["left"] * 2, counted


def _with_fewer_rules(book: Rulebook, seed: int) -> Rulebook:
    draw = Random(f"rules of {seed}")  # noqa: S311
    return thinned(book, draw, SHARE_GONE)


def _compared(found: World, book: Rulebook, folder: Path) -> Counter[str]:
    (first, also), (second, later) = (written(found, n, folder / f"night{n}") for n in (0, 1))
    run(asked(book, found.nights[0].as_of, folder / "out", first, also))
    options = asked(book, found.nights[1].as_of, folder / "out", second, later)
    until = utc_day(options.as_of) + AHEAD
    judging = Judging(Scopes(book), options.as_of, book.catalogue.assumed)
    before = past(options.out, options.day, 1)
    reader = partial(open_exports, also=later)
    with (
        reader(options.exports, book.words) as export,
        opened(before, export.scratch) as history,
    ):
        lives = foreseeing.foresee(export, judging, history, foreseeing.Asked(until))
        left, batch = _in_batch(lives)
        foresight = Foresight(book, options.as_of, until, {})
        one_by_one = dict(_one_by_one(export, history, foresight))
    counted = Counter(lives=len(one_by_one), left=len(left))
    for id_, (orders, lacking) in one_by_one.items():
        if id_ not in left:
            assert batch.get(id_, ([], frozenset())) == (orders, lacking), (found.seed, id_)
            counted["orders"] += len(orders)
    return counted


def _one_by_one(
    export: Export, history: History, foresight: Foresight
) -> Iterator[tuple[str, tuple[list[tuple[object, ...]], frozenset[str]]]]:
    for row in rows(export.records(), history):
        future = foresight.future(row)
        orders = sorted((_typed(cells) for cells in order_cells(future)), key=str)
        yield row.id, (orders, future.unknown)


def _typed(cells: Sequence[object]) -> tuple[object, ...]:
    """The cells of an order as the relation has them, without its id."""
    told = dict(zip(FORESEEN, cells, strict=True))
    for name in ("day", "due_on"):
        told[name] = date.fromisoformat(str(told[name]))
    for name in AMOUNTS:
        told[name] = None if told[name] is None else Decimal(str(told[name]))
    return tuple(told.values())[1:]


def _in_batch(lives: foreseeing.Foreseeing) -> tuple[set[str], Found]:
    tables = lives.tables
    left = {id_ for (id_,) in tables.found(_LEFT)}
    orders: dict[str, list[tuple[object, ...]]] = {}
    for id_, *cells in tables.found("SELECT * FROM foreseen_lives"):
        orders.setdefault(id_, []).append(_without_currency_of_nothing(cells))
    lacking: dict[str, set[str]] = {}
    for id_, missing in tables.found(_LACKED):
        lacking.setdefault(id_, set()).update(missing.split(LIST_MARK))
    return left, {
        id_: (sorted(orders.get(id_, []), key=str), frozenset(lacking.get(id_, ())))
        for id_ in orders.keys() | lacking.keys()
    }


def _without_currency_of_nothing(cells: Sequence[object]) -> tuple[object, ...]:
    """An amount that is not known has no currency."""
    told = dict(zip(list(FORESEEN)[1:], cells, strict=True))
    for name in AMOUNTS:
        told[currency_of(name)] = told[currency_of(name)] if told[name] is not None else None
    return tuple(told.values())


@pytest.mark.parametrize(
    ("beside", "where"),
    [((), {"region": "nordics"}), (("invoices", "holds"), {})],
    ids=["columns of a region", "invoices"],
)
def test_the_shipped_set_is_foreseen_alike(
    beside: tuple[str, ...],
    where: Mapping[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The calendar of the fixtures, by each of the two ways."""
    book = load(FIXTURES.parent / "policies").book
    assert book is not None
    outlook = Outlook(DAY, DAY + timedelta(days=90))
    invoices, holds = (
        (str(FIXTURES / f"{name}.csv"),) if name in beside else () for name in ("invoices", "holds")
    )
    reader = partial(open_exports, also=Also(invoices, holds, as_of=DAY))
    monkeypatch.setattr(foreseeing, "FEWEST", 10)
    monkeypatch.setattr(foreseeing, "AT_ONCE", 200)
    told: list[object] = []
    for fewest in (forecasting.FEWEST, 1):
        monkeypatch.setattr(forecasting, "FEWEST", fewest)
        exports = [str(FIXTURES / "subscriptions.csv")]
        with forecasting.estate(reader, exports, book, tmp_path, outlook) as estate:
            calendar, read = forecasting.forecast(estate, book, outlook, where=where)
            told.append((forecast_json(calendar), list(forecast_csv(calendar)), read))
    assert told[0] == told[1]


_LEFT = 'SELECT subscription_id FROM first_lives SEMI JOIN left_lives ON life = "#life"'
_LACKED = 'SELECT subscription_id, missing FROM lacked JOIN first_lives ON life = "#life"'
