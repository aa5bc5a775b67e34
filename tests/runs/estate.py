"""A small estate, night after night: subscriptions, the ledger beside them, and holds."""

import os
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.runs.conftest import Nights

from lapse.decide.situation import Situation
from lapse.inputs.reading import Also, open_exports
from lapse.model.decision import EVERYTHING, Decision, Given
from lapse.nightly import RunResult

HEADER = (
    "subscription_id,customer_id,market,program,status,seats,disputed,suspended_on,suspended_for"
)
LEDGER_HEADER = "invoice_id,subscription_id,due_date,balance,currency,status"
HOLDS_HEADER = "subscription_id,hold_until"
FIRST_NIGHT = date(2026, 11, 19)  # a Thursday


@dataclass(frozen=True, slots=True)
class One:
    market: str
    status: str = "active"
    seats: str = "5"

    @property
    def cells(self) -> str:
        suspended = "2026-11-01,debt" if self.status == "suspended" else ","
        return f"{self.market},legacy,{self.status},{self.seats},no,{suspended}"


@dataclass(frozen=True, slots=True)
class Estate:
    """What one night's files say; null for a file that is not given."""

    subscriptions: Mapping[str, One]
    owed: Mapping[str, date] | None
    strangers: int = 0
    holds: Mapping[str, date] | None = None

    def files(self) -> dict[str, str]:
        rows = [f"{id_},C{id_},{one.cells}" for id_, one in self.subscriptions.items()]
        found = {"export.csv": _text(HEADER, rows)}
        if self.owed is not None:
            rows = [f"I{id_},{id_},{due},500,NOK,open" for id_, due in self.owed.items()]
            rows += [f"X{n},other-{n},2026-11-01,9,NOK,open" for n in range(self.strangers)]
            found["ledger.csv"] = _text(LEDGER_HEADER, rows)
        if self.holds is not None:
            rows = [f"{id_},{last}" for id_, last in self.holds.items()]
            found["holds.csv"] = _text(HOLDS_HEADER, rows)
        return found

    def only(self, count: int) -> "Estate":
        """An export that breaks off after so many rows."""
        return replace(self, subscriptions=dict(list(self.subscriptions.items())[:count]))


def _text(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


def an_estate() -> Estate:
    """120 in Norway, 100 in Germany, 80 in Sweden; 30 suspended, all of whom owe something."""
    markets = {"NO": 120, "DE": 100, "SE": 80}
    every = [f"{market}{n}" for market, count in markets.items() for n in range(count)]
    subscriptions = {
        id_: One(id_[:2], "suspended" if place % 10 == 0 else "active")
        for place, id_ in enumerate(every)
    }
    suspended = [id_ for id_, one in subscriptions.items() if one.status == "suspended"]
    billed = [id_ for id_, one in subscriptions.items() if one.status == "active"][:170]
    owed = dict.fromkeys(suspended, date(2026, 10, 1)) | dict.fromkeys(billed, date(2026, 11, 25))
    holds = {id_: date(2026, 12, 31) for id_ in billed[:8]}
    return Estate(subscriptions, owed, holds=holds | {billed[8]: date(2026, 11, 20)})


@dataclass(slots=True)
class Night:
    """What a night is run with besides its files; it is run at their day unless told otherwise.

    Guards come before any decision, so most nights decide nothing, which is faster.
    """

    estate: Estate
    is_decided: bool = False
    days: int = 1
    written_days_ago: int = 0
    clock_days_behind: int = 0
    options: Mapping[str, object] = field(default_factory=dict)


def nothing(
    situation: Situation, history: Iterable[Given], approved: Container[str] = EVERYTHING, /
) -> Decision:
    del history, approved
    return Decision(situation.moment.day)


def nightly(nights: Nights, folder: Path, day: date, night: Night) -> RunResult:
    """Writes the files of a night and runs it."""
    written = datetime.combine(day - timedelta(days=night.written_days_ago), datetime.min.time())
    at = written.replace(tzinfo=UTC).timestamp()
    files = night.estate.files()
    for name, text in files.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, (at, at))
    given = {name: (str(folder / name),) for name in files}
    also = Also(given.get("ledger.csv", ()), given.get("holds.csv", ()), as_of=day)
    return nights.run(
        day.isoformat(),
        "",
        exports=given["export.csv"],
        reader=partial(open_exports, also=also),
        clock=day - timedelta(days=night.clock_days_behind),
        **({} if night.is_decided else {"decide": nothing}),
        **night.options,
    )


def run_through(nights: Nights, folder: Path, row: list[Night]) -> RunResult:
    """Runs one night after another; the last one's result."""
    first, *rest = row
    day = FIRST_NIGHT
    result = nightly(nights, folder, day, first)
    for night in rest:
        day += timedelta(days=night.days)
        result = nightly(nights, folder, day, night)
    return result
