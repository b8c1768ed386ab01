"""Graphs that are played through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdure.app.figures.forecasts import critical, forecast
from perdure.kernel.plan import Plan, PlanKind, StepPlan


def graph(most=None, **needs):
    steps = tuple(StepPlan(name=name, needs=tuple(wanted)) for name, wanted in needs.items())
    return Plan(workflow="w", kind=PlanKind.GRAPH, steps=steps, max_parallel=most)


DIAMOND = {"a": "", "b": "a", "c": "a", "d": "bc"}
TOOK = {"a": 1.0, "b": 5.0, "c": 2.0, "d": 1.0}


def test_steps_run_side_by_side():
    assert forecast(graph(**DIAMOND), TOOK) == 7.0


def test_at_most_so_many_at_a_time():
    assert forecast(graph(1, **DIAMOND), TOOK) == 9.0


def test_those_that_are_ready_begin_in_the_order_of_the_plan():
    """With room for two, the long one begins last."""
    plan = graph(2, a="", b="", c="")

    assert forecast(plan, {"a": 1.0, "b": 1.0, "c": 10.0}) == 11.0
    assert forecast(graph(2, c="", a="", b=""), {"a": 1.0, "b": 1.0, "c": 10.0}) == 10.0


def test_the_longest_way_is_told():
    assert critical(graph(**DIAMOND), TOOK) == ["a", "b", "d"]
    assert critical(graph(), {}) == []
    assert forecast(graph(), {}) == 0.0


@given(st.data())
def test_it_is_never_shorter_than_the_longest_way_nor_longer_than_one_by_one(data):
    names = "abcdefgh"
    needs = {
        n: data.draw(st.sets(st.sampled_from(names[:at]))) if at else set()
        for at, n in enumerate(names)
    }
    took = {name: data.draw(st.floats(0, 100)) for name in names}
    plan = graph(data.draw(st.none() | st.integers(1, 4)), **needs)

    found = forecast(plan, took)

    way = sum(took[name] for name in critical(plan, took))
    assert way - 1e-6 <= found <= sum(took.values()) + 1e-6
    if plan.max_parallel is None:
        assert found == pytest.approx(way)
