"""What came of promises, as text, as JSON and as problems at their places."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lapse.analysis.counterexamples import Counterexample
from lapse.model.decision import label
from lapse.model.facts import ABSENT, UNKNOWN, Value, ValueType, Vocabulary
from lapse.model.place import Place, Problem, Severity
from lapse.model.rule import Rulebook
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
    lines: list[str] = []
    for result in results:
        lines += [*_block(result, book), ""]
    counts = {outcome: sum(r.outcome is outcome for r in results) for outcome in Outcome}
    told = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    promises = counted(len(results), "promise")
    seconds = sum(result.seconds for result in results)
    ending = f"{promises}: {', '.join(told)}, for every day from {first} on ({seconds:.1f} s)"
    return "\n".join([*lines, *in_lines(ending)])


def _block(result: Proved, book: Rulebook) -> Iterator[str]:
    name = result.verdict.promise.name
    yield from in_lines(f"{result.outcome.upper()}: {name}", rest="  ")
    yield from in_lines(_told(result), "  ")
    if result.example is not None:
        example = result.example
        yield from in_lines(sentence(example, book), "  ")
        yield from in_lines(
            f"blame: {example.rule.place.source} ({example.action.candidate.label})", "  "
        )
        yield "  as a case, which the reference has run:"
        yield from (f"    {line}" for line in case_text(example.case, book.words).splitlines())


def _told(result: Proved) -> str:
    verdict = result.verdict
    scopes = counted(verdict.scopes, "scope")
    match result.outcome:
        case Outcome.PROVED:
            seconds = f"{result.seconds:.2f} s"
            return f"told apart: {scopes}; in {verdict.possible} it can happen at all; {seconds}"
        case Outcome.EMPTY:
            return f"nothing could break it: it cannot happen at all in any of {scopes}"
        case Outcome.REFUTED:
            where = f"of the {counted(verdict.possible, 'scope')} where it can happen"
            return f"broken in {verdict.refuted} {where}"
        case Outcome.UNDECIDED:
            return result.why


def sentence(example: Counterexample, book: Rulebook) -> str:
    """The counterexample as one sentence, with dates and amounts."""
    day, action = example.case.until, example.rule.action
    facts = _facts(example, book.words)
    harm = book.catalogue.actions[str(action)].harm
    whose = f"a subscription with {joined(facts)}" if facts else "any subscription"
    orders = [
        f"`{label(given.rule, given.stage)}` on {given.first_given}" for given in example.orders
    ]
    after = f", after {joined(orders)}" if orders else ", with nothing given before"
    return f"On {day} {whose} {happens(str(action), harm, 1)}{after}, {_although(example)}."


def _although(example: Counterexample) -> str:
    unless, day = example.never.unless, example.case.until
    if isinstance(unless, Earlier):
        until = date.fromordinal(day.toordinal() - unless.days)
        return f"although `{unless.action}` was not given on {until} or earlier"
    return f"although {unless}" if example.is_sure else f"and it is not known whether {unless}"


def _facts(example: Counterexample, words: Vocabulary) -> list[str]:
    return [
        _fact(name, value, words.facts[name].type, example.case.until)
        for name, value in sorted(example.case.given.items(), key=lambda pair: _rank(*pair))
    ]


def _rank(name: str, value: Value) -> tuple[bool, bool, str]:
    return value is UNKNOWN, type(value) is date, name


def _fact(name: str, value: Value, type_: ValueType, day: date) -> str:
    """`past_due_since 2026-11-30 (1 day before)`."""
    if value is UNKNOWN:
        return f"`{name}` not known"
    if value is ABSENT:
        return f"no `{name}`"
    shown = f"`{name}` {value_text(value, type_)}"
    if type(value) is not date:
        return shown
    days = (day - value).days
    when = (
        "the same day"
        if not days
        else f"{counted(abs(days), 'day')} {'before' if days > 0 else 'after'}"
    )
    return f"{shown} ({when})"


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
