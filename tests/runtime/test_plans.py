"""Plans are found by their hash: those that were used here, and those that the store has."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.runtime.plans import Plans
from tests.runtime.scenes import machine, scene

PLAN = machine("a", "b")


def test_a_plan_of_the_store_is_read_once():
    play = scene(PLAN)
    play.start()
    plans = Plans(play.store)

    found = plans.get(PLAN.hash)

    assert found == PLAN
    assert plans.get(PLAN.hash) is found
    assert PLAN.hash in plans.stored


def test_a_plan_that_is_about_to_be_stored_is_known_here():
    plans = Plans(scene().store)

    plans.keep(PLAN)

    assert plans.get(PLAN.hash) is PLAN
    assert plans.stored == set()


def test_a_plan_that_nobody_has_is_an_error_that_says_so():
    with pytest.raises(StoreRefusedError, match="no plan 'plan_x'"):
        Plans(scene().store).get("plan_x")
