"""Generated rules as YAML text: ladders near what partners write, and rules drawn at random."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from tests.agreement.conditions import Leaves, condition
from tests.agreement.words import Words

HARMLESS_TRACKS = ("renewal", "seats")
HARMFUL = ("suspend", "delete", "allow", "expire")
FORBIDDABLE = ("suspend", "delete", "allow", "notify", "flag", "reactivate", "expire", "renew")
ANCHORS = ("suspended_on", "term_end", "reviewed_on", "purchased_on", "past_due_since")
SUSPENDED = ("status", "suspended")
ACTIVE = ("status", "active")

Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Rung:
    """A rule of a ladder: its place, its action, what it always asks."""

    track: str
    step: int
    action: str
    asks: tuple[tuple[str, str], ...] = ()
    anchor: str = ""
    stages: tuple[str, ...] = ()
    is_open: bool = True
    """Whether more than it asks may be asked."""


RUNGS = {
    "remind": Rung(
        "dunning",
        10,
        "notify",
        (ACTIVE, ("days_past_due", "{gte: $stage}")),
        stages=("$notice_days", "$notice_days", "[1, 3, 7]"),
    ),
    "warn": Rung("dunning", 20, "flag", (ACTIVE, ("days_past_due", "{gt: 2}"))),
    "suspend": Rung(
        "dunning",
        30,
        "suspend",
        (ACTIVE, ("days_past_due", "{gt: $grace_days}"), ("debt", "{gt: $debt_tolerance}")),
        is_open=False,
    ),
    "last_call": Rung(
        "dunning",
        30,
        "notify",
        (SUSPENDED, ("days_suspended", "{gte: $stage}")),
        anchor="suspended_on",
        stages=("$warning_days", "[0, 2, 5]"),
    ),
    "delete": Rung(
        "dunning",
        50,
        "delete",
        (SUSPENDED, ("days_suspended", "{gt: $retention_days}")),
        anchor="suspended_on",
        is_open=False,
    ),
    "reactivate": Rung(
        "dunning",
        60,
        "reactivate",
        (SUSPENDED, ("debt", "{lte: $debt_tolerance}")),
        anchor="suspended_on",
        is_open=False,
    ),
    "ending": Rung(
        "renewal",
        10,
        "notify",
        (("days_until_term_end", "{lte: $stage, gte: 0}"),),
        stages=("[14, 7, 1]", "[30, 5]"),
    ),
    "over": Rung("renewal", 20, "flag", (("days_since_term_end", "{gt: 0}"),)),
    "few_seats": Rung("seats", 10, "flag", (("seats", "{lt: $seat_minimum}"),), is_open=False),
    "mark": Rung("seats", 30, "flag", (("vip", "{ne: yes}"),), is_open=False),
    "unmark": Rung("renewal", 30, "notify", (("vip", "yes"),), is_open=False),
    "new_term": Rung("seats", 20, "renew", (("days_since_term_start", "{gte: 7}"),)),
    "fewer": Rung("request", 10, "allow", (("request", "reduce_seats"),)),
    "no_fewer": Rung("request", 20, "refuse", (("request", "[reduce_seats, cancel]"),)),
    "provider_renews": Rung(
        "provider", 10, "renew", (("auto_renew", "yes"), ("days_until_term_end", "{lt: 0}"))
    ),
    "provider_ends": Rung("provider", 20, "expire", (("days_until_term_end", "{lt: 0}"),)),
    "provider_deletes": Rung(
        "provider",
        30,
        "delete",
        (SUSPENDED, ("days_suspended", "{gte: 5}")),
        anchor="suspended_on",
    ),
}
MARKS = {"mark": "{vip: yes}", "unmark": "{vip: no}"}
"""Rules that set one fact in turn, so that an order comes anew after another action."""

FORBIDS = {
    "hold": ("days_until_hold_ends", "{gte: 0}"),
    "dispute": ("disputed", "yes"),
    "named": ("vip", "yes"),
}


@dataclass(slots=True)
class RuleTexts:
    """Draws the rules of one policy set around a base day; remembers what the base declares."""

    draw: Random
    base: date
    words: Words
    declared: dict[str, Rung] = field(default_factory=dict)
    forbids: list[str] = field(default_factory=list)
    lasting: set[str] = field(default_factory=set)
    """What a rule may wait for with `after`: while the base is drawn its rules so far, and then
    those of them that no layer hides."""
    dated: set[str] = field(default_factory=set)
    """What already has days of its own: what hides it has none, so that they meet."""
    count: int = 0
    has_calendar: bool = True
    """Whether every rule can meet a calendar; in the base layer it always can."""

    def of_base(self) -> Iterator[str]:
        draw = self.draw
        self.declared = {
            name: rung
            for name, rung in RUNGS.items()
            if draw.random() < (0.99 if name in MARKS else 0.75)
        }
        for _ in range(draw.choice((1, 2, 3))):
            name, rung = self.drawn()
            self.declared[name] = rung
        for name, rung in self.declared.items():
            yield self.rule(name, rung)
            self.lasting.add(name)
        yield from self.words.ahead()
        self.lasting = {name for name in self.declared if draw.random() < 0.6}
        self.forbids = [name for name in FORBIDS if draw.random() < 0.6]
        for name in self.forbids:
            yield self.forbid(name, FORBIDS[name])
        if draw.random() < 0.5:
            self.forbids.append("odd")
            yield self.forbid("odd")

    def of_layer(self) -> Iterator[str]:
        draw = self.draw
        hidable = [name for name in self.declared if name not in self.lasting.union(MARKS)]
        for name in draw.sample(hidable, min(len(hidable), draw.choice((1, 2, 3, 4)))):
            if draw.random() < 0.5:
                yield self.off(name)
            else:
                yield self.rule(name, self.declared[name], "replaces: true")
        for name in draw.sample(self.forbids, min(len(self.forbids), draw.choice((0, 1, 1, 2)))):
            leave = f"override: {self.leave()}"
            if draw.random() < 0.4:
                yield f"  {name}: {{off: agreed, {leave}}}"
            else:
                yield self.forbid(name, FORBIDS.get(name), f"replaces: true, {leave}")
        if draw.random() < 0.4:
            yield self.rule(*self.drawn())

    def drawn(self) -> tuple[str, Rung]:
        """A rule out of nothing, on a step of its own."""
        draw = self.draw
        self.count += 1
        track = draw.choice(("dunning", "dunning", "renewal", "seats", "request"))
        actions = (
            ("notify", "flag", "renew")
            if track in HARMLESS_TRACKS
            else ("notify", "flag", "suspend", "allow", "refuse")
        )
        anchor = draw.choice(ANCHORS) if draw.random() < 0.4 else ""
        stages = ("[1, 5]", "$warning_days", "[7, 2, 0]") if draw.random() < 0.3 else ()
        step = draw.choice((5, 15, 25, 35, 65)) * 10 + self.count
        asks = (("days_past_due", "{gte: 0}"),) if draw.random() < 0.3 else ()
        return f"extra_{self.count}", Rung(track, step, draw.choice(actions), asks, anchor, stages)

    def rule(self, name: str, rung: Rung, more: str = "") -> str:
        draw = self.draw
        is_harmless = rung.action not in HARMFUL
        stages = draw.choice(rung.stages) if rung.stages else ""
        stages = self.words.stages(stages, is_harmless=is_harmless)
        leaves = Leaves(draw, self.base, self.words, bool(stages))
        leaves = replace(
            leaves, may_ask_known=rung.track in HARMLESS_TRACKS, may_subtract=is_harmless
        )
        extra = draw.choice((0, 0, 1, 1, 2) if rung.is_open else (0, 0, 0, 1))
        if not rung.asks:
            extra += 1
        extra = 0 if name in MARKS else extra
        fields: Fields = {"track": rung.track, "step": str(rung.step)}
        if stages:
            fields["for_each"] = stages
        fields["when"] = condition(leaves, *self.asked(rung), extra=extra)
        fields |= self.timing(name, rung)
        fields["do"] = rung.action
        fields |= self.consequences(name, rung)
        return f"  {name}: {{{_joined(fields, more)}}}"

    def asked(self, rung: Rung) -> Iterator[tuple[str, str]]:
        """What a rung always asks; of amounts, with or without the limit itself."""
        for name, test in rung.asks:
            other = {"{gt": "{gte", "{lte": "{lt"}.get(test.partition(":")[0], "")
            is_other = name == "debt" and self.draw.random() < 0.5
            yield name, other + test[test.index(":") :] if is_other else test

    def timing(self, name: str, rung: Rung) -> Fields:
        draw = self.draw
        found: Fields = {}
        if self.has_calendar and draw.random() < 0.3 and name not in MARKS:
            found["days"] = "business"
        is_above = any(
            (other.track, other.anchor) == (rung.track, rung.anchor) and other.step < rung.step
            for name, other in self.declared.items()
            if name in self.lasting - self.dated
        )
        if is_above and draw.random() < 0.97:
            kind = draw.choice(("first_step", "last_step"))
            wait = draw.choice(("2", "3", "$wait_days"))
            found["after"] = f"{{{kind}: {wait}{self.words.within(kind, wait)}}}"
        if rung.anchor:
            found["anchor"] = rung.anchor
        return found | self.span(name, 0.15)

    def consequences(self, name: str, rung: Rung) -> Fields:
        draw = self.draw
        found: Fields = {"sets": MARKS[name]} if name in MARKS else {}
        if rung.action == "suspend" and draw.random() < 0.3:
            found["sets"] = "{status: suspended, suspended_on: today, auto_renew: no}"
        elif rung.action == "flag" and not found and draw.random() < 0.6:
            found["sets"] = draw.choice(("{vip: yes}", "{reviewed_on: today}", "{tier: gold}"))
        elif rung.action == "notify" and not found and draw.random() < 0.3:
            found["sets"] = "{tier: gold}"
        if draw.random() < 0.2:
            found["with"] = "{template: letter}"
        if draw.random() < 0.3:
            found["because"] = '"{days_past_due} days past due, {debt} owed"'
        return found

    def forbid(self, name: str, asked: tuple[str, str] | None = None, more: str = "") -> str:
        draw = self.draw
        leaves = Leaves(draw, self.base, self.words)
        fixed = () if asked is None else (asked,)
        extra = draw.choice((0, 0, 1)) if asked else 1
        actions = draw.sample(FORBIDDABLE, draw.choice((1, 2, 3)))
        fields: Fields = {
            "when": condition(leaves, *fixed, extra=extra),
            "forbid": f"[{', '.join(actions)}]",
        }
        if "override" not in more:
            fields |= self.span(name, 0.35)
        return f"  {name}: {{{_joined(fields, more)}}}"

    def off(self, name: str) -> str:
        return f"  {name}: {{{_joined({'off': 'agreed otherwise'} | self.span(name, 0.2), '')}}}"

    def span(self, name: str, chance: float) -> Fields:
        draw = self.draw
        if draw.random() >= chance or name in self.dated or name in MARKS:
            return {}
        self.dated.add(name)
        first = self.base + timedelta(days=draw.randint(-6, 3))
        last = first + timedelta(days=draw.choice((0, 2, 5, 9)))
        return draw.choice(
            (
                {"from": first.isoformat()},
                {"to": last.isoformat()},
                {"from": first.isoformat(), "to": last.isoformat()},
            )
        )

    def leave(self) -> str:
        expires = self.base + timedelta(days=self.draw.randint(-2, 8))
        return f"{{approved_by: board, reason: agreed, expires: {expires.isoformat()}}}"

    def guarded_actions(self) -> Iterator[str]:
        """The harmful actions, each maybe with a lock of its own."""
        shown = "status: suspended, suspended_on: today, suspended_for: debt"
        yield approving(f"  suspend: {{harm: access, sets: {{{shown}}}{self.lock(0.75)}}}", 0.75)
        deleted = "status: deleted, deleted_on: today"
        yield approving(f"  delete: {{harm: data, sets: {{{deleted}}}{self.lock(0.65)}}}", 0.6)
        yield approving(f"  allow: {{harm: money{self.lock(0.75)}}}", 0.6)

    def lock(self, chance: float) -> str:
        if self.draw.random() >= chance:
            return ""
        return f", only_if: {condition(Leaves(self.draw, self.base, self.words), extra=1)}"


def approving(action: str, chance: float) -> str:
    """An action that somebody has to approve, maybe; the rest of a world stays as it is."""
    draw = Random(action)  # noqa: S311  worlds are no secrets
    return f"{action[:-1]}, approval: yes}}" if draw.random() < chance else action


def _joined(fields: Fields, more: str) -> str:
    return ", ".join(
        [*(f"{key}: {value}" for key, value in fields.items()), *([more] if more else [])]
    )
