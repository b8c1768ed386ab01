"""What a run will take and cost, from what runs have taken."""

import pytest

from perdure.app.figures.estimates import Estimate, by_step, estimate, history, paid
from perdure.app.figures.gathering import Call
from perdure.app.figures.statistics import NOTHING, Figure
from tests.app.figures.made import flow, sandbox, takes

NEAR = 1e-4


def close(figure):
    return (pytest.approx(figure[0], abs=NEAR), figure[1], figure[2])


def told(figure):
    return (figure.value, figure.basis, figure.samples)


def test_a_workflow_that_never_ran_has_no_estimate():
    """S004-08, A004-24."""
    with sandbox() as engine:
        assert estimate(engine.store, flow(takes("a", 1)).plan, engine.clock.now()) == Estimate()


def test_runs_of_the_same_plan_tell_how_long_one_takes():
    with sandbox() as engine:
        made = flow(takes("a", "${workflow.input.s}"))
        for seconds in (1, 2, 30):
            engine.start(made, inputs={"s": seconds})

        found = estimate(engine.store, made.plan, engine.clock.now())

    assert told(found.seconds) == close((2.0, "history", 3))
    assert told(found.cost) == (0.0, "history", 3)


def test_a_changed_workflow_is_foretold_by_the_steps_that_are_still_the_same():
    """One after the other before, side by side now."""
    with sandbox() as engine:
        before = flow(takes("a", 5), takes("b", 3, depends_on=["a"]))
        engine.start(before)
        after = flow(takes("a", 5), takes("b", 3), name=before.name)

        found = estimate(engine.store, after.plan, engine.clock.now())

    assert told(found.seconds) == close((5.0, "history", 1))
    assert told(found.cost) == (0.0, "history", 1)


def test_a_step_that_does_something_else_now_leaves_nothing_to_tell():
    with sandbox() as engine:
        before = flow(takes("a", 5))
        engine.start(before)
        after = flow(takes("a", 6), name=before.name)

        assert estimate(engine.store, after.plan, engine.clock.now()) == Estimate()


def test_runs_that_failed_or_are_old_tell_nothing():
    with sandbox() as engine:
        made = flow(takes("a", "${workflow.input.s}", error_handling={"max_retries": 0}))
        engine.start(made, inputs={"s": -1})
        engine.start(made, inputs={"s": 1})
        engine.clock.advance(days=91)

        assert history(engine.store, made.name, engine.clock.now()) == []


def test_items_of_loops_are_told_by_run():
    each = {
        "id": "each", "type": "loop", "iterate_over": "${workflow.input.items}",
        "step": {"type": "data_processing", "function": "test_figures_take", "input": "${loop.current_item}"},
    }  # fmt: skip
    with sandbox() as engine:
        made = flow(each)
        engine.start(made, inputs={"items": [1, 2]})

        steps = by_step(
            engine.store, made.plan, history(engine.store, made.name, engine.clock.now())
        )

    assert steps["each"].items == [[pytest.approx(1.0, abs=NEAR), pytest.approx(2.0, abs=NEAR)]]
    assert steps["each"].seconds == [pytest.approx(3.0, abs=NEAR)]


def test_costs_are_measured_tokens_at_prices_that_hold_now():
    """Doubling a price doubles them."""
    calls = [
        [Call(model="m", usage={"n": 10}, cost=1.0)],
        [Call(model="m", usage={"n": 30}, cost=1.0)],
    ]

    single = paid(calls, lambda _model, usage: usage["n"] * 0.5)
    double = paid(calls, lambda _model, usage: usage["n"] * 1.0)

    assert single == Figure(10.0, "prices", 2)
    assert double.value == 2 * single.value


def test_where_nobody_has_prices_it_is_what_was_paid_and_nothing_if_that_is_not_known():
    known = [[Call(model="m", usage={}, cost=1.0)], [], [Call(model="m", usage={}, cost=2.0)]]
    unknown = [[Call(model="m", usage={}, cost=None)], [Call(model="m", usage={}, cost=2.0)]]

    assert paid(known, lambda *_: None) == Figure(1.0, "history", 3)
    assert paid(unknown, lambda *_: None) == NOTHING
    assert paid([], lambda *_: None) == NOTHING
