"""Checks the rows of a file of earlier actions for `history import`."""

import re
from collections.abc import Iterator
from datetime import date

from lapse.model.days import parse_date
from lapse.model.facts import ABSENT, ValueType
from lapse.model.place import Problem, did_you_mean
from lapse.model.rule import Rule, Rulebook
from lapse.runs.table_file import TableRow

NOT_BLANK = ("subscription_id", "track", "rule", "action")
_NUMBER = re.compile(r"\d{1,5}", re.ASCII)
"""At most five digits: no step or stage has more, and every column can hold them."""


def row_problems(row: TableRow, book: Rulebook, last_day: date) -> Iterator[Problem]:
    """The problems of a row: blank cells, unknown names, wrong days and numbers."""
    for column in NOT_BLANK:
        if not row[column]:
            yield Problem("blank-cell", f"`{column}` is blank", row.place)
    for column, known in (("track", book.catalogue.tracks), ("action", book.catalogue.actions)):
        if row[column] and row[column] not in known:
            message = f"there is no {column} `{row[column]}`"
            yield Problem(f"unknown-{column}", message, row.place, did_you_mean(row[column], known))
    yield from _of_rule(row, book)
    yield from _of_clock(row, book)
    yield from _of_days(row, last_day)
    for column, is_optional in (("step", False), ("stage", True)):
        text = row[column].removeprefix("-") if column == "stage" else row[column]
        if not (is_optional and not text) and not _NUMBER.fullmatch(text):
            message = f"`{column}` is `{row[column]}`, no whole number of at most five digits"
            yield Problem("bad-number", message, row.place)


def _of_rule(row: TableRow, book: Rulebook) -> Iterator[Problem]:
    """A problem if the rule is not on the track, or has stages and the row none, or the reverse."""
    name, track = row["rule"], row["track"]
    if not name or track not in book.catalogue.tracks:
        return
    on_track = [r for r in book.every_rule() if r.track is not None and r.track.name == track]
    rules = [rule for rule in on_track if rule.name == name]
    if not rules:
        near = did_you_mean(name, {rule.name for rule in on_track})
        message = f"there is no rule `{name}` on the track `{track}`"
        yield Problem("unknown-rule", message, row.place, near)
    elif not any(_fits(rule, row["stage"]) for rule in rules):
        what = f"`{name}` has no stages" if row["stage"] else f"`{name}` has stages"
        help_ = "leave `stage` blank" if row["stage"] else "say in `stage` which one was given"
        yield Problem("bad-stage", f"{what}, and `stage` is `{row['stage']}`", row.place, help_)


def _fits(rule: Rule, stage: str) -> bool:
    return (rule.stages is not None) == bool(stage)


def _of_clock(row: TableRow, book: Rulebook) -> Iterator[Problem]:
    fact = row["anchor_of"]
    dates = [spec.name for spec in book.words.facts.values() if spec.type is ValueType.DATE]
    if fact and fact not in dates:
        help_ = did_you_mean(fact, dates)
        yield Problem("unknown-fact", f"there is no date fact `{fact}`", row.place, help_)


def _of_days(row: TableRow, last_day: date) -> Iterator[Problem]:
    for column, is_optional in (("day", False), ("due_on", True), ("anchor", True)):
        text = row[column]
        is_blank = not text or (column == "anchor" and text == ABSENT.value)
        day = parse_date(text)
        if not (is_optional and is_blank) and day is None:
            message = f"`{column}` is `{text}`, which is no day such as 2026-11-23"
            yield Problem("bad-date", message, row.place)
        elif column == "day" and day is not None and day > last_day:
            message = f"`day` is `{text}`, which is yet to come"
            help_ = f"what was done was done on {last_day} or before"
            yield Problem("day-to-come", message, row.place, help_)
