"""What durable_rules 2.0.28 gets wrong, and that the executor does not run into it.

Where a test drives the engine itself it shows the trap: an engine without it fails that test.
"""

import json
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from pathlib import Path

import durable_rules_engine as engine
import pytest
from tests.executors.conditions import PLACE, TODAY, WORDS, book_of

from lapse.decide.situation import Situation
from lapse.executors.durable import engine as durable
from lapse.executors.durable.branches import Units
from lapse.executors.durable.engine import MOST_FIELDS, MOST_RULES, DurableExecutor
from lapse.executors.durable.plain import plain
from lapse.model.comparing import Truth
from lapse.model.condition import (
    All,
    AnyOf,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    NameKind,
    Operand,
    Operator,
)
from lapse.model.days import Moment
from lapse.model.facts import ABSENT, Value, ValueType
from lapse.model.money import Money
from lapse.model.subscription import subscription
from lapse.policy.in_force import Scopes

ENGINE = Path(durable.__file__).parents[2]
MEMORY = Path("/proc/self/statm")
COUNTS = tuple(f"count_{index}" for index in range(300))
TEXTS = ("", '"', "\\", '\\"', "'", "{", "\x00", "\ud800", "é", "x" * 65_535, "x" * 70_000)


def test_a_comparison_with_what_is_not_there_fires_unless_guarded() -> None:
    unguarded = {"$gte": {"left": {"$m": "right"}}}
    assert fired([{"kind": 1}, unguarded], {"left": 1}) == ["r"]
    assert judged(leaf("count_one", Operator.GTE, name("count_two")), {"count_one": 1}) is None


def test_an_or_fires_its_rule_for_each_true_branch_so_none_is_used() -> None:
    assert fired([{"kind": 1}, {"$or": [{"a": 1}, {"b": 1}]}], {"a": 1, "b": 1}) == ["r", "r"]
    either = AnyOf((is_one("count_one"), is_one("count_two")))
    assert judged(either, {"count_one": 1, "count_two": 1}) is True


def test_a_rule_that_only_asks_what_is_not_there_matches_the_engines_own_fact() -> None:
    assert fired([{"$nex": {"left": 1}}], {}) == ["r", "r"]
    assert judged(All(()), {}) is True


def test_a_number_is_equal_to_its_text_so_that_no_field_holds_both() -> None:
    assert fired([{"a": "5"}], {"a": 5}) == ["r"]
    assert fired([{"a": True}], {"a": "true"}) == ["r"]
    digits = leaf("text_one", Operator.EQ, name("text_two"))
    assert judged(digits, {"text_one": "5", "text_two": "5.0"}) is False
    assert judged(digits, {"text_one": "1", "text_two": "true"}) is False


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_equal_to_itself_only(text: str) -> None:
    of_facts = leaf("text_one", Operator.EQ, name("text_two"))
    of_literal = leaf("text_one", Operator.EQ, Literal(text))
    for other in (text, text + "x", text[:-1] + "y", text + '"', text[:-1]):
        facts = {"text_one": other, "text_two": text}
        assert judged(of_facts, facts) is judged(of_literal, facts) is (other == text)


def test_a_text_is_not_equal_to_the_digest_of_a_long_one() -> None:
    same = leaf("text_one", Operator.EQ, name("text_two"))
    long = "x" * 300
    assert judged(same, {"text_one": long, "text_two": plain(long)}) is False


@pytest.mark.parametrize(("less", "more"), [("1e20", "2e20"), ("1e14", "1e20"), ("-1e20", "1")])
def test_amounts_beyond_64_bits_keep_their_order(less: str, more: str) -> None:
    facts = {"money_one": Money(Decimal(less), "NOK"), "money_two": Money(Decimal(more), "NOK")}
    assert judged(leaf("money_one", Operator.LT, name("money_two")), facts) is True
    assert judged(leaf("money_one", Operator.EQ, name("money_two")), facts) is False


def test_a_subscription_may_satisfy_hundreds_of_conditions() -> None:
    every = All(tuple(is_one(count) for count in COUNTS))
    either = AnyOf(tuple(leaf(count, Operator.EQ, Literal(2)) for count in COUNTS))
    conditions: tuple[Condition, ...] = (every, either, *map(is_one, COUNTS))
    executor, at = made(conditions, dict.fromkeys(COUNTS, 1))
    truths = [executor.judge(condition, at) for condition in conditions]
    assert truths == [True, False, *[True] * len(COUNTS)]


def test_no_ruleset_is_larger_than_the_engine_bears() -> None:
    pairs = product(COUNTS[:20], COUNTS[20:60])
    wide = AnyOf(tuple(All((is_one(one), is_one(other))) for one, other in pairs))
    units = Units()
    units.add(wide)
    found = set(durable.networks(units.splits))
    assert len(found) > 20
    for network in found:
        assert len(network.says) < MOST_RULES
        assert len(network.fields) <= MOST_FIELDS


@pytest.mark.parametrize(
    ("value", "is_in"), [(0, True), (499, True), (500, False), (ABSENT, False)]
)
def test_a_list_may_be_long(value: Value, *, is_in: bool) -> None:
    choices = Choices(tuple(range(500)))
    assert judged(leaf("count_one", Operator.IN, choices), {"count_one": value}) is is_in
    assert judged(leaf("count_one", Operator.NOT_IN, choices), {"count_one": value}) is not is_in
    assert judged(leaf("count_one", Operator.IN, choices), {}) is None


def test_property_names_differ_in_the_hash_by_which_the_engine_knows_them() -> None:
    names = ["id", "sid", "$s", "kind", "$forward", *(f"f{index}" for index in range(MOST_FIELDS))]
    assert len({fnv(name_) for name_ in names}) == len(names)


def test_one_session_holds_one_subscription_at_a_time() -> None:
    condition = is_one("count_one")
    executor, _ = made((condition,))
    for _ in range(1_100):  # the engine refuses the 1,025th session
        for value, expected in ((1, True), (2, False), (None, None)):
            at = made((condition,), {} if value is None else {"count_one": value})[1]
            assert executor.judge(condition, at) is expected
    handle = executor.networks[0].handle
    assert json.loads(engine.get_facts(handle, None)) == []


@pytest.mark.parametrize("step", ["assert_fact", "complete_and_start_action", "retract_fact"])
def test_an_interrupt_leaves_nothing_half_done(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    condition = is_one("count_one")
    executor, at = made((condition,), {"count_one": 1})
    uninterrupted = getattr(engine, step)

    def interrupted(*_: object) -> None:
        monkeypatch.setattr(engine, step, uninterrupted)
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        executor.judge(condition, at)
    assert executor.judge(condition, at) is True
    assert executor.judge(condition, made((condition,), {"count_one": 2})[1]) is False


def test_an_engine_that_does_not_answer_is_no_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    condition = is_one("count_one")
    executor, at = made((condition,), {"count_one": 1})
    monkeypatch.setattr(engine, "start_action_for_state", lambda *_: None)
    with pytest.raises(AssertionError, match="did not answer"):
        executor.judge(condition, at)


def test_an_engine_that_fires_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    condition = is_one("count_one")
    executor, at = made((condition,), {"count_one": 1})
    monkeypatch.setattr(engine, "complete_and_start_action", lambda *_: '{"answer": {}}')
    with pytest.raises(AssertionError, match="fires one rule twice"):
        executor.judge(condition, at)


def test_a_process_ends_by_itself_without_a_word_or_a_thread() -> None:
    script = """
        import threading
        from tests.executors.test_durable_traps import is_one, judged, made
        made((is_one("count_one"),))  # never asked: such a ruleset could crash when it is deleted
        assert judged(is_one("count_one"), {"count_one": 1}) is True
        assert threading.active_count() == 1, threading.enumerate()
    """
    assert ran(script) == ("", "")
    assert threading.active_count() == 1


@pytest.mark.skipif(not MEMORY.exists(), reason="needs /proc to see the memory of a process")
def test_books_that_are_gone_take_no_memory() -> None:
    script = """
        from tests.executors.test_durable_traps import COUNTS, MEMORY, is_one, made
        conditions = tuple(is_one(count) for count in COUNTS[:20])

        def pages_after(books):
            for _ in range(books):
                executor, at = made(conditions, {COUNTS[0]: 1})
                assert executor.judge(conditions[0], at) is True
            return int(MEMORY.read_text().split()[1])

        print(-pages_after(100) + pages_after(200))
    """
    output, errors = ran(script)
    assert errors == ""
    assert int(output) < 500  # of 4 KB; a book takes as much


def judged(condition: Condition, facts: Mapping[str, Value]) -> Truth:
    executor, at = made((condition,), facts)
    return executor.judge(condition, at)


def made(
    conditions: tuple[Condition, ...], facts: Mapping[str, Value] | None = None
) -> tuple[DurableExecutor, Situation]:
    book = book_of(conditions)
    found = subscription({"subscription_id": "S1", **(facts or {})}, WORDS)
    return DurableExecutor(book), Situation(found, Scopes(book).of(found), Moment(TODAY, TODAY))


def leaf(subject: str, operator: Operator, operand: Operand) -> Leaf:
    return Leaf(name(subject), operator, operand, PLACE)


def is_one(subject: str) -> Leaf:
    return leaf(subject, Operator.EQ, Literal(1))


def name(text: str) -> Name:
    return Name(text, NameKind.FACT, ValueType(text.partition("_")[0]))


def fired(tests: list[object], fact: Mapping[str, object]) -> list[str]:
    """The rules that the engine fires for a fact, one rule with these tests given."""
    rules = {"r": {"all": [{"m": {"$and": tests}}]}}
    handle = engine.create_ruleset("shown", json.dumps(rules))
    _, session = engine.assert_fact(handle, json.dumps({"id": "s", "kind": 1, **fact}))
    found = engine.start_action_for_state(handle, session)
    firing = found and found[1]
    names: list[str] = []
    while firing and len(names) < 2:
        names += json.loads(firing)
        firing = engine.complete_and_start_action(handle, session)
    return names


def fnv(text: str) -> int:
    found = 2_166_136_261
    for byte in text.encode():
        found = (found ^ byte) * 16_777_619 % 2**32
    return found


def ran(script: str) -> tuple[str, str]:
    """What a script prints in a process of its own; warnings are errors, freed memory is spoilt."""
    path = os.pathsep.join((str(ENGINE), str(ENGINE.parent)))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script)],
        env={**os.environ, "PYTHONPATH": path, "MALLOC_PERTURB_": "165"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr
