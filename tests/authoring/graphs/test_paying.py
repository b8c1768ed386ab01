"""Calls of models within a budget: reserved before, settled after."""

import pytest

from perdure.authoring.graphs.paying import Payer, caps_of
from perdure.errors import (
    AttemptStoppedError,
    InvalidInputError,
    ModelUnavailableError,
    StepTimeoutError,
)
from perdure.ports.budgets import NANO, BudgetExceededError, Cap
from perdure.ports.models import ModelAnswer, ModelRequest, Pace
from tests.authoring.graphs.support import Echo, ask, attempt
from tests.authoring.graphs.test_bodies import plan_of, run

DECLARED = {"max_cost": 0.5, "on_budget": "stop"}


class Dear:
    """A provider whose models cost what it is told, and which may fail."""

    name = "dear"

    def __init__(self, cost=0.25, *, most=0.4, model="m", error=None, pace=None):
        self.cost, self.most, self.model, self.error, self._pace = cost, most, model, error, pace
        self.asked = []

    def serves(self, model):
        return model == self.model

    def most_cost(self, _request):
        return self.most

    def pace(self, _model):
        return self._pace

    def answer(self, request):
        self.asked.append(request.model)
        if self.error is not None:
            raise self.error
        return ModelAnswer(
            "yes", request.model, kind="text", method="paid", cost=self.cost, cost_basis="list"
        )


class Till:
    """A purse that keeps what it was told, and has so much."""

    def __init__(self, has=1.0, exceeded="stop", waits=0.0):
        self.has, self.exceeded, self.waits = has, exceeded, waits
        self.reserved, self.settled, self.turns = [], [], []

    def reserve(self, _work, model, dollars, declared):
        if dollars is None or dollars > self.has:
            raise BudgetExceededError(f"{model} is too dear", exceeded=self.exceeded)
        self.has -= dollars
        self.reserved.append((model, dollars, declared))
        return len(self.reserved)

    def settle(self, number, dollars):
        self.settled.append((number, dollars))

    def turn(self, *asked):
        self.turns.append(asked)
        return self.waits


def work_with(purse):
    work = attempt(plan_of(ask("a")), "a", inputs={"text": "x"})
    work.purse = purse
    return work


def asked(provider, purse, said=DECLARED):
    return Payer.of(said).ask(work_with(purse), provider, ModelRequest("m", "x"))


def test_what_a_call_may_cost_is_reserved_and_what_it_cost_is_settled():
    purse = Till()

    assert asked(Dear(), purse).result == "yes"
    assert purse.reserved == [("m", 0.4, Payer.of(DECLARED).caps)]
    assert purse.settled == [(1, 0.25)]


def test_nobody_is_asked_where_it_is_too_much():
    dear = Dear()

    with pytest.raises(BudgetExceededError):
        asked(dear, Till(has=0.1))

    assert dear.asked == []


def test_an_answer_whose_cost_nobody_knows_stays_as_it_was_reserved():
    purse = Till()
    asked(Dear(cost=None), purse)

    assert purse.settled == []


def test_a_call_that_was_refused_has_cost_nothing():
    purse = Till()
    with pytest.raises(InvalidInputError):
        asked(Dear(error=InvalidInputError("bad")), purse)

    assert purse.settled == [(1, 0.0)]


def test_a_call_that_failed_after_an_answer_has_cost_what_it_says():
    error = InvalidInputError("odd")
    error.spent = {"cost": 0.125}
    purse = Till()
    with pytest.raises(InvalidInputError):
        asked(Dear(error=error), purse)

    assert purse.settled == [(1, 0.125)]


@pytest.mark.parametrize("error", [StepTimeoutError("slow"), KeyError("a fault of its own")])
def test_a_call_that_may_have_been_answered_stays_reserved(error):
    if isinstance(error, StepTimeoutError):
        error.spent = {"cost": None}
    purse = Till()
    with pytest.raises(type(error)):
        asked(Dear(error=error), purse)

    assert purse.settled == []


def test_what_costs_nothing_is_not_reserved():
    purse = Till(has=0)

    assert asked(Dear(cost=0.0, most=0.0), purse).result == "yes"
    assert purse.reserved == []


def test_a_provider_that_tells_no_price_cannot_be_kept_within_a_budget():
    with pytest.raises(BudgetExceededError):
        asked(Echo("m"), Till())


def test_a_turn_is_taken_before_anybody_is_asked():
    purse = Till(waits=0.01)
    asked(Dear(pace=Pace("openai:abc", 5, 1.0)), purse)

    assert purse.turns == [("openai:abc", 5, 1.0)]


def test_who_is_called_off_waits_no_longer():
    work = work_with(Till(waits=3_600.0))
    work.called_off = lambda _work: True
    dear = Dear(pace=Pace("openai:abc", 5, 1.0))

    with pytest.raises(AttemptStoppedError):
        Payer().ask(work, dear, ModelRequest("m", "x"))

    assert dear.asked == []


def test_without_a_purse_a_budget_cannot_be_kept_and_that_is_said():
    with pytest.raises(BudgetExceededError, match="no budget can be kept"):
        asked(Dear(), None)

    assert asked(Dear(), None, {}).result == "yes"
    assert asked(Echo("m"), None).model == "m"


def test_a_definitions_budget_becomes_caps_of_the_run_and_of_its_workflow():
    said = {"max_cost": 0.5, "workflow_max_cost": 20, "per": "day", "on_budget": "degrade"}

    assert caps_of(said) == (
        Cap("run", "", NANO // 2, "ever", "degrade"),
        Cap("workflow", "", 20 * NANO, "day", "degrade"),
    )
    assert caps_of({}) == ()


STANDS_IN = {"fallback_models": {"m": "cheap"}}


def degraded(*providers, on_budget="degrade", has=0.1):
    plan = plan_of(
        ask("a"), error_handling=STANDS_IN, budget={"max_cost": 1.0, "on_budget": on_budget}
    )
    from tests.authoring.graphs.test_bodies import body_of

    work = attempt(plan, "a", inputs={"text": "x"})
    work.purse = Till(has=has, exceeded=on_budget)
    return body_of(plan, "a", providers)(work)


def test_a_cheaper_model_is_asked_where_that_is_wanted():
    """A model's budget: degrade."""
    result = degraded(Dear(), Dear(model="cheap", cost=0.05, most=0.06))

    assert result.meta["model_used"] == "cheap"
    assert result.meta["cost"] == 0.05
    assert "too dear" in result.meta["tried"][0]


def test_where_no_model_is_cheap_enough_the_run_is_held():
    with pytest.raises(BudgetExceededError) as found:
        degraded(Dear(), Dear(model="cheap"))

    assert found.value.pauses


@pytest.mark.parametrize(("on_budget", "pauses"), [("pause", True), ("stop", False)])
def test_nobody_else_is_asked_where_that_is_not_wanted(on_budget, pauses):
    cheap = Dear(model="cheap", most=0.01)
    with pytest.raises(BudgetExceededError) as found:
        degraded(Dear(), cheap, on_budget=on_budget)

    assert found.value.pauses is pauses
    assert cheap.asked == []


def test_a_model_that_is_not_there_does_not_hide_that_the_others_are_too_dear():
    with pytest.raises(BudgetExceededError):
        degraded(Dear(), Dear(model="cheap", error=ModelUnavailableError("gone"), most=0.01))


def test_a_loops_step_is_paid_for_like_any_other():
    loop = {"id": "each", "type": "loop", "iterate_over": "${workflow.input.all}"}
    inner = {"type": "inference", "model": "m", "input": "${loop.current_item}"}
    plan = plan_of({**loop, "step": inner}, budget={"max_cost": 1.0})

    assert '"max_cost":1.0' in plan.step("each").config


def test_a_step_says_what_its_answer_has_cost():
    """A004-24: an answer without a price costs null, never nothing."""
    result = run(plan_of(ask("a")), "a", inputs={"text": "x"})

    assert result.meta["cost"] is None
    assert result.meta["cost_basis"] == "none"
