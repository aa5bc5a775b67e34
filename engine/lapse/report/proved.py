"""What came of promises, as text, as JSON and as problems at their places."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lapse.analysis.counterexamples import Counterexample
from lapse.model.decision import label
from lapse.model.facts import UNKNOWN, Missing, Value, ValueType, Vocabulary, show
from lapse.model.money import Money
from lapse.model.place import Place, Problem, Severity
from lapse.model.rule import Rulebook, terms_read
from lapse.policy.reading.promises import Earlier
from lapse.proofs.proving import Outcome, Verdict
from lapse.report.case_text import case_text, value_text
from lapse.report.words import counted, happens, in_lines, joined

CODES = {
    Outcome.REFUTED: "promise-refuted",
    Outcome.EMPTY: "promise-empty",
    Outcome.UNDECIDED: "promise-not-decided",
}


@dataclass(frozen=True, slots=True)
class Proved:
    """A verdict, the counterexample where it has one, and the seconds that it took."""

    verdict: Verdict
    example: Counterexample | None
    seconds: float

    @property
    def outcome(self) -> Outcome:
        """An example that nothing confirms refutes nothing."""
        is_real = self.verdict.refutation is None or self.example is not None
        return self.verdict.outcome if is_real else Outcome.UNDECIDED

    @property
    def why(self) -> str:
        if self.verdict.refutation is not None and self.example is None:
            names = joined(f"`{name}`" for name in sorted(self.verdict.refutation.approximated))
            return f"it turns on {names}, which proofs do not compute"
        return self.verdict.why


def proved_text(results: Sequence[Proved], book: Rulebook, first: date) -> str:
    if not results:
        return "no promises: `promises.yaml`, beside the catalogue, would hold them"
    lines: list[str] = []
    for result in results:
        lines += [*_block(result, book), ""]
    counts = {outcome: sum(r.outcome is outcome for r in results) for outcome in Outcome}
    told = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    seconds = sum(result.seconds for result in results)
    ending = f"{counted(len(results), 'promise')}: {', '.join(told)}"
    covers = f"for every subscription and history, on every day from {first} on ({seconds:.1f} s)"
    return "\n".join([*lines, *in_lines(f"{ending}, {covers}", rest="  ")])


def _block(result: Proved, book: Rulebook) -> Iterator[str]:
    promise, example = result.verdict.promise, result.example
    yield from in_lines(f"{result.outcome.upper()}: {promise.name}", rest="  ")
    yield from in_lines(_told(result), "  ")
    if example is not None:
        yield from in_lines(sentence(example, book), "  ")
        rule = f"`{example.action.candidate.label}` ({example.rule.place.source})"
        yield from in_lines(f"blame {joined([rule, *_terms(example)])}", "  ")
        yield from in_lines(f"or the promise ({promise.place.source})", "  ")
        yield "  as a case, which passes as long as the promise is broken:"
        yield from (f"    {line}" for line in case_text(example.case, book.words).splitlines())


def _told(result: Proved) -> str:
    verdict = result.verdict
    scopes = counted(verdict.scopes, "scope")
    match result.outcome:
        case Outcome.PROVED:
            can = f"in {verdict.possible} of them it can happen at all"
            return f"in all {scopes} that the rules tell apart; {can} ({result.seconds:.2f} s)"
        case Outcome.EMPTY:
            return f"nothing could break it: in none of {scopes} it can happen at all"
        case Outcome.REFUTED:
            where = f"{counted(verdict.possible, 'scope')} where it can happen at all"
            return f"broken in {verdict.refuted} of {where}"
        case Outcome.UNDECIDED:
            return result.why


def _terms(example: Counterexample) -> Iterator[str]:
    """The terms that the rule reads, with their values and where these stand."""
    for name in sorted(terms_read(example.rule)):
        term = example.situation.term(name)
        if term.entry is not None and not isinstance(term.value, Missing):
            yield f"`{name}` {show(term.value)} ({term.entry.place.source})"


def sentence(example: Counterexample, book: Rulebook) -> str:
    """The counterexample as one sentence, with dates and amounts."""
    action = str(example.rule.action)
    happening = happens(action, book.catalogue.actions[action].harm, 1)
    facts = joined(_facts(example, book.words))
    whose = f"a subscription with {facts}" if facts else "any subscription"
    orders = [f"{label(each.rule, each.stage)} on {each.first_given}" for each in example.orders]
    after = f"after {joined(orders)}" if orders else "with nothing given before"
    return f"On {example.case.until} {whose} {happening}, {after}, {_although(example)}."


def _although(example: Counterexample) -> str:
    unless, day = example.never.unless, example.case.until
    if isinstance(unless, Earlier):
        until = day - timedelta(days=unless.days)
        return f"but without {_plain(unless.action)} on {until} or earlier"
    if example.is_sure:
        return f"although {_plain(str(unless))}"
    return f"although it is not known whether {_plain(str(unless))}"


def _plain(text: str) -> str:
    return text.replace("_", " ")


def _facts(example: Counterexample, words: Vocabulary) -> list[str]:
    facts = example.case.given.items()
    # Dates last, since they are the longest, and what is not known after all.
    in_order = sorted(facts, key=lambda pair: (pair[1] is UNKNOWN, type(pair[1]) is date, pair[0]))
    return [_fact(n, value, words.facts[n].type, example.case.until) for n, value in in_order]


def _fact(name: str, value: Value, type_: ValueType, day: date) -> str:
    """Such as `past due since 2026-11-30 (1 day before)`."""
    if isinstance(value, Missing):
        return f"{_plain(name)} not known" if value is UNKNOWN else f"no {_plain(name)}"
    text = value_text(value, type_) if isinstance(value, Money) else show(value)
    shown = f"{_plain(name)} {text}"
    if type(value) is not date:
        return shown
    days = (day - value).days
    when = f"{counted(abs(days), 'day')} {'before' if days > 0 else 'after'}"
    return f"{shown} ({when if days else 'the same day'})"


def proved_problems(results: Iterable[Proved]) -> Iterator[Problem]:
    """Each promise that does not hold, or of which nothing is known, at its place."""
    for result in results:
        if result.outcome is Outcome.PROVED:
            continue
        is_refuted = result.outcome is Outcome.REFUTED
        severity = Severity.ERROR if is_refuted else Severity.WARNING
        also: Place | None = result.example.rule.place if result.example else None
        promise = result.verdict.promise
        yield Problem(
            CODES[result.outcome],
            f"{promise.name}: {_told(result)}",
            promise.place,
            None,
            severity,
            also,
        )


def proved_json(results: Iterable[Proved], book: Rulebook, first: date) -> dict[str, Any]:
    return {"as_of": first.isoformat(), "promises": [_as_json(each, book) for each in results]}


def _as_json(result: Proved, book: Rulebook) -> dict[str, Any]:
    verdict, example = result.verdict, result.example
    return {
        "name": verdict.promise.name,
        "place": str(verdict.promise.place),
        "source": verdict.promise.source,
        "outcome": result.outcome.value,
        "why": result.why or None,
        "scopes": verdict.scopes,
        "possible_in": verdict.possible,
        "refuted_in": verdict.refuted,
        "seconds": round(result.seconds, 3),
        "example": None
        if example is None
        else {
            "sentence": sentence(example, book),
            "day": example.case.until.isoformat(),
            "rule": example.action.candidate.label,
            "source": example.rule.place.source,
            "case": case_text(example.case, book.words),
        },
    }
