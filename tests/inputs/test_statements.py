"""What DuckDB is asked for each kind of input, held as goldens in `statements/`.

`LAPSE_APPROVE=1 pytest tests/inputs/test_statements.py` writes them anew: read the diff.
"""

import json
import os
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp
from tests.inputs.profile_texts import loaded_from
from tests.inputs.test_parquet import parquet

from lapse.inputs.reading import Also, open_exports
from lapse.inputs.typed import SPACES
from lapse.model.facts import FactSpec, ValueType, vocabulary

GOLDENS = Path(__file__).with_name("statements")
WORDS = vocabulary((FactSpec("own_list", ValueType.DAYS_LIST),))
AS_OF = datetime(2026, 11, 23, 12, tzinfo=UTC)

SHOP = """
profile: shop
about: a shop
decimals: comma
dates: [day.month.year, month/day/year]
facts:
  subscription_id: {column: Id, case: lower}
  customer_id: {column: Customer, after: "/", before: "?", blanks: [none]}
  product: {join: ":", column: [Offer, {column: Sku, pad: 4}]}
  status: {column: State, map: {On: active, Off: suspended}}
  trial: [{value: yes, where: {Offer: ["T*", blank]}}, {value: no}]
  commitment_months: Term
  seats: [Seats, Licences]
  unit_price:
    column: Price
    currency: In
    covers_months: {column: Every, map: {Monthly: 1, Annual: 12}}
  term_end: Ends
  cancellable_until: {column: Until, where: {Sku: "*x*"}}
one_row: {prefer: {State: [On]}, latest: From}
"""
SHOP_HEAD = "Id;Customer;Offer;Sku;State;Term;Seats;Licences;Price;In;Every;Ends;Until;From\n"
REFUNDS = """
profile: refunds
about: subscriptions with what may be given back
facts:
  subscription_id: Id
  seats_removable: {sum: quantity, of: Refunds.details, until: allowedUntil}
"""
LEDGER = "invoice_id,subscription_id,customer_id,due_date,balance,currency,status\n"
PRICES = """
profile: list
about: prices with days
gives: prices
facts: {product: Product, market: Market, unit_price: {column: Price, currency: In}, currency: In}
in_force: {from: From, to: To}
"""

Asked = tuple[list[Path], Also]
"""The files of an export, and what is given beside it."""


def every_type(folder: Path) -> Asked:
    """Facts of every type in delimited text; one id stands twice, one cell is damaged."""
    path = folder / "export.csv"
    head = "subscription_id,status,trial,seats,own_list,debt,term_end,cancellable_until,market,x\n"
    rows = b"a,active,yes,1,1 2,5 NOK,2026-11-23,2026-11-23,NO,\nA,,,,,,,,,\nA,\xff,,,,,,,,\n"
    path.write_bytes(head.encode() + rows)
    return [path], Also()


def of_a_profile(folder: Path) -> Asked:
    """A cell that is no date makes all of its column be looked at."""
    path = folder / "shop.csv"
    rows = "1;c/2?;T;x;On;P1Y;1;;1,5;NOK;Annual;1.2.2026;;\n2;;;;;;;;;;;x;;\n"
    path.write_text(SHOP_HEAD + rows)
    return [path], Also()


def of_objects(folder: Path) -> Asked:
    path = folder / "refunds.json"
    details = [{"allowedUntil": "2026-11-24", "quantity": 1}]
    path.write_text(json.dumps([{"Id": "1", "Refunds": {"details": details}}]))
    return [path], Also()


def of_lines(folder: Path) -> Asked:
    path = folder / "export.jsonl"
    path.write_text('{"subscription_id": "1", "seats": 25.0}\n{"subscription_id": "2"}\n')
    return [path], Also()


def of_parquet(folder: Path) -> Asked:
    row = (
        "'s-1' AS subscription_id, 25::DOUBLE AS seats, 1.5::DECIMAL(12, 4) AS debt, [1] AS status"
    )
    days = f"{row}, TIMESTAMPTZ '2024-03-01' AS term_start"
    return [parquet(folder / "export.parquet", days)], Also()


def joined(folder: Path) -> Asked:
    """Two exports that tell of the same subscriptions, and a list of prices with days."""
    (folder / "one.csv").write_text(
        "subscription_id,customer_id,product,market,term_start,term_end,status,debt\n"
        "1,c,p,NO,2026-01-01,2026-12-31,active,5 NOK\n,,,,,,,\n"
    )
    (folder / "shop.csv").write_text(f"{SHOP_HEAD}1;c/c?;T;x;On;P1Y;1;;1,5;NOK;Annual;;;\n")
    (folder / "list.csv").write_text("Product,Market,Price,In,From,To\np,NO,5,NOK,2026-01-01,\n")
    (folder / "ledger.csv").write_text(f"{LEDGER}i,1,,2026-01-01,5,NOK,open\nj,,,,x,,\n")
    (folder / "holds.csv").write_text("subscription_id,customer_id,hold_until\n1,,\n,,x\n")
    also = Also((str(folder / "ledger.csv"),), (str(folder / "holds.csv"),), ignored=("x",))
    return [folder / name for name in ("one.csv", "shop.csv", "list.csv")], also


KINDS = (every_type, of_a_profile, of_objects, of_lines, of_parquet, joined)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[exp.Expr]:
    """The statements rendered from now on, as trees."""
    asked: list[exp.Expr] = []
    written = exp.Expression.sql

    def sql(tree: exp.Expression, **options: Any) -> str:  # noqa: ANN401  as sqlglot has it
        asked.append(tree.copy())
        return written(tree, **options)

    monkeypatch.setattr(exp.Expression, "sql", sql)
    return asked


def ask(kind: Callable[[Path], Asked], folder: Path) -> None:
    """Opens the inputs of a kind, and reads all that they say."""
    paths, also = kind(folder)
    loaded = loaded_from(folder, shop=SHOP, refunds=REFUNDS, list=PRICES).profiles
    assert loaded is not None
    named = {str(path): path.stem for path in paths if path.stem in loaded.profiles}
    also = replace(also, profiles=loaded, named=named, as_of=AS_OF)
    with open_exports([str(path) for path in paths], WORDS, also) as export:
        deque(chain(export.records(), export.rejected()), maxlen=0)
        export.gauge.intake()
        export.gauge.absent(["1"])


def shown(statements: list[exp.Expr], *, hides: frozenset[str]) -> Iterator[str]:
    """Each statement once, laid out to be read; a relation that stood before goes by its name."""
    seen: set[exp.Expr] = set()
    for statement in statements:
        if statement in seen:
            continue
        seen.add(statement.copy())
        for relation in list(statement.find_all(exp.Subquery)):
            if relation.alias and (relation in seen or relation.alias in hides):
                relation.replace(exp.to_table(f"the_{relation.alias}"))
            seen.add(relation)
        text = statement.sql(dialect="duckdb", pretty=True).replace(SPACES, "{spaces}")
        yield re.sub(r"'/[^']*/([^/']*)'", r"'…/\1'", text) + ";\n"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_duckdb_is_asked_what_it_was(
    kind: Callable[[Path], Asked], asked: list[exp.Expr], tmp_path: Path
) -> None:
    ask(kind, tmp_path)
    golden = GOLDENS / f"{kind.__name__}.sql"
    hides = frozenset({"judged"} if kind is joined else ())
    found = "\n".join(shown(asked[:], hides=hides))
    if os.environ.get("LAPSE_APPROVE"):
        golden.write_bytes(found.encode())
    assert found == golden.read_bytes().decode()
