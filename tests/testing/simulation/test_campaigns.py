"""Many histories in one report."""

from collections import Counter

from perdure.runtime.ledger import Ledger
from perdure.testing.simulation import campaign
from perdure.testing.simulation.campaigns import Campaign
from perdure.testing.simulation.history import Verdict


def verdict(seed, violation=None):
    return Verdict(
        seed=seed, digest="", violation=violation, transactions=10, seconds=43_200.0,
        counts=Counter({"a crash": 3}), lines=[],
    )  # fmt: skip


def test_histories_are_summed():
    total = Campaign()
    total.add(verdict(1))
    total.add(verdict(2))
    total.seconds = 4.0

    lines = total.lines()

    assert lines[0] == "2 histories, 20 transactions, 1.0 virtual days in 4.0 s (0/s)"
    assert lines[1].split() == ["a", "crash", "2"]  # in so many histories
    assert "1.5e+00" in lines[-1]


def test_a_violation_is_told_with_its_seed():
    total = Campaign()
    total.add(verdict(7, "I1: it broke"))

    assert total.lines()[-1] == "VIOLATION seed 7: I1: it broke"


def test_seeds_are_lived_through():
    total = campaign([1, 2, 3])

    assert (total.histories, total.violations) == (3, [])
    assert total.seconds > 0


def test_a_campaign_ends_early_where_too_much_breaks(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(Ledger, "_advance", broken)

    assert campaign(range(100), most_violations=3).histories == 3
