"""What steps act upon: every effect is remembered, and one done twice is seen at once."""

import pytest

from perdure.kernel.plan import StepPlan
from perdure.ports.executor import Work
from perdure.testing.simulation.services import Services
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.scenes import ONE_STEP

STEP = StepPlan(name="a", at_most_once=True, verify=True)


def attempt(number, visit=1):
    return Work("run-1", ONE_STEP, STEP, "a", visit, number, 1, "{}", None, lambda _run, _steps: {})


def telling(services):
    """Return an attempt that gets an answer: some are told that nobody knows."""
    return next(work for n in range(2, 99) if Services().answer(work := attempt(n)) is not None)


def test_an_effect_is_done_once_for_each_visit():
    services = Services()

    assert services.act(attempt(1))
    assert services.act(attempt(1, visit=2))
    assert services.has_acted("run-1", "a", 1)
    assert not services.has_acted("run-1", "a", 3)


def test_an_effect_that_is_done_twice_is_a_violation():
    services = Services()
    services.act(attempt(1))

    with pytest.raises(Violation, match="once: a#1 of run run-1 acted twice"):
        services.act(attempt(2))


def test_who_hears_that_it_was_not_done_hears_that_it_will_not_be():
    services = Services()
    asking = telling(services)

    assert services.answer(asking) is False
    assert not services.act(attempt(1))
    assert services.act(asking)
    assert services.answer(asking) is True


def test_somebody_else_may_say_so_too():
    services = Services()
    services.void("run-1", "a", 1, 2)

    assert not services.act(attempt(1))
    assert services.act(attempt(2))


def test_some_answers_are_that_nobody_knows():
    answers = {Services().answer(attempt(number)) for number in range(2, 40)}

    assert answers == {None, False}
