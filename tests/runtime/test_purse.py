"""The purse of a process."""

from types import SimpleNamespace

import pytest

from perdure.app.virtual import VirtualClock
from perdure.ports.budgets import BudgetExceededError, Cap
from perdure.runtime.purse import StorePurse, nanos
from perdure.stores.memory import MemoryStore

WORK = SimpleNamespace(run="r1", workflow="order", path="ask", visit=1, attempt=1)
DECLARED = (Cap("run", "", nanos(1.0), "ever", "stop"),)


@pytest.fixture
def clock():
    return VirtualClock()


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def purse(store, clock):
    return StorePurse(store, clock)


def test_where_nothing_is_limited_nothing_is_reserved(purse):
    assert purse.reserve(WORK, "m", 0.5, ()) is None
    assert purse.reserve(WORK, "m", None, ()) is None


def test_a_declared_budget_is_that_of_the_run_that_asks(purse, store):
    number = purse.reserve(WORK, "m", 0.75, DECLARED)
    with pytest.raises(BudgetExceededError) as found:
        purse.reserve(WORK, "m", 0.5, DECLARED)

    assert number is not None
    assert found.value.exceeded == "stop"
    assert "$0.750000 of the $1.000000 that this run may spend" in str(found.value)
    assert "perdure budgets set --run r1 --max-cost" in str(found.value)


def test_what_it_cost_frees_the_rest(purse):
    number = purse.reserve(WORK, "m", 0.75, DECLARED)
    purse.settle(number, 0.25)

    assert purse.reserve(WORK, "m", 0.75, DECLARED) is not None


def test_a_budget_that_was_set_limits_runs_whose_definition_says_nothing(purse, store):
    store.budgets.put(Cap("workflow", "order", nanos(0.1), "day", "pause"))

    with pytest.raises(
        BudgetExceededError, match=r"the runs of 'order' may spend in a day"
    ) as found:
        purse.reserve(WORK, "m", 0.5, ())

    assert found.value.pauses


def test_a_price_that_nobody_knows_cannot_be_kept_within_a_budget(purse):
    with pytest.raises(BudgetExceededError, match="not known, so a budget cannot be kept"):
        purse.reserve(WORK, "m", None, DECLARED)


def test_turns_come_as_far_apart_as_the_rate_says(purse):
    assert [purse.turn("a", 2, 1.0) for _ in range(3)] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("dollars", "told"), [(1.0, 10**9), (1e-9, 1), (1e-10, 1), (0, 0), (0.1, 10**8)]
)
def test_amounts_are_rounded_up_to_whole_billionths(dollars, told):
    assert nanos(dollars) == told
