"""The first sentence of a what-if: who is hit, how soon, and what is at stake."""

from collections.abc import Iterator
from datetime import timedelta

from lapse.report.words import amount_text, counted, happens, joined
from lapse.rule import Harm
from lapse.whatif.change import Change, Direction, Kind
from lapse.whatif.compare import Difference
from lapse.whatif.result import WhatIf
from lapse.whatif.totals import ALL

SOON = timedelta(days=7)
HURTS = (Harm.ACCESS, Harm.DATA)
WORDS = {
    Kind.SOONER: "{} sooner",
    Kind.ADDED: "{} who would not be",
    Kind.LATER: "{} later",
    Kind.REMOVED: "{} no longer",
}


def first_sentence(found: WhatIf) -> str:
    """What a manager needs to know, in one sentence."""
    changes = found.changes
    if not changes and not found.differing:
        return _nothing(found)
    hurting = [pair for pair in changes if _hurts(pair[1], found)]
    parts = list(_hurt(found, hurting)) if hurting else [_nobody_hurt(found)]
    stake = _stake(found)
    text = "; ".join([*parts, *([stake] if stake else [])])
    return text[0].upper() + text[1:] + "."


def _nothing(found: WhatIf) -> str:
    everybody = counted(found.compared, "subscription")
    if not found.edits:
        return f"Nothing changes: the two policies decide alike ({everybody} compared)."
    return (
        f"Nothing changes: {everybody} would be treated as today until {found.until}, "
        f"although the policies differ in {counted(len(found.edits), 'place')}."
    )


def _hurts(change: Change, found: WhatIf) -> bool:
    """Whether it is about access or data, by an action of ours."""
    spec = found.actions[change.latest.name]
    return change.latest.is_ours and spec.harm in HURTS


def _hurt(found: WhatIf, hurting: list[tuple[Difference, Change]]) -> Iterator[str]:
    """Each harmful action of ours: what becomes worse first, then what becomes better."""
    names = {change.latest.name for _, change in hurting}
    for harm in HURTS:
        mine = sorted(name for name in names if found.actions[name].harm is harm)
        for name in mine:
            yield from _by_kind(found, name, [p for p in hurting if p[1].latest.name == name])
        worse = [c for _, c in hurting if c.latest.name in mine and _is_worse(c)]
        if not worse and _has(found, harm):
            yield f"nobody {_loses(found, harm, mine)} sooner"


def _by_kind(found: WhatIf, name: str, pairs: list[tuple[Difference, Change]]) -> Iterator[str]:
    harm = found.actions[name].harm
    for kind in WORDS:
        hit = {each.future.customer for each, change in pairs if change.kind is kind}
        if not hit:
            continue
        what = happens(name, harm, len(hit))
        if kind is Kind.ADDED:
            text = f"{counted(len(hit), 'customer')} {what} who would not"
            text += " be" if what.startswith(("is ", "are ")) else ""
        elif kind is Kind.REMOVED:
            text = f"{counted(len(hit), 'customer')} {_no_longer(what)}"
        else:
            text = f"{counted(len(hit), 'customer')} {what} {kind.value}"
        yield text + _how_soon(found, kind, pairs)


def _no_longer(what: str) -> str:
    """`are no longer suspended`, `no longer lose data`."""
    verb, space, rest = what.partition(" ")
    return f"{verb} no longer {rest}" if verb in {"is", "are"} else f"no longer {verb}{space}{rest}"


def _how_soon(found: WhatIf, kind: Kind, pairs: list[tuple[Difference, Change]]) -> str:
    if kind not in {Kind.SOONER, Kind.ADDED}:
        return ""
    hit = {each.future.customer for each, change in pairs if change.kind is kind}
    soon = {
        each.future.customer
        for each, change in pairs
        if change.kind is kind and change.latest.day <= found.day + SOON
    }
    if not soon:
        return ""
    if len(hit) == 1:
        return ", within a week"
    return f", {'all' if soon == hit else f'{len(soon):,}'} of them within a week"


def _is_worse(change: Change) -> bool:
    return change.direction is Direction.HARSHER


def _has(found: WhatIf, harm: Harm) -> bool:
    """Whether any action of ours takes this at all."""
    return any(spec.harm is harm for spec in found.actions.values())


def _loses(found: WhatIf, harm: Harm, names: list[str]) -> str:
    name = names[0] if names else next(n for n, s in found.actions.items() if s.harm is harm)
    return happens(name, harm, 1)


def _nobody_hurt(found: WhatIf) -> str:
    by_action: dict[str, int] = {}
    for _, change in found.changes:
        by_action[change.latest.name] = by_action.get(change.latest.name, 0) + 1
    customers = {each.future.customer for each in found.differing}
    told = joined(f"{count:,} {name}" for name, count in sorted(by_action.items()))
    what = f"only {told} changes" if by_action else "only what is covered changes"
    return (
        f"nobody loses access or data sooner or later; {what}, "
        f"for {counted(len(customers), 'customer')}"
    )


def _stake(found: WhatIf) -> str:
    """The monthly amounts of those worse off, or else of those better off; else what they owe."""
    everything = {t.direction: t.money for t in found.totals if t.by == ALL}
    for direction, words in (
        (Direction.HARSHER, ("is at stake", "are at stake")),
        (Direction.GENTLER, ("gets more time", "get more time")),
    ):
        money = everything.get(direction)
        if money is None:
            continue
        monthly = [amount_text(m.monthly_amount, m.currency) for m in money if m.monthly_amount]
        debt = [amount_text(m.debt, m.currency) for m in money if m.debt]
        told = monthly or debt
        what = "monthly" if monthly else "of debt"
        return f"{joined(told)} {what} {words[len(told) > 1]}" if told else ""
    return ""
