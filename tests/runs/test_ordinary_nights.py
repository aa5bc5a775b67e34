"""The law of guards: whatever honestly happens to an estate overnight, no guard is crossed."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.runs.conftest import Nights
from tests.runs.estate import FIRST_NIGHT, Estate, Night, One, an_estate, nightly
from tests.runs.test_guards import guarded_book  # noqa: F401  a fixture

from lapse.model.rule import Rulebook
from lapse.nightly import Ending


@dataclass(frozen=True, slots=True)
class Change:
    """What happens until the next night; shares are of what there is, edges included."""

    days: int
    is_quiet: bool
    leave: float
    arrive: int
    pay: float
    bill: int
    lift: float
    misread: float
    written_days_ago: int
    clock_days_behind: int


edge = st.sampled_from([0.0, 0.5, 1.0])
changes = st.builds(
    Change,
    days=st.sampled_from([1, 1, 1, 3, 30]),
    is_quiet=st.booleans(),
    leave=edge,
    arrive=st.integers(0, 40),
    pay=edge,
    bill=st.integers(0, 60),
    lift=edge,
    misread=edge,
    written_days_ago=st.integers(0, 3),
    clock_days_behind=st.integers(-400, 1),
)


def after(estate: Estate, change: Change, night: int, day: date) -> Estate:
    """An estate a while later: some leave and still owe, half of the ledger is paid, and so on."""
    chance = random.Random(night)  # noqa: S311  the same for the same example
    left = dict(estate.subscriptions)
    for market in ("NO", "DE", "SE"):
        ids = [id_ for id_, one in left.items() if one.market == market]
        for id_ in chance.sample(ids, int(change.leave * 0.02 * len(ids))):
            del left[id_]
    left |= {f"NO{night}-{n}": One("NO") for n in range(change.arrive)}
    left = {id_: replace(one, seats=str(5 + night)) for id_, one in left.items()}
    for id_ in chance.sample(sorted(left), int(change.misread * 0.05 * len(left))):
        left[id_] = replace(left[id_], seats="five")
    owed = dict(estate.owed or {})
    for id_ in chance.sample(sorted(owed), int(change.pay * 0.5 * len(owed))):
        del owed[id_]
    owed |= {f"NO{night}-{n}": day for n in range(min(change.bill, change.arrive))}
    holds = {id_: last for id_, last in (estate.holds or {}).items() if last >= day and id_ in left}
    for id_ in chance.sample(sorted(holds), int(change.lift * 0.2 * len(holds))):
        del holds[id_]
    return replace(estate, subscriptions=left, owed=owed, holds=holds)


# Shrinking would take minutes: an example is several runs over files.
@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(changes, min_size=2, max_size=4), st.sampled_from([0, 800]))
def test_ordinary_nights_cross_no_guard(
    guarded_book: Rulebook,  # noqa: F811
    row: list[Change],
    strangers: int,
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        nights = Nights(folder / "runs", guarded_book)
        day, estate = FIRST_NIGHT, replace(an_estate(), strangers=strangers)
        nightly(nights, folder, day, Night(estate))
        for number, change in enumerate(row, start=1):
            is_quiet = change.is_quiet and number == 1  # a Sunday; the same for days is no night
            days = 1 if is_quiet else change.days
            day += timedelta(days=days)
            if not is_quiet:
                estate = after(estate, change, number, day)
            night = Night(
                estate,
                written_days_ago=change.written_days_ago,
                clock_days_behind=change.clock_days_behind,
            )
            result = nightly(nights, folder, day, night)
            assert result.ending is Ending.PUBLISHED, result.stops
