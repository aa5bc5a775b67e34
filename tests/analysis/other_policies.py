"""Generated policies with a few edits, and the subscriptions that both are held over."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

from tests.agreement.play import Played, ledger_of, rulebook
from tests.agreement.trials import trial
from tests.agreement.worlds import World

from lapse.analysis.what_if.compare import Outlook
from lapse.analysis.what_if.versions import Versions
from lapse.decide.known import RecordAndPast
from lapse.inputs.reading import open_exports
from lapse.model.days import AsOf, parse_as_of, utc_day
from lapse.model.facts import Value, parse_fact
from lapse.model.record import Record
from lapse.model.rule import Rulebook
from lapse.policy.load import load

DIGITS = "0123456789"
_NUMBER = re.compile(r"(?<![\w.-])\d(?=[\s,}\]]|$)|(?<=\b1)\d(?=[\s,}\]]|$)")


@dataclass(frozen=True, slots=True)
class Pair:
    """Policies, others, and the rows that both are held over from a moment on."""

    name: str
    versions: Versions
    rows: tuple[RecordAndPast, ...]
    as_of: AsOf

    @property
    def label(self) -> str:
        return f"{self.name}: {'; '.join(map(str, self.versions.edits))}"

    def asked(self, days: int) -> Outlook:
        return Outlook(self.as_of, utc_day(self.as_of) + timedelta(days=days))


def row_of(case: Played, book: Rulebook) -> RecordAndPast:
    """A case as exports and history tell it."""
    facts: dict[str, Value | None] = {}
    for name, cell in case.case.cells.items():
        facts[name] = None if cell is None else parse_fact(cell, book.words.facts[name])
    record = Record(facts, ledger=ledger_of(case.case.ledger))
    return RecordAndPast(record, case.case.history)


def pairs(worlds: Iterable[int], shipped: Iterable[int]) -> Iterator[Pair]:
    """Generated policies and the shipped ones, each with a few edits."""
    for seed in worlds:
        found = of_world(seed)
        if found is not None:
            yield found
    for seed in shipped:
        found = of_shipped(seed)
        if found is not None:
            yield found


@cache
def of_world(seed: int) -> Pair | None:
    """The world of a seed and a changed copy; null where either is not sound."""
    found = trial(seed)
    if found is None:
        return None
    draw = Random(f"edits of {seed}")  # noqa: S311  edits are no secrets
    for _ in range(12):
        book = rulebook(edited(found.world, draw))
        if book is not None and Versions(found.scopes.book, book).edits:
            night = draw.randrange(len(found.world.nights))
            rows = (row_of(c, found.scopes.book) for c in found.cases if c.case.night == night)
            as_of = parse_as_of(found.world.nights[night].as_of)
            assert as_of is not None
            return Pair(f"world {seed}", Versions(found.scopes.book, book), tuple(rows), as_of)
    return None


SHIPPED = Path(__file__).parents[2] / "policies"
EXPORT = Path(__file__).parents[2] / "fixtures" / "subscriptions.csv"
DAY = date(2026, 11, 23)
POOL, SAMPLE = 40, 12
MARKETS = ("NO", "DE", "US", "CN", "FR")


@cache
def of_shipped(seed: int) -> Pair | None:
    """The shipped policies, a changed copy, and some of the sample subscriptions."""
    draw = Random(f"shipped {seed}")  # noqa: S311
    today = shipped_book()
    for _ in range(12):
        with TemporaryDirectory() as folder:
            other = Path(folder, "policies")
            copytree(SHIPPED, other, ignore=ignore_patterns("cases", "profiles"))
            for _ in range(draw.choice((1, 2, 3, 4, 6))):
                _edit_number(other, draw)
            if draw.random() < 0.5:
                _add_layer(other, draw)
            book = load(other).book
        if book is not None and Versions(today, book).edits:
            rows = draw.sample(owing_rows(), SAMPLE)
            return Pair(f"shipped {seed}", Versions(today, book), tuple(rows), DAY)
    return None


@cache
def shipped_book() -> Rulebook:
    book = load(SHIPPED).book
    assert book is not None
    return book


@cache
def shipped_rows() -> tuple[RecordAndPast, ...]:
    book = shipped_book()
    with open_exports([str(EXPORT)], book.words) as export:
        return tuple(RecordAndPast(record) for record in export.records())


@cache
def owing_rows() -> tuple[RecordAndPast, ...]:
    """Some who owe: few, so that today's future of each is looked at once for many policies."""
    owing = [row for row in shipped_rows() if row.record.facts["past_due_since"]]
    return tuple(Random("owing").sample(owing, POOL))  # noqa: S311


def _edit_number(folder: Path, draw: Random) -> None:
    """Another number in a line of a layer that sets a value, or a line less of a rule."""
    files = sorted(path for path in folder.rglob("*.yaml") if path.name != "catalogue.yaml")
    file = draw.choice([*files, *[path for path in files if path.name in FAVOURED] * 6])
    lines = file.read_text(encoding="utf-8").splitlines()
    values = [n for n, line in enumerate(lines) if re.search(r"value: [\d\[]", line)]
    droppable = [n for n, line in enumerate(lines) if DROPPABLE.match(line)]
    if values and (draw.random() < 0.8 or not droppable):
        number = draw.choice(values)
        head, value, tail = re.split(r"(value: (?:\d+|\[[^\]]*\]))", lines[number], maxsplit=1)
        places = list(re.finditer(r"\d+", value))
        at = draw.choice(places)
        moved = max(1, int(at[0]) + draw.choice((-15, -7, -2, -1, 1, 2, 7, 15)))
        lines[number] = head + value[: at.start()] + str(moved) + value[at.end() :] + tail
    elif droppable:
        lines.pop(draw.choice(droppable))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


FAVOURED = ("no.yaml", "de.yaml", "us.yaml", "legacy.yaml", "legacy-dynamics365.yaml")
DROPPABLE = re.compile(r"    (days: business|after: |  debt: |  days_)")


def _add_layer(folder: Path, draw: Random) -> None:
    market = draw.choice(MARKETS)
    since = draw.choice(("", "from: 2026-12-01, ", "from: 2027-01-01, "))
    Path(folder, "extra.yaml").write_text(
        f"layer: Extra\napplies_to: {{market: {market}, program: legacy}}\nterms:\n"
        f"  grace_days: {{{since}value: {draw.choice((3, 10, 40))}}}\n"
        f"  renewal_notice_days: [90, {draw.choice((30, 45))}]\n",
        encoding="utf-8",
    )


def edited(world: World, draw: Random) -> World:
    """The same world with some lines of its policies changed, dropped or taken elsewhere."""
    files = dict(world.files)
    for _ in range(draw.choice((1, 2, 3, 4, 6, 8))):
        path = draw.choice([*files, *["base.yaml"] * 6])
        if path in files:
            files[path] = _edited(files[path], path, files, draw)
    return replace(world, files=files)


def _edited(text: str, path: str, files: dict[str, str], draw: Random) -> str:
    lines = text.splitlines()
    numbers = [n for n, line in enumerate(lines) if line.startswith("  ") and "track" not in path]
    if not numbers:
        return text
    number = draw.choice(numbers)
    line = lines[number]
    kind = draw.choice(
        (*["digit"] * 4, "drop", "drop", "elsewhere", "elsewhere", "scope", "pin", "sets")
    )
    match kind:
        case "digit":
            lines[number] = _other_digit(line, draw)
        case "drop" if path != "catalogue.yaml":
            lines.pop(number)
        case "elsewhere":
            name = line.strip().partition(":")[0]
            same = [
                other
                for file in files.values()
                for other in file.splitlines()
                if other.startswith(f"  {name}:") and other != line
            ]
            lines[number] = draw.choice(same) if same and path != "catalogue.yaml" else line
        case "scope":
            scopes = [f.splitlines()[1] for f in files.values() if "applies_to" in f]
            lines = [
                draw.choice(scopes) if each.startswith("applies_to") else each for each in lines
            ]
        case "pin":
            lines = [each.replace(", pinned_to: past_due_since", "") for each in lines]
        case _:
            lines = [each.replace("suspended_for: debt}", "trial: no}") for each in lines]
    return "\n".join(lines) + "\n"


def _other_digit(line: str, draw: Random) -> str:
    """A line with another number in it; dates, ids and years are left alone."""
    places = [found.start() for found in _NUMBER.finditer(line)]
    if not places:
        return line
    index = draw.choice(places)
    return line[:index] + draw.choice(DIGITS) + line[index + 1 :]
