"""What is in force for a scope, and what differs between two, as text in 80 columns and as JSON."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from lapse.analysis.scope import Where
from lapse.analysis.show import RuleShown, Shown, TermShown
from lapse.analysis.side_by_side import Difference
from lapse.model.facts import show
from lapse.model.place import Place
from lapse.model.rule import Layer, Off
from lapse.report.tables import side_by_side
from lapse.report.unpaid import layer_scope, scope_text
from lapse.report.words import WIDTH, in_lines, joined, wrapped

Side = tuple[Where, date]
NAME, DEEP = 29, "      "
IN_WORDS = {
    "with": "with {}",
    "sets": "it sets {}",
    "for_each": "for each of {}, named stage",
    "when": "when {}",
    "days": "on a working day only",
    "after": "{}",
    "from": "from {} on",
    "to": "through {}",
}
"""How a part of a rule reads, by its key in a policy file."""


def show_text(shown: Shown) -> str:
    """The layers, the terms and the rules in force, each with the line that set it."""
    lines = wrapped(f"In force on {shown.day} for {scope_text(shown.where)}", "", "  ")
    if shown.any:
        lines += wrapped(f"any {joined(shown.any)}: layers that name one do not apply", "  ", "  ")
    if shown.left_out:
        why = f"nothing is decided there: {shown.left_out.because} ({shown.left_out.place.source})"
        lines += ["", *wrapped(why, "", "  ")]
    lines += ["", "Layers, the most specific first"]
    for applied in shown.layers:
        lines += _layer(applied.layer)
    if shown.parts:
        lines += ["", "Layers that apply in a part of it only"]
        lines += [line for layer in shown.parts for line in (*_layer(layer), *_content(layer))]
    lines += ["", "Terms", *(line for term in shown.terms for line in _term(term))]
    if shown.unset:
        lines += wrapped(f"without a value here: {', '.join(shown.unset)}", "  ", "    ")
    for title, rules in groupby(shown.rules, key=_title):
        lines += ["", *wrapped(title, "", "  ")]
        lines += [line for each in rules for line in _rule(each)]
    return "\n".join([*lines, *_to_come(shown)])


def _row(name: str, value: str, place: Place) -> Iterator[str]:
    """A name, a value and, at the end of the line where there is room, a place."""
    lines = in_lines(_or_none(value), f"  {name:<{NAME - 4}}  ", DEEP)
    source = place.source
    if len(lines) == 1 and len(lines[0]) + 2 + len(source) <= WIDTH:
        yield f"{lines[0]}{source:>{WIDTH - len(lines[0])}}"
        return
    yield from lines
    yield from in_lines(source, DEEP)


def _or_none(value: str) -> str:
    return value or "none"


def _layer(layer: Layer) -> Iterator[str]:
    yield from _row(layer.name, layer_scope(layer), layer.place)


def _content(layer: Layer) -> list[str]:
    names = [*sorted(layer.terms), *sorted(layer.rules)]
    told = "leaves it out" if not layer.is_covered else f"says {', '.join(names)}"
    return wrapped(told, DEEP, DEEP)


def _term(term: TermShown) -> Iterator[str]:
    assert term.entry is not None
    yield from _row(term.name, show(term.value), term.entry.place)
    if term.about:
        yield from wrapped(term.about, DEEP, DEEP)
    told = [f"since {term.since}" if term.since else "", _next(term)]
    told += [f"by the value on the day of {term.pinned_to}" if term.pinned_to else ""]
    told += ["" if term.is_read else "no rule here reads it"]
    yield from wrapped("; ".join(part for part in told if part), DEEP, DEEP)
    if term.entry.source:
        yield from wrapped(f"source: {term.entry.source}", DEEP, DEEP)
    for layer, entry in term.shadowed:
        told_ = f"in place of {_or_none(show(entry.value))} of {layer} ({entry.place.source})"
        yield from wrapped(told_, DEEP, DEEP)


def _next(term: TermShown) -> str:
    if term.next is None:
        return ""
    value = _or_none(show(term.next.value)) if term.next.entry else "no value"
    return f"from {term.changes_on} on {value}"


def _title(each: RuleShown) -> str:
    track = each.rule.track
    if track is None:
        return "What nobody may do"
    who = "what the provider does by itself: " if track.is_provider else ""
    return f"Rules: {who}{track.name}, counted from {track.anchor}; the highest true step acts"


def _rule(each: RuleShown) -> Iterator[str]:
    rule, words = each.rule, each.words
    step = f"{rule.step:>2} " if rule.track else ""
    does = words.get("do") or f"not {words['forbid']}"
    yield from _row(f"{step}{rule.name}", does, rule.place)
    for key, form in IN_WORDS.items():
        if key in words:
            yield from wrapped(form.format(words[key]), DEEP, DEEP + "  ")
    if rule.track and rule.anchor != rule.track.anchor:
        yield f"{DEEP}counted from {rule.anchor}"
    for entry in each.replaced:
        what = f"in place of {'its being off in' if isinstance(entry, Off) else 'that of'}"
        yield from wrapped(f"{what} {entry.layer} ({entry.place.source})", DEEP, DEEP)


def _to_come(shown: Shown) -> Iterator[str]:
    if shown.off:
        yield from ("", "Rules that are switched off here")
    for off in shown.off:
        yield from _row(off.name, off.reason, off.place)
    if shown.changes:
        yield from ("", "Rules that begin or end later")
    for change in shown.changes:
        begins = f"begins at {change.rule.place.source}" if change.rule else "ends"
        yield from in_lines(f"{change.day}  {change.name} {begins}", "  ", DEEP)


def compare_text(
    one: Side, other: Side, found: Iterable[Difference], sentences: Iterable[str] = ()
) -> str:
    """A sentence on each of two scopes or days, then only what differs, side by side."""
    lines = [line for text in sentences for line in (*wrapped(text, "", ""), "")]
    titles = _titles(one, other)
    rows = [(each.what, each.one, each.other) for each in found]
    if rows:
        return "\n".join([*lines, side_by_side(("", *titles), rows)])
    return "\n".join([*lines, *wrapped(f"Nothing differs between {joined(titles)}.", "", "")])


def _titles(one: Side, other: Side) -> tuple[str, str]:
    """What tells two sides apart: their scopes, their days, or both."""
    scopes, days = [scope_text(side[0]) for side in (one, other)], [one[1], other[1]]
    if scopes[0] == scopes[1]:
        return str(days[0]), str(days[1])
    if days[0] == days[1]:
        return scopes[0], scopes[1]
    return f"{scopes[0]} on {days[0]}", f"{scopes[1]} on {days[1]}"


def show_json(shown: Shown) -> dict[str, Any]:
    return {
        "day": shown.day.isoformat(),
        "where": dict(shown.where),
        "any": list(shown.any),
        "not_covered": shown.left_out.because if shown.left_out else None,
        "layers": [_layer_json(applied.layer) for applied in shown.layers],
        "parts": [_layer_json(layer) for layer in shown.parts],
        "terms": [_term_json(term) for term in shown.terms],
        "unset": list(shown.unset),
        "rules": [_rule_json(each) for each in shown.rules],
        "off": [
            {"rule": off.name, "because": off.reason, "place": str(off.place)} for off in shown.off
        ],
        "changes": [
            {"day": each.day.isoformat(), "rule": each.name, "place": _place(each.rule)}
            for each in shown.changes
        ],
    }


def compare_json(sides: list[dict[str, Any]], found: Iterable[Difference]) -> dict[str, Any]:
    differences = [{"what": each.what, "one": each.one, "other": each.other} for each in found]
    return {"sides": sides, "differences": differences}


def _layer_json(layer: Layer) -> dict[str, Any]:
    applies_to = {key: sorted(values) for key, values in layer.applies_to.items()}
    return {"layer": layer.name, "applies_to": applies_to, "place": str(layer.place)}


def _term_json(term: TermShown) -> dict[str, Any]:
    return {
        "term": term.name,
        "value": show(term.value),
        "layer": term.layer,
        "place": _place(term.entry),
        "source": term.entry.source if term.entry else None,
        "since": str(term.since) if term.since else None,
        "changes_on": str(term.changes_on) if term.changes_on else None,
        "next": show(term.next.value) if term.next else None,
        "pinned_to": term.pinned_to,
        "is_read": term.is_read,
        "shadows": [
            {"value": show(entry.value), "layer": layer, "place": str(entry.place)}
            for layer, entry in term.shadowed
        ],
    }


def _rule_json(each: RuleShown) -> dict[str, Any]:
    track = each.rule.track
    return {
        "rule": each.rule.name,
        "track": track.name if track else None,
        "step": each.rule.step if track else None,
        "anchor": each.rule.anchor or None,
        **each.words,
        "place": str(each.rule.place),
        "replaces": [str(entry.place) for entry in each.replaced],
    }


def _place(found: object) -> str | None:
    place = getattr(found, "place", None)
    return str(place) if place else None
