"""The laws of what-if, on generated policies with edits, against the day loop of the reference."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from tests.agreement.play import rulebook
from tests.agreement.trials import trials
from tests.analysis.other_policies import DAY, Pair, pairs, row_of, shipped_book, shipped_rows
from tests.laws.trials import reordered

from lapse.analysis.what_if.change import Change, Direction, Kind
from lapse.analysis.what_if.compare import Comparer, Difference, Outlook
from lapse.analysis.what_if.totals import first_day
from lapse.analysis.what_if.versions import Versions
from lapse.decide.forecast import Life, forecast
from lapse.decide.known import Judging, RecordAndPast, known
from lapse.executors.direct import direct_executor
from lapse.model.days import AsOf, parse_as_of
from lapse.model.decision import Decision
from lapse.model.facts import Value
from lapse.model.rule import Layer, Rulebook, Span, TermEntry
from lapse.policy.in_force import Scopes

WORLDS = (11, 19, 21, 49)
SHIPPED = (2, 5, 6, 7, 9)
"""Seeds whose edits reach somebody; those of most worlds reach none of its rows."""
DAYS = 70

Calendar = Counter[tuple[date, str, str]]
"""Actions by day, track and label."""


COMPARED: dict[int, tuple[list[Difference], Pair]] = {}


def compared(found: Pair) -> list[Difference]:
    """Each row's difference with its causes; looked for once."""
    if id(found) not in COMPARED:
        asked = found.asked(DAYS)
        COMPARED[id(found)] = _compared(found.versions, asked, found.rows, explains=True), found
    return COMPARED[id(found)][0]


def _compared(
    versions: Versions, asked: Outlook, rows: Iterable[RecordAndPast], *, explains: bool = False
) -> list[Difference]:
    old, new = asked.foresight(versions.before), asked.foresight(versions.after)
    comparer = Comparer(versions, old, new, explains=explains)
    return [comparer.difference(row, row) for row in rows]


def held_against(
    others: Iterable[Rulebook], asked: Outlook, rows: Iterable[RecordAndPast]
) -> Iterator[list[Difference]]:
    """The shipped policies against each of some others; today's futures are foreseen once."""
    old = asked.foresight(shipped_book())
    today = [(old.watched(row), row) for row in rows]
    for other in others:
        versions = Versions(old.book, other)
        comparer = Comparer(versions, old, asked.foresight(other), explains=False)
        yield [comparer.following(watched, row, row) for watched, row in today]


KNOWN: dict[tuple[int, int, AsOf], tuple[Calendar, RecordAndPast, Rulebook]] = {}


def by_day_loop(row: RecordAndPast, book: Rulebook, asked: Outlook) -> Calendar:
    """A row's calendar as the reference defines it."""
    key = id(row), id(book), asked.as_of
    if key not in KNOWN:
        KNOWN[key] = _by_day_loop(row, book, asked), row, book
    return KNOWN[key][0]


def _by_day_loop(row: RecordAndPast, book: Rulebook, asked: Outlook) -> Calendar:
    scopes = Scopes(book)
    start = known(row, Judging(scopes, asked.as_of, book.catalogue.assumed))
    life = Life(start.situation.subscription, start.orders)
    days = forecast(life, scopes, start.situation.moment, asked.until, direct_executor())
    return Counter(
        (day, action.candidate.rule.track.name, action.candidate.label)  # type: ignore[union-attr]
        for day, decision in days
        if isinstance(decision, Decision)
        for action in decision.actions
    )


def test_the_sum_of_changes_is_the_difference_of_the_two_forecasts() -> None:
    """Each action of either calendar, as the day loop has it, stands in just one change."""
    kinds: Counter[Kind] = Counter()
    reaching = set()
    for found in pairs(WORLDS, SHIPPED):
        asked = found.asked(DAYS)
        for row, difference in zip(found.rows, compared(found), strict=True):
            old: Calendar = Counter()
            new: Calendar = Counter()
            reaching |= {found.name} if difference.differing else set()
            for change in difference.changes:
                kinds[change.kind] += 1
                for calendar, each in ((old, change.old), (new, change.new)):
                    if each is not None:
                        calendar[each.day, each.track.name, each.label] += 1
            assert old == by_day_loop(row, found.versions.before, asked), (found.label, row.id)
            assert new == by_day_loop(row, found.versions.after, asked), (found.label, row.id)
    assert min(kinds[kind] for kind in Kind) > 2, kinds
    assert len(reaching) > 6, reaching


def test_kinds_are_what_they_say() -> None:
    for found in pairs(WORLDS, SHIPPED):
        for change in (change for each in compared(found) for change in each.changes):
            match change.kind:
                case Kind.ADDED:
                    assert change.old is None
                case Kind.REMOVED:
                    assert change.new is None
                case Kind.SOONER:
                    assert change.days is not None
                    assert change.days < 0
                case Kind.LATER:
                    assert change.days is not None
                    assert change.days > 0
                case Kind.KEPT | Kind.CHANGED:
                    assert change.days == 0
                    assert change.old is not None
                    assert change.new is not None
                    is_same = change.old.outcome == change.new.outcome
                    assert is_same is (change.kind is Kind.KEPT)


def test_what_if_against_itself_is_empty() -> None:
    for trial in trials(range(7)):
        other = rulebook(reordered(trial.world, Random(trial.world.seed)))  # noqa: S311
        assert other is not None
        versions = Versions(trial.scopes.book, other)
        assert versions.edits == ()
        rows = tuple(row_of(case, trial.scopes.book) for case in trial.cases[:8])
        as_of = parse_as_of(trial.world.nights[0].as_of)
        assert as_of is not None
        found = Pair("reordered", versions, rows, as_of)
        assert not any(difference.differing for difference in compared(found))


REVERSED = {
    Kind.ADDED: Kind.REMOVED,
    Kind.REMOVED: Kind.ADDED,
    Kind.SOONER: Kind.LATER,
    Kind.LATER: Kind.SOONER,
    Kind.CHANGED: Kind.CHANGED,
    Kind.KEPT: Kind.KEPT,
}
TURNED = {
    Direction.HARSHER: Direction.GENTLER,
    Direction.GENTLER: Direction.HARSHER,
    Direction.NEUTRAL: Direction.NEUTRAL,
}


def test_what_if_reversed_swaps_sooner_and_later() -> None:
    for found in pairs(WORLDS, SHIPPED):
        back = Versions(found.versions.after, found.versions.before)
        there = compared(found)
        again = _compared(back, found.asked(DAYS), found.rows)
        for one, other in zip(there, again, strict=True):
            assert _told(one) == _told(other, is_reversed=True), (found.label, one.id)


def _told(difference: Difference, *, is_reversed: bool = False) -> Counter[object]:
    found: Counter[object] = Counter()
    for change in difference.changes:
        days = change.old and change.old.day, change.new and change.new.day
        labels = change.old and change.old.label, change.new and change.new.label
        if is_reversed:
            found[REVERSED[change.kind], TURNED[change.direction], days[::-1], labels[::-1]] += 1
        else:
            found[change.kind, change.direction, days, labels] += 1
    return found


def test_one_edit_undone_leaves_all_the_others() -> None:
    for versions in (found.versions for found in pairs(WORLDS, SHIPPED)):
        for edit in versions.edits:
            undone = versions.without((edit,))
            assert Versions(undone, versions.after).edits == (edit,)
            others = tuple(other for other in versions.edits if other != edit)
            assert Versions(versions.before, undone).edits == others


def test_causes_are_sound_and_minimal() -> None:
    """Undone together they bring today's outcome back; without any one of them they do not."""
    sizes: Counter[int] = Counter()
    for found in pairs(WORLDS, SHIPPED):
        asked = found.asked(DAYS)
        for row, difference in zip(found.rows, compared(found), strict=True):
            today = _by_track(by_day_loop(row, found.versions.before, asked))
            every = {edit for cause in difference.causes.values() for edit in cause.edits}
            undone = by_day_loop(row, found.versions.without(every), asked)
            assert undone == by_day_loop(row, found.versions.before, asked)
            for track, cause in difference.causes.items():
                sizes[len(cause.edits)] += 1
                undone = by_day_loop(row, found.versions.without(cause.edits), asked)
                assert _by_track(undone)[track] == today[track], (found.label, row.id, track)
                for edit in cause.edits:
                    fewer = [other for other in cause.edits if other != edit]
                    undone = by_day_loop(row, found.versions.without(fewer), asked)
                    assert _by_track(undone)[track] != today[track], (found.label, row.id, track)
                for alone in cause.or_else:
                    undone = by_day_loop(row, found.versions.without((alone,)), asked)
                    assert _by_track(undone)[track] == today[track]
    assert sizes[1] > 40
    assert sum(number for size, number in sizes.items() if size > 1) > 3, sizes


def _by_track(calendar: Calendar) -> defaultdict[str, set[tuple[date, str]]]:
    found: defaultdict[str, set[tuple[date, str]]] = defaultdict(set)
    for day, track, label in calendar:
        found[track].add((day, label))
    return found


def test_more_grace_never_brings_harm_forward() -> None:
    """Under the shipped policies, wherever a market or product sets its grace."""
    today = shipped_book()
    rows = [row for row in shipped_rows() if row.record.facts["past_due_since"]][::3]
    asked = Outlook(DAY, DAY + timedelta(days=150))
    others = [with_more_grace(today, more) for more in (1, 9, 30)]
    later = 0
    for found in held_against(others, asked, rows):
        for difference in found:
            for change in difference.changes:
                if change.latest.track.name == "dunning" and _is_harm(change, today):
                    assert change.kind not in {Kind.ADDED, Kind.SOONER}, difference.id
                    assert change.direction is not Direction.HARSHER
                    later += change.kind is Kind.LATER
    assert later > 50


def _is_harm(change: Change, book: Rulebook) -> bool:
    return change.latest.is_ours and book.is_harmful(change.latest.rule)


def with_more_grace(book: Rulebook, days: int) -> Rulebook:
    """Every value of `grace_days` raised, in every layer and for all days."""

    def raised(layer: Layer) -> Layer:
        entries = tuple(
            replace(entry, value=entry.value + days)  # type: ignore[operator]
            for entry in layer.terms.get("grace_days", ())
        )
        return replace(layer, terms={**layer.terms, "grace_days": entries})

    return replace(book, layers=tuple(raised(layer) for layer in book.layers))


def test_a_future_term_leaves_the_past_alone() -> None:
    """What a dated value changes comes on its first day or later; pins to future days aside."""
    changed = 0
    today = shipped_book()
    values = (("grace_days", 3), ("retention_days", 31), ("notice_days", (2, 4)))
    terms = [(*each, DAY + timedelta(days=days)) for each in values for days in (1, 20)]
    others = [with_dated(today, *term) for term in terms]
    asked = Outlook(DAY, DAY + timedelta(days=120))
    every = held_against(others, asked, shipped_rows()[::5])
    for (name, _, since), found in zip(terms, every, strict=True):
        pin = today.catalogue.terms[name].pinned_to
        for difference in found:
            pinned = difference.future.subscription.fact(pin) if pin else None
            if isinstance(pinned, date) and pinned >= since:
                continue
            changed += bool(difference.differing)
            assert all(first_day(change) >= since for change in difference.differing)
    assert changed > 10


def with_dated(book: Rulebook, name: str, value: Value, since: date) -> Rulebook:
    """A value from a day on, in each layer that has one."""

    def dated(layer: Layer) -> Layer:
        if name not in layer.terms:
            return layer
        entry = TermEntry(value, Span(since), layer.place)  # type: ignore[arg-type]
        return replace(layer, terms={**layer.terms, name: (*layer.terms[name], entry)})

    return replace(book, layers=tuple(dated(layer) for layer in book.layers))
