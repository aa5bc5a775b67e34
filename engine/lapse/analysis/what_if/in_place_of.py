"""What an edit that only one side has takes the place of, for one subscription.

A market that gets a value of its own had that of a less specific layer; one that loses its own has
that again. The value is that of its pin, or of the first day that differs.
"""

from dataclasses import replace
from datetime import date

from lapse.analysis.what_if.edits import Edit, Piece, Version, entry_version, rule_version
from lapse.decide.situation import Situation
from lapse.model.facts import ABSENT, Missing
from lapse.model.subscription import civil_day


def whole(edit: Edit, old: Situation, new: Situation, day: date) -> Edit:
    """The edit with the side that it lacks, where there is one; `day` is the first that differs."""
    if edit.old is None:
        return replace(edit, old=_in_force(edit, old, day))
    if edit.new is None:
        return replace(edit, new=_in_force(edit, new, day))
    return edit


def _in_force(edit: Edit, situation: Situation, day: date) -> Version | None:
    match edit.piece:
        case Piece.TERM:
            counting = max(edit.start, _pinned(edit.name, situation) or day)
            return entry_version(situation.force.term(edit.name, counting, day).entry)
        case Piece.RULE:
            rules = (found.rule for found in situation.force.rules(max(edit.start, day)))
            return rule_version(
                next((rule for rule in rules if rule.name == edit.name), None), None
            )
        case _:
            return None


def _pinned(name: str, situation: Situation) -> date | None:
    """The day of a term's pin, where the subscription has one."""
    spec = situation.force.book.catalogue.terms.get(name)
    value = situation.subscription.fact(spec.pinned_to) if spec and spec.pinned_to else ABSENT
    return None if isinstance(value, Missing) else civil_day(value)
