"""The agreement of executors sees every fault that is put into one of them."""

from types import ModuleType

import pytest
from tests.agreement.faults import Fault, copied_with
from tests.agreement.trials import trials

WORLDS = 60
RUNS = "lapse.decide.reference"
REACH = "lapse.decide.reach"
SITUATION = "lapse.decide.situation"
ORDERS = "lapse.decide.orders"
RULE = "lapse.model.rule"
IN_FORCE = "lapse.policy.in_force"
INVOICES = "lapse.model.invoices"
LOWERING = "lapse.executors.durable.branches"
DURABLE = "lapse.executors.durable.engine"
CONDITION = "lapse.model.condition"
DAYS = "lapse.model.days"
WAITING = "lapse.decide.waiting"
OWING = "lapse.decide.owing"

FAULTS = (
    Fault(
        "a day late is the first day",
        REACH,
        "            if not holds(day - ONE_DAY):\n                return day\n",
        "            if not holds(day - ONE_DAY):\n                return day + ONE_DAY\n",
    ),
    Fault("gt stands for gte", LOWERING, "Operator.GTE: Sign.GTE", "Operator.GTE: Sign.GT"),
    Fault("lt stands for lte", LOWERING, "Operator.LTE: Sign.LTE", "Operator.LTE: Sign.LT"),
    Fault(
        "unknown counts as false",
        DURABLE,
        "return self._truth(self._units[id(condition)])",
        "return bool(self._truth(self._units[id(condition)]))",
    ),
    Fault(
        "absence on the left is true",
        LOWERING,
        "return Split((holds,), (is_absent, *also, fails))",
        "return Split((holds, is_absent), (*also, fails))",
    ),
    Fault(
        "absence is in every list",
        LOWERING,
        "return Split(tuple(holds for holds, _ in pairs), (is_absent, none))",
        "return Split((*(holds for holds, _ in pairs), is_absent), (none,))",
    ),
    Fault(
        "money is compared with the wrong amount",
        LOWERING,
        "Sign.LT: (AmountSide.LOWEST, AmountSide.HIGHEST)",
        "Sign.LT: (AmountSide.HIGHEST, AmountSide.HIGHEST)",
    ),
    Fault(
        "pins are ignored",
        SITUATION,
        "pinned = ABSENT if pin is None else self.subscription.fact(pin)",
        "pinned = ABSENT",
    ),
    Fault(
        "an unknown pin counts as none",
        SITUATION,
        "if pin is not None and pinned is UNKNOWN:",
        "if pinned is UNKNOWN:\n            pinned = ABSENT\n        if pinned is UNKNOWN:",
    ),
    Fault(
        "a forbid that is unknown forbids nothing",
        RUNS,
        "if verdict is False:\n                    continue",
        "if not verdict:\n                    continue",
    ),
    Fault(
        "a forbid of an unsure layer forbids nothing",
        RUNS,
        "lacks, until = entry.missing, None",
        "if entry.missing:\n                continue\n            lacks, until = frozenset(), None",
    ),
    Fault(
        "the last day is out",
        RULE,
        "self.last is None or day <= self.last",
        "self.last is None or day < self.last",
    ),
    Fault(
        "after counts from the wrong step",
        WAITING,
        "max(given) if after.is_last else min(given)",
        "min(given) if after.is_last else max(given)",
    ),
    Fault(
        "after is a day short",
        WAITING,
        "if today < met_on:",
        "if today + ONE_DAY < met_on:",
    ),
    Fault(
        "what was given never grows stale",
        WAITING,
        "(today - max(given)).days > within",
        "not given",
    ),
    Fault("nothing is given once more", WAITING, "if served.candidate == best]", "if not best]"),
    Fault(
        "a sum below 0 counts",
        LOWERING,
        "(Check(subject, sign, total), Check(total, Sign.GTE, 0))",
        "(Check(subject, sign, total),)",
    ),
    Fault("a sum adds what it should take away", CONDITION, "value + self.sign *", "value +"),
    Fault("holds of layers hold nothing", IN_FORCE, "if hold is not None and", "if not self and"),
    Fault("closing days are working days", DAYS, "if not {day.isoformat(),", "if not {"),
    Fault(
        "the next bill is there when it is past due",
        OWING,
        "civil_day(since) >= day for",
        "civil_day(since).toordinal() >= day.toordinal() - 1 for",
    ),
    Fault(
        "due days stay on days off",
        RUNS,
        "        if rule.is_business:\n            due_on = next_working_day",
        "        if not rule:\n            due_on = next_working_day",
    ),
    Fault(
        "days off are working days",
        RUNS,
        "if not is_working_day(today, calendar):",
        "if not calendar:",
    ),
    Fault(
        "a step above silences nothing",
        ORDERS,
        "given.step >= rule.step",
        "given.step > rule.step + 10_000",
    ),
    Fault(
        "what was given is given again",
        ORDERS,
        "serving = own or [\n            given\n            for given in ladder\n"
        "            if given.step >= rule.step",
        "serving = [\n            given\n            for given in ladder\n"
        "            if given.step > rule.step",
    ),
    Fault("the first order serves", ORDERS, "max(serving, key", "min(serving, key"),
    Fault(
        "an order never comes anew",
        ORDERS,
        "return (following, self.today) if is_undone else",
        "return (last.number, last.first_given) if is_undone else",
    ),
    Fault(
        "days tell which order came last",
        ORDERS,
        "return given.last_run, given.last_given,",
        "return 0, given.last_given,",
        first=200,
    ),
    Fault(
        "nobody is asked",
        ORDERS,
        "if not spec.needs_approval or",
        "if spec.needs_approval or",
    ),
    Fault(
        "the provider is asked",
        ORDERS,
        "not spec.needs_approval or rule.track.is_provider or",
        "not spec.needs_approval or",
    ),
    Fault(
        "first_given is forgotten",
        ORDERS,
        "else (last.number, last.first_given)",
        "else (last.number, self.today)",
    ),
    Fault(
        "overrides never expire",
        RULE,
        "self.override is None or judged <= self.override.expires",
        "True",
    ),
    Fault(
        "leave to drop a forbid never expires",
        RULE,
        "entry.override is None or day <= entry.override.expires",
        "True",
    ),
    Fault(
        "the lowest step wins",
        RUNS,
        "best = max(findings.candidates, key=self.rank)",
        "best = min(findings.candidates, key=self.rank)",
    ),
    Fault(
        "harm does not wait for the unknown above",
        RUNS,
        "if above and self.situation",
        "if False and above and self.situation",
    ),
    Fault(
        "due before the anchor", RUNS, "due_on = max(since or past, past)", "due_on = since or past"
    ),
    Fault(
        "an unsure layer does not apply",
        IN_FORCE,
        "for layer, keys in layers if keys is not None)",
        "for layer, keys in layers if keys is not None and not keys)",
    ),
    Fault(
        "unsure layers always disagree",
        IN_FORCE,
        "if is_settled and all(",
        "if is_settled and len(possible) == 1 and all(",
    ),
    Fault(
        "the earliest value of a list counts",
        IN_FORCE,
        "entry = max(counting,",
        "entry = min(counting,",
    ),
    Fault(
        "a lock that is unknown is open",
        RUNS,
        "                if verdict is None:\n                    yield Hold",
        "                if verdict is None and not rule:\n                    yield Hold",
    ),
    Fault(
        "a debt counts on its due date",
        INVOICES,
        "if self.is_credit else self.due_date + ONE_DAY",
        "if self.is_credit else self.due_date",
    ),
    Fault("a credit pays nothing", INVOICES, "used = min(amount, ", "used = min(0 * amount, "),
    Fault(
        "of a debt in several currencies one counts",
        INVOICES,
        "if len(currencies) > 1:\n",
        "if len(currencies) > 9:\n",
    ),
    Fault("what is owed is what is tolerated", INVOICES, "if total > most:", "if total >= most:"),
    Fault(
        "what facts show is ordered",
        RUNS,
        "return Lacking(unknown) if unknown else SHOWN",
        "return Lacking(unknown)",
    ),
    Fault(
        "the provider is forbidden, too", RUNS, "if not rule.track.is_provider:", "if rule.track:"
    ),
    Fault(
        "a request needs no answer",
        RUNS,
        "return [Undetermined(NO_RULE, frozenset({REQUEST}))]",
        "return []",
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_caught(fault: Fault) -> None:
    assert first_caught(copied_with(fault), fault.first) is not None


def test_a_copy_without_a_fault_agrees() -> None:
    """What catches the faults is the fault, not the copying."""
    assert (
        first_caught(copied_with(Fault("none", RUNS, '"""Steps 1 to 6', '"""Steps 1 – 6'))) is None
    )


def first_caught(play: ModuleType, first: int = 0) -> tuple[int, str] | None:
    """The first world and case that the copy's executor decides otherwise, or not at all."""
    for trial in trials(range(first, first + WORLDS)):
        replayed = play.replayed(trial.world, [case.case for case in trial.cases])
        for case in trial.cases:
            try:
                if next(replayed) == case.lines:
                    continue
            except AssertionError:  # its own: a condition comes out both true and false
                pass
            return trial.world.seed, case.case.label
    return None
