"""Checks of single rules: replacing, switching off, forbids, `after`, `known`."""

from collections.abc import Iterator

from lapse.model.condition import Condition, Operator, leaves
from lapse.model.decision import clock
from lapse.model.place import Place, Problem, did_you_mean
from lapse.model.rule import Off, Rule, RuleEntry
from lapse.policy.check.meetings import Meetings
from lapse.policy.check.spans import overlap
from lapse.policy.check.valuations import may_follow


def check_shadowing(meetings: Meetings) -> Iterator[Problem]:
    """`replaces-nothing`, `off-nothing`, `needs-replaces` and `forbid-needs-override`."""
    for index, layer in meetings.deciding():
        for entry in layer.rules.values():
            hidden = _hidden(entry, index, meetings)
            if isinstance(entry, Off):
                if not hidden:
                    yield _nothing_there("off-nothing", entry, index, meetings)
            elif entry.is_replacement and not hidden:
                yield _nothing_there("replaces-nothing", entry, index, meetings)
            elif hidden and not entry.is_replacement:
                yield _needs_replaces(entry, hidden[0])
            forbid = next((rule for rule in hidden if rule.is_forbid), None)
            if forbid is not None and entry.override is None:
                yield _needs_override(entry, forbid)


def check_after(meetings: Meetings) -> Iterator[Problem]:
    """`after-has-no-lower-step`: no lower step could have been given before the rule."""
    for index, layer in meetings.deciding():
        for rule in layer.rules.values():
            if not isinstance(rule, Rule) or rule.after is None or rule.track is None:
                continue
            mine = index, rule
            lower = list(_lower_steps(rule, index, meetings))
            same = [(i, other) for i, other in lower if clock(other.anchor) == clock(rule.anchor)]
            if any(may_follow(meetings, mine, earlier) for earlier in same):
                continue
            if may_follow(meetings, mine, mine):
                yield _no_lower_step(rule, lower[0][1] if lower else None)


def check_known(meetings: Meetings) -> Iterator[Problem]:
    """`known-on-harm`: a test of `known` could let what is not known do harm."""
    book = meetings.book
    harmful: dict[str, Place] = {}
    for rule in sorted(book.every_rule(), key=lambda rule: rule.place):
        if rule.track is not None and book.is_harmful(rule):
            harmful.setdefault(rule.track.name, rule.place)
    for rule in book.every_rule():
        if rule.is_forbid:
            yield from _known_tests(rule.when, f"the forbid `{rule.name}`", None)
        elif rule.track is not None and rule.track.name in harmful:
            where = f"a rule of track `{rule.track.name}`, on which an action does harm"
            yield from _known_tests(rule.when, where, harmful[rule.track.name])
    for action in book.catalogue.actions.values():
        if action.only_if is not None:
            yield from _known_tests(action.only_if, f"`only_if` of `{action.name}`", None)


def _hidden(entry: RuleEntry, index: int, meetings: Meetings) -> list[Rule]:
    """The rules of less specific layers that an entry hides on some day, the nearest first."""
    namesakes = (meetings.layer(i).rules.get(entry.name) for i in meetings.below[index])
    return [
        other
        for other in namesakes
        if isinstance(other, Rule) and overlap(entry.span, other.span) is not None
    ]


def _nothing_there(code: str, entry: RuleEntry, index: int, meetings: Meetings) -> Problem:
    verb, what = (
        ("switches off", "this rule")
        if isinstance(entry, Off)
        else ("replaces", "`replaces: true`")
    )
    names = {name for i in meetings.below[index] for name in meetings.layer(i).rules}
    return Problem(
        code,
        f"`{entry.name}` {verb} nothing: no less specific layer has a rule of that name here",
        entry.place,
        help=did_you_mean(entry.name, names - {entry.name}) or f"take {what} out",
    )


def _needs_replaces(entry: Rule, hidden: Rule) -> Problem:
    return Problem(
        "needs-replaces",
        f"`{entry.name}` is already a rule of `{hidden.layer}`, which is less specific",
        entry.place,
        help="write `replaces: true` if it should take its place, or give it another name",
        also=hidden.place,
    )


def _needs_override(entry: RuleEntry, forbid: Rule) -> Problem:
    verb = "switches off" if isinstance(entry, Off) else "replaces"
    return Problem(
        "forbid-needs-override",
        f"`{entry.name}` {verb} a forbid of `{forbid.layer}` without leave to do so",
        entry.place,
        help="write `override: {approved_by: …, reason: …, expires: …}` in the rule",
        also=forbid.place,
    )


def _lower_steps(rule: Rule, index: int, meetings: Meetings) -> Iterator[tuple[int, Rule]]:
    """The lower steps of a rule's track where its layer applies, each with its layer's index."""
    for other_index in meetings.with_all_met(index):
        for other in meetings.layer(other_index).rules.values():
            if not isinstance(other, Rule) or other.track != rule.track:
                continue
            if other.step < rule.step:
                yield other_index, other


def _no_lower_step(rule: Rule, other_anchor: Rule | None) -> Problem:
    assert rule.track is not None
    counted = f" whose clock starts with `{rule.anchor}`" if other_anchor else ""
    hint = f"`{other_anchor.name}` counts from `{other_anchor.anchor}`; " if other_anchor else ""
    return Problem(
        "after-has-no-lower-step",
        f"`{rule.name}` waits for an earlier step, but track `{rule.track.name}` has no rule"
        f"{counted} below step {rule.step} where this one is in force",
        rule.place,
        help=f"{hint}add a rule with a lower step, or take `after` out",
        also=other_anchor.place if other_anchor else None,
    )


def _known_tests(condition: Condition, where: str, also: Place | None) -> Iterator[Problem]:
    for leaf in leaves(condition):
        if leaf.operator is Operator.KNOWN:
            yield Problem(
                "known-on-harm",
                f"`known` may not test `{leaf.subject}` in {where}",
                leaf.place,
                help="test the value itself: what is not known then holds the action back",
                also=also,
            )
