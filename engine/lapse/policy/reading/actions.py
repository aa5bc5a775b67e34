"""Reads tracks, and actions with what they change and need."""

from lapse.model.condition import Condition
from lapse.model.facts import ABSENT, FactSpec, Value, ValueType
from lapse.model.rule import ActionSpec, Harm, Sets, Today, Track
from lapse.policy.reading.condition import Nameable, parse_condition
from lapse.policy.reading.lexicon import Lexicon, fact_but_id, form_of
from lapse.policy.text.literals import fact_literal, is_word
from lapse.policy.text.nodes import Node
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import (
    Fields,
    declarations,
    entries,
    fields,
    flag,
    is_name,
    one_of,
)

_ACTION_KEYS = ("harm", "sets", "only_if", "approval")


def date_facts(lexicon: Lexicon) -> list[str]:
    """The facts that may be an anchor: dates, and names declared wrongly."""
    facts = lexicon.words.facts.values()
    return [*(spec.name for spec in facts if spec.type is ValueType.DATE), *lexicon.broken]


def parse_tracks(node: Node | None, lexicon: Lexicon, problems: Problems) -> dict[str, Track]:
    """The tracks in the order written; if two actions set one fact, the later track's wins."""
    tracks: dict[str, Track] = {}
    dates = date_facts(lexicon)
    for key, value in declarations(node, "`tracks`", problems):
        is_name(key, "a track", problems)
        what = f"the track {shown(key.text)}"
        body = fields(value, what, ("anchor", "by"), problems, key.place)
        help_ = "name the date that starts its clock: `anchor: past_due_since`"
        anchor_node = body.required("anchor", problems, help_)
        anchor = one_of(anchor_node, "the date fact", dates, "unknown-fact", problems)
        by = one_of(body.get("by"), "the doer", ("provider",), "unknown-choice", problems)
        tracks[key.text] = Track(key.text, anchor or "", by is not None, len(tracks))
    return tracks


def parse_actions(node: Node | None, lexicon: Lexicon, problems: Problems) -> dict[str, ActionSpec]:
    actions: dict[str, ActionSpec] = {}
    for key, value in declarations(node, "`actions`", problems):
        is_name(key, "an action", problems)
        what = f"the action {shown(key.text)}"
        body = fields(value, what, _ACTION_KEYS, problems, key.place)
        harms = [str(harm) for harm in Harm]
        harm = one_of(body.get("harm"), "the harm", harms, "unknown-choice", problems)
        actions[key.text] = ActionSpec(
            key.text,
            Harm(harm) if harm else None,
            parse_sets(body.get("sets"), lexicon, problems),
            _only_if(body, lexicon, problems),
            flag(body.get("approval"), "`approval`", problems) or False,
        )
    return actions


def _only_if(body: Fields, lexicon: Lexicon, problems: Problems) -> Condition | None:
    node = body.get("only_if")
    return None if node is None else parse_condition(node, Nameable(lexicon, problems))


def parse_sets(node: Node | None, lexicon: Lexicon, problems: Problems) -> Sets:
    """What the facts will show once an action has been carried out."""
    changes: dict[str, Value | Today] = {}
    for key, value in entries(node, "`sets`", problems) if node else ():
        refusal = "cannot be set: it is the subscription's own"
        spec = fact_but_id(key, refusal, lexicon, problems)
        if spec is None:
            continue
        change = _change(value, spec, problems)
        if change is not None:
            changes[key.text] = change
    return changes


def _change(node: Node, spec: FactSpec, problems: Problems) -> Value | Today | None:
    if is_word(node, ABSENT.value) and ABSENT.value not in spec.choices:
        return ABSENT
    if not is_word(node, Today.TODAY.value) or spec.type is ValueType.TEXT:
        return fact_literal(node, form_of(spec), problems)
    if spec.type is ValueType.DATE:
        return Today.TODAY
    message = f"`today` is a date, and `{spec.name}` is a {spec.type}"
    problems.add("bad-value", message, node.place, "only date facts can be set to `today`")
    return None
