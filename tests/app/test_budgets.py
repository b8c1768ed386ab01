"""Budgets as people set and see them."""

import pytest

from perdure.app.budgets import BudgetView
from perdure.errors import InvalidValueError, RunNotFoundError
from perdure.testing.sandbox import Sandbox
from tests.app.scenes import asking

FLOW = asking()


@pytest.fixture
def engine():
    with Sandbox() as sandbox:
        yield sandbox


def test_a_runs_budget_is_set_raised_and_lifted(engine):
    run = engine.start(FLOW)

    made = engine.budgets.set(run=run.id, max_cost=0.5, on_budget="stop")
    assert made == BudgetView(run=run.id, max_cost=0.5, on_budget="stop")

    engine.budgets.set(run=run.id, max_cost=2)
    assert [each.max_cost for each in engine.budgets.list()] == [2.0]

    engine.budgets.set(run=run.id, max_cost=None)
    assert [each.max_cost for each in engine.budgets.list()] == [None]


def test_a_workflows_budget_is_for_each_span(engine):
    made = engine.budgets.set(workflow="report", max_cost=20, per="day")

    assert (made.workflow, made.per, made.spent) == ("report", "day", 0.0)
    assert engine.budgets.spent(workflow="report", per="day") == 0.0


def test_a_run_that_is_not_there_has_no_budget(engine):
    with pytest.raises(RunNotFoundError):
        engine.budgets.set(run="run_0", max_cost=1)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"max_cost": 1}, "name one of the two"),
        ({"max_cost": 1, "run": "r", "workflow": "w"}, "name one of the two"),
        ({"max_cost": -1, "workflow": "w"}, "an amount of US dollars"),
        ({"max_cost": "1", "workflow": "w"}, "an amount of US dollars"),
        ({"max_cost": True, "workflow": "w"}, "an amount of US dollars"),
        ({"max_cost": float("nan"), "workflow": "w"}, "an amount of US dollars"),
        ({"max_cost": 1, "workflow": "w", "per": "week"}, "one of day, month, ever"),
        ({"max_cost": 1, "workflow": "w", "on_budget": "cry"}, "one of pause, degrade, stop"),
    ],
)
def test_what_cannot_be_meant_is_told(engine, said, told):
    with pytest.raises(InvalidValueError, match=told):
        engine.budgets.set(**said)
