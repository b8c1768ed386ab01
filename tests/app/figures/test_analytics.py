"""How a workflow has done."""

import random
from statistics import fmean

import pytest

from perdure.app.figures.analytics import analyse
from perdure.app.figures.frames import frame_of
from perdure.app.figures.gathering import gather
from perdure.app.figures.statistics import NOTHING, Figure
from perdure.ports.rows import RunFilter
from tests.app.figures.made import flow, ran, sandbox, takes, tried

ALL = frame_of("all", 0.0)
DAY = 86_400.0
FRAMES = ("last_24_hours", "last_week", "last_7_days", "last_30_days", "last_90_days", "all")


def test_a_workflow_without_runs_has_no_figures():
    found = analyse([], ALL)

    assert (found.begun, found.seconds, found.success, found.cost) == (0, NOTHING, NOTHING, NOTHING)
    assert found.steps == {}


def test_durations_are_of_those_that_completed_and_success_is_no_matter_of_cancelling():
    """S004-55."""
    runs = [
        ran(ended=10.0),
        ran(ended=30.0),
        ran(status="failed", ended=1.0),
        ran(status="cancelled", ended=2.0),
        ran(status="waiting", ended=None),
    ]

    found = analyse(runs, ALL)

    assert found.seconds == Figure(20.0, "history", 2)
    assert (found.median.value, found.slow.value) == (10.0, 30.0)
    assert found.success == Figure(100 * 2 / 3, "history", 3)
    assert found.counts == {"completed": 2, "failed": 1, "cancelled": 1, "running": 1}
    assert found.begun == 5


def test_costs_are_of_all_that_ended_and_are_known():
    runs = [
        ran(tried(cost=0.25), tried(cost=0.5)),
        ran(tried(cost=0.25), status="failed"),
        ran(tried(cost=None), tried(cost=9.0)),
        ran(tried(cost=5.0), ended=None, status="running"),
    ]

    assert analyse(runs, ALL).cost == Figure(0.5, "history", 2)


def test_a_run_that_asks_nobody_costs_nothing():
    assert analyse([ran(tried())], ALL).cost == Figure(0.0, "history", 1)


def test_steps_have_figures_of_their_own():
    again = tried("ask", status="failed", ended=4.0, cost=0.1)
    runs = [ran(again, tried("ask", ended=2.0, cost=0.3), tried("tell", ended=6.0))]

    steps = analyse(runs, ALL).steps

    assert steps["ask"].seconds == Figure(2.0, "history", 1)
    assert steps["ask"].success == Figure(50.0, "history", 2)
    assert steps["ask"].attempts == Figure(2.0, "history", 1)
    assert steps["ask"].cost == Figure(0.2, "history", 2)
    assert steps["tell"].slowest == Figure(6.0, "history", 1)
    assert steps["tell"].cost == NOTHING


def test_a_step_whose_price_is_not_known_once_has_no_cost():
    assert analyse([ran(tried(cost=None), tried(cost=1.0))], ALL).steps["ask"].cost == NOTHING


@pytest.mark.parametrize("name", FRAMES)
def test_thirty_runs_over_sixty_days_to_the_digit(name):
    """S004-55, A004-36: what is told of a timeframe is what one would reckon by hand."""
    chance = random.Random(4711)
    told = []
    with sandbox() as engine:
        made = flow(
            takes("work", "${workflow.input.seconds}", error_handling={"max_retries": 0}),
            takes("rest", 1.5),
        )
        for _ in range(30):
            engine.clock.advance(days=2)
            seconds = chance.choice([-1, 1, 1, 1]) * chance.randrange(1, 4000) / 8
            begun = engine.clock.now()
            engine.start(made, inputs={"seconds": seconds})
            told.append((begun, seconds))
        now = engine.clock.now()
        frame = frame_of(name, now)

        found = analyse(gather(engine.store, frame, RunFilter(workflow=made.name)), frame)

    within = [seconds for begun, seconds in told if begun >= frame.since]
    good = [seconds + 1.5 for seconds in within if seconds > 0]
    assert found.begun == len(within) >= 1
    assert found.seconds.samples == len(good)
    assert found.seconds.value == (pytest.approx(fmean(good), abs=1e-5) if good else None)
    assert found.success.value == 100.0 * len(good) / len(within)
    assert found.cost == Figure(0.0, "history", len(within))
