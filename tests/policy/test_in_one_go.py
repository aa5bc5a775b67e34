"""Errors inside a file do not hide those between the others."""

from pathlib import Path

from tests.policy.conftest import CATALOGUE

from lapse.policy.load import load

SET = {
    "catalogue.yaml": CATALOGUE,
    "base.yaml": "layer: Base\nterms: {grace_days: 14}\n",
    "other.yaml": "layer: Other\nterms: {grace_days: 7}\n",
    "norway.yaml": "layer: Norway\napplies_to: {market: NOR}\nterms: {grace_days: 3}\n",
}


def test_a_broken_layer_does_not_hide_what_two_others_contradict(tmp_path: Path) -> None:
    for name, text in SET.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = load(tmp_path)
    assert found.book is None
    told = [(Path(problem.place.file).name, problem.code) for problem in found.problems]
    assert told == [("norway.yaml", "bad-value"), ("other.yaml", "ambiguous-layers")]
