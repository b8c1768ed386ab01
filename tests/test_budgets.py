"""The table of budgets is read as its head says."""

import itertools

import pytest

from tests import budgets
from tests.budgets import Budget, budget, record_count, take_counts


@pytest.fixture(autouse=True)
def _by_day(monkeypatch):
    monkeypatch.delenv("PERDURE_NIGHTLY", raising=False)
    monkeypatch.delenv("PERDURE_BUDGET_SCALE", raising=False)


def test_in_ci_the_seconds_bound_a_harness():
    assert budget("kills") == Budget("kills", unit="kills", seconds=120, count=None, at_least=10)


def test_at_night_the_full_count_is_asked_for(monkeypatch):
    monkeypatch.setenv("PERDURE_NIGHTLY", "1")

    assert budget("simulation").count == 10_000
    assert budget("kills").count == 1_000


def test_a_budget_can_be_scaled_while_one_works_on_a_harness(monkeypatch):
    monkeypatch.setenv("PERDURE_BUDGET_SCALE", "0.1")

    assert budget("documents").seconds == pytest.approx(6)


def test_rounds_end_at_the_count():
    assert list(Budget("x", unit="x", seconds=1e9, count=3).rounds()) == [0, 1, 2]


def test_rounds_go_on_after_the_time_until_the_least_is_done():
    assert list(Budget("x", unit="x", seconds=0, at_least=4).rounds()) == [0, 1, 2, 3]


def test_rounds_go_on_while_there_is_time():
    rounds = Budget("x", unit="x", seconds=1e9).rounds()

    assert len(list(itertools.islice(rounds, 100))) == 100


def test_a_count_is_told_beside_what_was_allowed():
    said = str(budgets.Count("simulation", 1234, 119.84))

    assert said == "simulation: 1,234 histories in 119.8 s of 120 s"


def test_a_harness_that_did_too_little_fails():
    with pytest.raises(AssertionError, match="only 2 kills"):
        record_count("kills", 2, 9.0)

    assert [count.n for count in take_counts()] == [2]
