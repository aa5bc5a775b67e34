"""`promises.yaml`: what is never to happen, and what of it can be said."""

from pathlib import Path

import pytest
from tests.policy.marks import Verdict, judged

from lapse.policy.reading.promises import Earlier


@pytest.fixture
def verdict(request: pytest.FixtureRequest, tmp_path: Path) -> Verdict:
    return judged(request.function.__doc__, tmp_path)


def test_a_whole_promise(verdict: Verdict) -> None:
    """A condition, an earlier action, and where it holds.

    --- promises.yaml
    promises:
      - name: nobody  waits in vain
        never:
          suspend: {days_past_due: {lte: $grace_days}}
          notify: {without: {notify: 3}}
        where: {market: NO}
        source: "example: ours"
    """
    assert verdict.found == []
    (promise,) = verdict.policies.promises
    assert (promise.name, promise.source) == ("nobody waits in vain", "example: ours")
    assert str(promise.where) == "market is NO"
    first, second = promise.never
    assert (first.action, str(first.unless)) == ("suspend", "days_past_due <= grace_days")
    assert (second.action, second.unless) == ("notify", Earlier("notify", 3))


def test_what_a_promise_needs(verdict: Verdict) -> None:
    """Each mistake at its place; what is right is kept.

    --- promises.yaml
    promises:
      - never: {suspend: {trial: yes}}                      #! missing-key
      - name: a
        nevr: {suspend: {trial: yes}}                       #! unknown-key
        never: {suspend: {trail: yes}}                      #! unknown-name
      - {name: b, never: {suspnd: {trial: yes}}}            #! unknown-action
      - {name: c, never: {suspend: {without: {remind: 1}}}} #! unknown-action
      - {name: d, never: {suspend: {without: {notify: 0}}}} #! bad-value
      - {name: e, never: {suspend: {without: {notify: 1, suspend: 2}}}} #! wrong-shape
      - {name: f, never: {suspend: {without: {notify: 1}, trial: yes}}} #! misplaced-key
      - {name: g, never: {suspend: }}                       #! wrong-shape
      - {name: h, never: }                                  #! wrong-shape
      - {name: i, never_harsher: {than: other}}             #! promise-not-provable
      - {name: j, never: {suspend: {trial: yes}}, always: {suspend: {}}} #! promise-kind
      - just text                                           #! wrong-shape
      - {name: k, never: {suspend: {trial: yes}}}
    """
    assert verdict.found == verdict.marked
    assert verdict.policies.promises[-1].name == "k"


def test_wrong_promises_do_not_stop_a_run(verdict: Verdict) -> None:
    """The rulebook is there, and the same as without them; the set is not sound.

    --- promises.yaml
    promises: [{name: a}]
    """
    assert verdict.policies.book is not None
    assert not verdict.policies.is_sound
