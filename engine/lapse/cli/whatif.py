"""`lapse what-if`: who is hit, when and what it costs, before terms change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lapse.cli import Exit
from lapse.cli.command_line import Texts, option
from lapse.cli.foreseeing import (
    Foreseeing,
    asked_of,
    basis_of,
    ids_of_the_first_day,
    lost_rows,
    policies,
    population_of,
    save_plan,
    say_lost,
    show_csv,
)
from lapse.cli.options import format_option, sound_book
from lapse.cli.progress import bar
from lapse.cli.terminal import print_json, say, say_error, say_problems, show_answer
from lapse.model.place import MisuseError
from lapse.report.printable import printable

if TYPE_CHECKING:
    from lapse.analysis.population import Population
    from lapse.analysis.what_if.result import WhatIf
    from lapse.model.rule import Rulebook
    from lapse.policy.text.revision import PolicyFolder


MOST_PLACES = 4
SIDES = ("today", "other")


@dataclass(frozen=True, slots=True)
class Side:
    """A rulebook, and the subscriptions as its profiles read them."""

    book: "Rulebook"
    people: "Population"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Foreseeing):
    format: Literal["text", "json", "markdown", "csv"] = format_option()
    against: str | None = option(
        "the other policy set: a folder, git:REF or git:REF:PATH", "DIR", is_one_of=True
    )
    set: Texts = option(
        "today's policies with another value in place of the one in force on the day judged, "
        "such as grace_days=14; see --where",
        "TERM=VALUE",
        is_one_of=True,
    )
    sweep: Texts = option(
        "every value of a term, such as grace_days=0..60", "TERM=A..B", is_one_of=True
    )
    where: Texts = option(
        "for --set and --sweep: the scope, such as market=NO (default: the base layer)", "KEY=VALUE"
    )
    limit: Texts = option(
        "exit with 4 if more become worse off: delete=0, suspend=0.5%%, debt.NOK=100000",
        "WHAT=MOST",
    )


def execute(options: Options) -> Exit:
    _refuse_misuse(options)
    with policies(options.policies, beside=options.against) as today:
        side = _side(options, today)
        if options.sweep:
            return _sweep(options, side)
        if options.against is None:
            return _compare(options, side, Side(_changed(options, side.book), side.people))
        with policies(options.against, beside=options.policies) as other:
            return _compare(options, side, _side(options, other))


def _refuse_misuse(options: Options) -> None:
    from lapse.runs.plan import refuse_target

    if options.where and options.against:
        raise MisuseError(
            "--where goes with --set or --sweep; a folder says itself where it counts"
        )
    if options.save and not options.against:
        raise MisuseError(
            "--save goes with --against: a run reads policy files; write the change into them first"
        )
    if len(options.sweep) > 1:
        raise MisuseError("--sweep: one term at a time")
    if options.save:
        refuse_target(options.save)
    if options.sweep and options.limit:
        raise MisuseError("--limit goes with --against or --set: a sweep has no one outcome")
    if options.sweep and options.format in {"csv", "markdown"}:
        raise MisuseError("a sweep is shown as text or json")


def _side(options: Options, at: "PolicyFolder") -> Side:
    book = sound_book(at.folder, at.called)
    people = population_of(options, book, at)
    say_problems(people.read.problems, {})
    say_lost(people.read, at.called)
    return Side(book, people)


def _changed(options: Options, book: "Rulebook") -> "Rulebook":
    from lapse.analysis.scope import parse_where
    from lapse.analysis.what_if.setting import parse_setting, with_settings
    from lapse.model.days import utc_day

    where = parse_where(options.where, book)
    settings = [parse_setting(text, book) for text in options.set]
    for setting in settings:
        _say_narrower(book, setting.name, where)
    return with_settings(book, settings, where, utc_day(options.deciding.moment))


def _say_narrower(book: "Rulebook", name: str, where: Mapping[str, str]) -> None:
    """Says which places keep their value because they set it for a narrower scope."""
    from lapse.analysis.what_if.setting import narrower

    places = narrower(book, name, where)
    if places:
        more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
        say(
            f"`{name}` is set for narrower scopes, which keep their value: "
            f"{', '.join(places[:MOST_PLACES])}{more}; --where reaches them"
        )


def _compare(options: Options, today: Side, other: Side) -> Exit:
    from lapse.analysis.what_if.limits import parse_limit
    from lapse.analysis.what_if.result import what_if
    from lapse.analysis.what_if.versions import Versions
    from lapse.report.sentence import first_sentence

    versions = Versions(today.book, other.book)
    limits = [parse_limit(text, versions.actions) for text in options.limit]
    with bar("comparing", len(today.people.rows)) as advance:
        asked = asked_of(options, today.book, advance)
        comparison = what_if(versions, asked, today.people, other.people, limits)
    _show(comparison, options, (today.people, other.people))
    if options.set:
        _say_nobody(comparison, options.where, today.book)
    if comparison.crossed:
        unsaved = "; no plan was written" if options.save else ""
        say_error("a limit is crossed: " + "; ".join(comparison.crossed) + unsaved)
        return Exit.NOT_PUBLISHED
    if options.save:
        basis = basis_of(options, other.book, other.people.read)
        further = [row for row in other.people.rows if row.id in comparison.only_other]
        foresight = asked.foresight(other.book)
        futures = [each.new for each in comparison.differences]
        futures += [foresight.future(row) for row in further]
        says = first_sentence(comparison)
        ids = ids_of_the_first_day(futures)
        save_plan(options.save, basis, says, ids, today.book.fingerprint)
    return Exit.FINDINGS if today.people.read.lost or other.people.read.lost else Exit.FINE


def _say_nobody(found: "WhatIf", where: Sequence[str], book: "Rulebook") -> None:
    """Says so if none of the subscriptions compared is in the scope asked about."""
    from lapse.analysis.scope import parse_where

    scope = parse_where(where, book)
    cascade = book.catalogue.cascade
    people = (
        dict(zip(cascade, each.old.subscription.scope(cascade), strict=True))
        for each in found.differences
    )
    if not any(all(own[key] == value for key, value in scope.items()) for own in people):
        say(f"no subscription compared is in the scope {' '.join(where)}")


def _show(found: "WhatIf", options: Options, lost: tuple["Population", "Population"]) -> None:
    from lapse.report.sentence import first_sentence
    from lapse.report.whatif import whatif_text
    from lapse.report.whatif_csv import whatif_csv
    from lapse.report.whatif_json import whatif_json
    from lapse.report.whatif_markdown import whatif_markdown

    match options.format:
        case "json":
            rejected = dict(zip(SIDES, (lost_rows(each.read) for each in lost), strict=True))
            print_json(whatif_json(found) | {"rejected": rejected})
        case "markdown":
            print(whatif_markdown(found, options.show), end="")
        case "csv":
            show_csv(whatif_csv(found))
        case "text":
            show_answer(whatif_text(found, options.show), first_sentence(found))


def _sweep(options: Options, today: Side) -> Exit:
    from lapse.analysis.scope import parse_where
    from lapse.analysis.what_if.sweep import parse_range, sweep
    from lapse.report.sweep import sweep_text
    from lapse.report.whatif_json import sweep_json

    asked_range = parse_range(options.sweep[0])
    where = parse_where(options.where, today.book)
    _say_narrower(today.book, asked_range.name, where)
    with bar("sweeping", len(today.people.rows)) as advance:
        asked = asked_of(options, today.book, advance)
        swept = sweep(today.book, asked_range, where, asked, today.people)
    if options.format == "json":
        print_json(sweep_json(swept))
    else:
        print(printable(sweep_text(swept)))
    return Exit.FINDINGS if today.people.read.lost else Exit.FINE
