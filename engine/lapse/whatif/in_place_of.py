"""What an edit that only one side has takes the place of, for one subscription.

A market that gets a value of its own had that of a less specific layer; one that loses its own has
that again. The day is the one on which the value begins, or the one judged.
"""

from dataclasses import replace

from lapse.decide.truth import Situation
from lapse.whatif.edits import Edit, Piece, Version, entry_version, rule_version


def whole(edit: Edit, old: Situation, new: Situation) -> Edit:
    """The edit with the side that it lacks, where there is one."""
    if edit.old is None:
        return replace(edit, old=_in_force(edit, old))
    if edit.new is None:
        return replace(edit, new=_in_force(edit, new))
    return edit


def _in_force(edit: Edit, situation: Situation) -> Version | None:
    day = max(edit.start, situation.moment.day)
    match edit.piece:
        case Piece.TERM:
            return entry_version(situation.force.term(edit.name, day, day).entry)
        case Piece.RULE:
            rules = (found.rule for found in situation.force.rules(day))
            return rule_version(
                next((rule for rule in rules if rule.name == edit.name), None), None
            )
        case _:
            return None
