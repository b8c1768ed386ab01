"""No attempt's time is up while it says that it lives."""

import random

import pytest

from perdure.kernel import history
from perdure.kernel.plan import StepPlan
from perdure.ports.executor import Work
from perdure.testing.simulation.alive import SOON, Alive
from perdure.testing.simulation.faults import CALM
from perdure.testing.simulation.trace import Trace
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation, World
from tests.runtime.scenes import machine

PLAN = machine(StepPlan(name="a", timeout=5.0), "b")


@pytest.fixture
def world():
    return World(random.Random(1), CALM, Trace())


def work(step="a"):
    return Work("run-1", PLAN, PLAN.step(step), step, 1, 1, 1, "{}", None, lambda *_: {})


def ends(alive, kind="timeout", step="a", attempt=1):
    event = history.AttemptFailed(step, 1, attempt, kind, "")
    alive.check(Track("run-1", PLAN), [history.Moved("a"), event])


def test_a_timeout_after_silence_is_right(world):
    alive = Alive(world)
    alive.begins(work())
    world.run(5.0)

    ends(alive)


def test_a_timeout_of_an_attempt_that_has_just_beaten_is_seen(world):
    alive = Alive(world)
    alive.begins(work())
    world.run(4.0)
    alive.beats(work(), calmly=False)
    world.run(5.0)

    with pytest.raises(Violation, match=r"timeout: .* after 1\.0 s of silence"):
        ends(alive)


def test_other_failures_may_come_at_any_time(world):
    alive = Alive(world)
    alive.begins(work())
    alive.begins(work("b"))

    ends(alive, kind="error")
    ends(alive, step="b")
    ends(alive, attempt=2)


def test_what_beats_for_long_where_all_is_calm_is_to_be_seen(world):
    alive = Alive(world)
    told = []
    for until in (1.0, SOON, SOON + 2.0):
        world.run(until)
        told.append(alive.beats(work(), calmly=True))

    assert told == [False, False, True]
