"""The first sentence of a what-if: who is hit, how soon, and what is at stake."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lapse.analysis.what_if.change import Change, Direction, Kind
from lapse.analysis.what_if.compare import Difference
from lapse.analysis.what_if.result import WhatIf
from lapse.analysis.what_if.totals import ALL
from lapse.model.rule import Harm
from lapse.report.words import (
    HURTS,
    SOON,
    amount_text,
    counted,
    happens,
    how_soon,
    joined,
)

OneChange = tuple[Difference, Change]
MOST_CLAUSES = 3
"""Of a first sentence; the tables below it tell the rest."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the sentence, and the harm of ours that it tells of."""

    text: str
    harm: Harm | None = None


KINDS = (Kind.SOONER, Kind.ADDED, Kind.LATER, Kind.REMOVED, Kind.CHANGED)


def first_sentence(whatif: WhatIf) -> str:
    """What a manager needs to know, in one sentence."""
    if not whatif.differing:
        return _nothing(whatif)
    every = [(each, part) for each, change in whatif.changes for part in _parts(change)]
    hurting = [pair for pair in every if whatif.actions[pair[1].latest.name].harm in HURTS]
    ours = [pair for pair in hurting if pair[1].latest.is_ours]
    theirs = [pair for pair in hurting if not pair[1].latest.is_ours]
    nobody = Clause(_nobody_hurt(whatif, by_others=bool(theirs)))
    clauses = list(_hurt(whatif, ours)) if ours else [nobody]
    clauses += [Clause(f"by the provider {each.text}") for each in _counted(whatif, theirs)]
    stake = [each for each in (_stake(whatif),) if each]
    chosen = _chosen(clauses, MOST_CLAUSES - len(stake))
    if ours and not _hit_sooner(whatif, ours):
        chosen[-1] += ", and nobody sooner"
    text = "; ".join([*chosen, *stake])
    return text[0].upper() + text[1:] + "."


def _chosen(clauses: Sequence[Clause], most: int) -> list[str]:
    """The texts of the first clause about each kind of harm, and of others if there is room."""
    first = [next((each for each in clauses if each.harm is harm), None) for harm in HURTS]
    ranked = [*filter(None, first), *(each for each in clauses if each not in first)]
    return [each.text for each in clauses if each in ranked[:most]]


def _parts(change: Change) -> Iterator[Change]:
    """A change; one that replaces an action by another is split into a removal and an addition."""
    if (
        change.kind is Kind.CHANGED
        and change.old
        and change.new
        and (change.old.name != change.new.name)
    ):
        # As one change it would read as if nobody were spared or hit.
        yield Change(Kind.REMOVED, Direction.GENTLER, change.old, None)
        yield Change(Kind.ADDED, Direction.HARSHER, None, change.new)
    else:
        yield change


def _nothing(whatif: WhatIf) -> str:
    everybody = counted(whatif.compared, "subscription")
    if not whatif.edits:
        return f"Nothing changes: the two policies decide alike ({everybody} compared)."
    differ = f"although the policies differ in {counted(len(whatif.edits), 'place')}"
    parts = [
        f"Nothing changes: {everybody} would be treated as today until {whatif.until}, {differ}"
    ]
    if whatif.in_flight:
        keep = "keep today's terms, under which their clock started"
        parts.append(f"{len(whatif.in_flight):,} of them {keep}")
    if whatif.not_known.subscriptions:
        names = joined(_first_two(whatif.not_known.counts))
        who = f"from {whatif.not_known.subscriptions:,} of them"
        parts.append(f"{who} harm is held back, in both, for want of {names}")
    return "; ".join(parts) + "."


def _first_two(names: Iterable[str]) -> list[str]:
    every = list(names)
    return [*every[:2], *(["more"] if len(every) > 2 else [])]  # noqa: PLR2004


def _hurt(whatif: WhatIf, hurting: list[OneChange]) -> Iterator[Clause]:
    """A clause for each harmful action of ours, and for the harm that reaches nobody sooner."""
    yield from _counted(whatif, hurting)
    sooner = _hit_sooner(whatif, hurting)
    for harm in HURTS if sooner else ():
        names = [change.latest.name for _, change in hurting]
        names += whatif.actions
        mine = [name for name in names if whatif.actions[name].harm is harm]
        if mine and harm not in sooner:
            yield Clause(f"nobody {happens(mine[0], harm, 1)} sooner", harm)


def _hit_sooner(whatif: WhatIf, hurting: list[OneChange]) -> set[Harm | None]:
    """The kinds of harm that come sooner for somebody, or for more."""
    worse = [change for _, change in hurting if change.direction is Direction.HARSHER]
    return {whatif.actions[change.latest.name].harm for change in worse}


def _counted(whatif: WhatIf, pairs: list[OneChange]) -> Iterator[Clause]:
    """A clause for each action and kind of change, with the number of customers."""
    names = {change.latest.name for _, change in pairs}
    for name in sorted(names, key=lambda name: (_order(whatif, name), name)):
        mine = [pair for pair in pairs if pair[1].latest.name == name]
        for text in _by_kind(whatif, name, mine):
            yield Clause(text, whatif.actions[name].harm)


def _order(whatif: WhatIf, name: str) -> int:
    """A sort key: loss of access before loss of data."""
    harm = whatif.actions[name].harm
    return HURTS.index(harm) if harm in HURTS else len(HURTS)


def _by_kind(whatif: WhatIf, name: str, pairs: list[OneChange]) -> Iterator[str]:
    for kind in KINDS:
        mine = [pair for pair in pairs if pair[1].kind is kind]
        hit = {difference.future.customer for difference, _ in mine}
        if hit:
            what = happens(name, whatif.actions[name].harm, len(hit))
            how = f"{_as(kind, what, whatif.until)}{_how_soon(whatif, mine)}"
            yield f"{counted(len(hit), 'customer')} {how}"


def _as(kind: Kind, what: str, until: date) -> str:
    """`are suspended sooner`, `no longer lose data by 2027-11-23`."""
    verb, _, rest = what.partition(" ")
    is_being = verb in {"is", "are"}
    match kind:
        case Kind.ADDED:
            return f"{what} who would not{' be' if is_being else ''} by {until}"
        case Kind.REMOVED:
            longer = f"{verb} no longer {rest}" if is_being else f"no longer {what}"
            return f"{longer} by {until}"
        case Kind.CHANGED:
            return f"{what} otherwise"
        case Kind.SOONER | Kind.LATER | Kind.KEPT:
            return f"{what} {kind.value}"


def _how_soon(whatif: WhatIf, pairs: list[OneChange]) -> str:
    """How many customers are hit within a week; blank unless they are hit sooner than today."""
    if pairs[0][1].kind not in {Kind.SOONER, Kind.ADDED}:
        return ""
    hit = {difference.future.customer for difference, _ in pairs}
    soon = {
        difference.future.customer
        for difference, change in pairs
        if change.latest.day <= whatif.day + SOON
    }
    return how_soon(len(hit), len(soon))


def _nobody_hurt(whatif: WhatIf, *, by_others: bool) -> str:
    """The phrase for when no harm of ours differs: which other actions do."""
    counts = Counter(
        change.latest.name
        for _, change in whatif.changes
        if whatif.actions[change.latest.name].harm not in HURTS
    )
    told = joined(f"{count:,} × {name}" for name, count in sorted(counts.items()))
    whom = counted(len({each.future.customer for each in whatif.differing}), "customer")
    nobody = "nobody loses access or data by us sooner or later"
    if counts:
        return f"{nobody}; what differs is {told}, for {whom}"
    return nobody if by_others else f"only who is covered changes, for {whom}"


def _stake(whatif: WhatIf) -> str:
    """The monthly amounts (else debt) of those worse off, or of those better off if none is."""
    everything = {t.direction: t.money for t in whatif.totals if t.by == ALL}
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
