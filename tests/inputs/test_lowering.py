"""A profile's SQL says of every row what the plain evaluator in `naive_profile.py` says."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inputs.naive_forms import TwoFormsError, forms_of
from tests.inputs.naive_profile import Naive, Outcome, Row
from tests.inputs.random_profiles import KEY, profiles, rows_of

from lapse.inputs.reading import Also, InputError, open_exports
from lapse.model.facts import FactSpec, Value, ValueType, vocabulary
from lapse.model.profile import Profile, ProfileSet

OWN = (
    FactSpec("own_text", ValueType.TEXT),
    FactSpec("own_days", ValueType.DAYS),
    FactSpec("own_list", ValueType.DAYS_LIST),
)
WORDS = vocabulary(OWN)
TEXTS = ("product", "market", "status", "auto_renew", "own_text", "own_list", "billing_cycle")
NUMBERS = ("seats", "own_days", "commitment_months", "unit_price", "debt")
DATES = ("term_end", "cancellable_until", "hold_until")

DATED = (ValueType.DATE, ValueType.INSTANT)
TWO_FORMS = "dates-in-two-forms"

Told = dict[str, Value | None] | str
"""The facts of a row, or the first that rejects it."""


def by_sql(path: Path, profile: Profile, rows: list[dict[str, str]]) -> list[Told]:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    also = Also(profiles=ProfileSet({profile.name: profile}), named={"": profile.name})
    try:
        with open_exports([str(path)], WORDS, also) as export:
            found: dict[str, Told] = {
                str(r.facts["subscription_id"]): dict(r.facts) for r in export.records()
            }
            found |= {r.subscription_id: r.column.partition(" ")[0] for r in export.rejected()}
    except InputError as refused:
        return [problem.code for problem in refused.problems[:1]]
    return [found[row[KEY]] for row in rows]


def by_hand(profile: Profile, rows: list[dict[str, str]]) -> list[Told]:
    """A column of dates is looked at as a whole only where some row is rejected."""
    naive = Naive(profile, frozenset(rows[0]))
    given = {fact: naive for fact, ways in profile.facts.items() if naive.speaking(ways)}
    told = [_told(given, row) for row in rows]
    if all(isinstance(each, dict) for each in told):
        return told
    for fact in [fact for fact in given if WORDS.facts[fact].type in DATED]:
        cells = [cell for row in rows if (cell := naive.undated(row, fact))]
        try:
            forms = forms_of(cells, profile.dates)
        except TwoFormsError:
            return [TWO_FORMS]
        if forms is None:
            del given[fact]
        else:
            given[fact] = Naive(replace(profile, dates=tuple(forms)), naive.columns)
    return [_told(given, row) for row in rows]


def _told(given: Mapping[str, Naive], row: Row) -> Told:
    facts: dict[str, Value | None] = {}
    for fact, naive in given.items():
        value = naive.value(row, WORDS.facts[fact])
        if isinstance(value, Outcome):
            return fact
        facts[fact] = value
    return facts


def specs(*names: str) -> tuple[FactSpec, ...]:
    return tuple(WORDS.facts[name] for name in names)


@pytest.mark.parametrize("names", [TEXTS, NUMBERS, DATES], ids=["texts", "numbers", "dates"])
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_sql_reads_a_row_as_the_plain_evaluator_does(
    names: tuple[str, ...], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    profile = data.draw(profiles(specs(*names)))
    rows = data.draw(rows_of(specs(*names), 12))
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    assert by_sql(path, profile, rows) == by_hand(profile, rows)
