"""Checks of layers: scopes that never match, `covers: no`, and pairs of which neither wins."""

from collections.abc import Iterable, Iterator, Mapping

from lapse.model.place import Place, Problem, Severity
from lapse.model.rule import Layer, RuleEntry, Span, TermEntry
from lapse.policy.check.meetings import MARKET, REGION, Meetings
from lapse.policy.check.spans import counting, overlap, rule_span, span_text

DatedRules = tuple[Span, Place]
"""Days on which a layer sets a term or has a rule, and the place."""


def check_ambiguity(meetings: Meetings) -> Iterator[Problem]:
    """`ambiguous-layers`: neither of two equally specific layers wins."""
    for index, layer in meetings.deciding():
        for other in map(meetings.layer, meetings.beside[index]):
            for name in layer.terms.keys() & other.terms.keys():
                pair = _term_days(layer.terms[name]), _term_days(other.terms[name])
                yield from _ambiguous(f"`{name}` is set", layer, other, pair)
            for name in layer.rules.keys() & other.rules.keys():
                pair = _rule_days(layer.rules[name]), _rule_days(other.rules[name])
                yield from _ambiguous(f"rule `{name}` is defined", layer, other, pair)


def first_of_each_place(problems: Iterable[Problem]) -> Iterator[Problem]:
    """One problem for each place and code: the one whose other place comes first."""
    first: dict[tuple[Place, str], Problem] = {}
    for problem in problems:
        key = problem.place, problem.code
        if key not in first or _other(problem) < _other(first[key]):
            first[key] = problem
    yield from first.values()


def check_scopes(meetings: Meetings) -> Iterator[Problem]:
    """`impossible-scope`: no subscription has such a market and region."""
    for layer, scope in zip(meetings.book.layers, meetings.scopes, strict=True):
        if all(scope.values()):
            continue
        regions = _listed(layer.applies_to.get(REGION, ()))
        markets = _listed(layer.applies_to.get(MARKET, ()))
        where = f"{markets} is not in {regions}" if markets else f"{regions} has no markets"
        yield Problem(
            "impossible-scope",
            f"this layer can never apply: {where}",
            layer.place,
            help="take one of the two keys out, or put the market into the region in the catalogue",
            severity=Severity.WARNING,
        )


def check_left_out(meetings: Meetings) -> Iterator[Problem]:
    """`covers-no-with-content`: a layer that leaves subscriptions out has terms or rules."""
    for layer in meetings.book.layers:
        places = [entry.place for entries in layer.terms.values() for entry in entries]
        places += [entry.place for entry in layer.rules.values()]
        places += [layer.hold.place] if layer.hold else []
        if layer.is_covered or not places:
            continue
        yield Problem(
            "covers-no-with-content",
            f"`{layer.name}` says `covers: no`, so its terms and rules count for nothing",
            min(places),
            help="take them out, or take `covers: no` out",
            severity=Severity.WARNING,
            also=layer.place,
        )


def _ambiguous(
    what: str, layer: Layer, other: Layer, pair: tuple[list[DatedRules], list[DatedRules]]
) -> Iterator[Problem]:
    for span, place in pair[0]:
        for its_span, its_place in pair[1]:
            days = overlap(span, its_span)
            if days is None or place < its_place:
                continue
            yield Problem(
                "ambiguous-layers",
                f"{what} by `{layer.name}` and by `{other.name}`, which are equally specific "
                f"and can both apply {span_text(days)}",
                place,
                help=_ambiguity_help(layer.applies_to),
                also=its_place,
            )


def _ambiguity_help(applies_to: Mapping[str, object]) -> str:
    keys = " and ".join(f"`{key}`" for key in applies_to) or "no key at all"
    return (
        f"both name {keys}: keep it in one of them, let their days not overlap, "
        "or name one more key in `applies_to` of the one that should win"
    )


def _term_days(entries: tuple[TermEntry, ...]) -> list[DatedRules]:
    return [(span, entry.place) for entry, span in reversed(counting(entries))]


def _rule_days(entry: RuleEntry) -> list[DatedRules]:
    span = rule_span(entry)
    return [] if span is None else [(span, entry.place)]


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in sorted(values))


def _other(problem: Problem) -> Place:
    return problem.also or problem.place
