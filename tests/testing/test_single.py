"""One step alone."""

from datetime import timedelta

import pytest
from pydantic import BaseModel

from perdure import (
    children,
    complete,
    fail,
    get_context,
    get_failure,
    goto,
    sleep,
    start_child,
    step,
    wait,
)
from perdure.errors import (
    ChildFailedError,
    ContextInvalidError,
    DefinitionError,
    InvalidStepResultError,
    InvalidValueError,
    UnknownWorkflowError,
)
from perdure.testing import Ended, Started, run_step
from tests.testing.flows import WEEK, Order, Reminder


def test_a_step_returns_what_it_asks_for_in_the_words_it_was_written_in():
    ran = run_step(Order, "ask", context={"order_id": 7})

    assert ran.directive == wait.for_signal("payment", timeout=WEEK, on_timeout="give_up")
    assert ran.directive != wait.for_signal("payment")


def test_the_context_that_it_leaves_is_an_instance_of_the_model():
    ran = run_step(Order, Order.ask, context=Order.Context(order_id=7, log=["before"]))

    assert isinstance(ran.context, Order.Context)
    assert ran.context.log == ["before", "asked"]
    assert ran.data == {"order_id": 7, "paid": False, "log": ["before", "asked"]}


def test_a_signals_payload_and_the_attempt_are_given():
    ran = run_step(Order, "ship", context={"order_id": 7}, payload={"paid": True}, attempt=3)

    assert ran.directive == complete(note="thank you")
    assert ran.context.note == "thank you"
    assert ran.data["paid"] is True


def test_what_the_step_raises_comes_through():
    with pytest.raises(ConnectionError, match="the carrier"):
        run_step(Order, "ship", context={"order_id": 7, "paid": True})


def test_a_coroutine_is_awaited():
    assert run_step(Reminder, "remind").directive == sleep(timedelta(hours=1))
    assert run_step(Reminder, "remind", context={"sent": 2}).directive == goto("end")


def test_other_ends_can_be_told():
    assert run_step(Order, "ship", context={"order_id": 7}).directive == fail("it was not paid")


def test_a_wrong_context_or_step_is_told():
    with pytest.raises(InvalidValueError, match="order_id: field required"):
        run_step(Order, "ask")
    with pytest.raises(DefinitionError, match="has no step 'shp'"):
        run_step(Order, "shp")


def test_what_a_run_would_refuse_is_refused():
    class Slips:
        class Context(BaseModel):
            n: int = 0

        @step(start=True)
        def nothing(self):
            pass

        @step()
        def wrong(self):
            get_context().n = "many"
            return complete()

    with pytest.raises(InvalidStepResultError, match="Slips.nothing returned nothing"):
        run_step(Slips, "nothing")
    with pytest.raises(ContextInvalidError, match="n: input should be a valid integer"):
        run_step(Slips, "wrong")


# -- children and hooks ----------------------------------------------------------------------
class Parent:
    class Context(BaseModel):
        orders: list[int] = []
        total: int = 0
        why: str = ""

    @step(start=True)
    def begin(self):
        for order in get_context().orders:
            start_child(Order, order_id=order, detached=order > 1)
        return wait.for_children(then=self.end)

    @step
    def end(self):
        get_context().total = sum(child.result()["n"] for child in children())
        return complete()

    @step(on_fail=True)
    def undo(self):
        get_context().why = get_failure().message


def test_children_that_a_step_starts_are_told_and_not_started():
    ran = run_step(Parent, "begin", context={"orders": [1, 2]})

    assert ran.directive == wait.for_children(then="end")
    assert [(one.workflow, one.data["order_id"], one.detached) for one in ran.started] == [
        ("kit_order", 1, False),
        ("kit_order", 2, True),
    ]
    assert isinstance(ran.started[0], Started)


def test_a_step_finds_the_children_that_it_is_given():
    ran = run_step(Parent, "end", children=[Ended("order", {"n": 2}), Ended("order", {"n": 3})])

    assert ran.context.total == 5
    with pytest.raises(ChildFailedError, match="no stock"):
        run_step(Parent, "end", children=[Ended("order", failed=("error", "no stock"))])


def test_a_workflow_that_is_not_known_cannot_be_started():
    class Lost(Parent):
        @step(start=True)
        def begin(self):
            start_child("nobody knows it")
            return complete()

    with pytest.raises(UnknownWorkflowError):
        run_step(Lost, "begin")


def test_a_hook_is_told_why_the_run_fails():
    assert run_step(Parent, "undo", failure=("end", "timeout", "late")).context.why == "late"
    with pytest.raises(AttributeError):
        run_step(Parent, "undo")  # nothing fails, and it does not look
