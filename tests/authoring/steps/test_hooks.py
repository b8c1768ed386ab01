"""Hooks of step classes: what they are declared like, what they may return, what leads to them."""

import pytest
from pydantic import BaseModel

from perdure.authoring.steps.compiler import compile_class
from perdure.authoring.steps.current import enter, leave
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, fail, goto, sleep, wait
from perdure.authoring.steps.hooks import Hook, RunFailure, get_failure
from perdure.authoring.steps.options import StepOptions
from perdure.authoring.steps.transactional import TransactionalBody
from perdure.errors import DefinitionError, InvalidStepResultError, OutsideStepError
from perdure.kernel.directives import Complete, Fail, Goto, Next
from perdure.ports.executor import Work


class Order:
    class Context(BaseModel):
        paid: bool = False

    @step(start=True)
    def pay(self):
        return wait.for_signal("paid")

    @step
    def ship(self):
        return wait.for_signal("shipped")

    @step(on_fail=True)
    def refund(self):
        return goto(self.pay)

    @step(on_cancel=True, timeout=5)
    def release(self):
        return None


def bodies():
    flow = compile_class(Order, "order")
    return flow.plan, flow.bodies["refund"], flow.bodies["release"]


def test_a_class_names_its_hooks_and_they_are_not_gone_to():
    plan, _, _ = bodies()

    assert (plan.start, plan.on_fail, plan.on_cancel) == ("pay", "refund", "release")
    assert plan.step("release").timeout == 5
    assert plan.step("pay").then == "ship"
    assert plan.step("ship").then is None, "a wait in the last step that is no hook completes"


def test_a_hook_that_returns_nothing_lets_the_run_end():
    _, refund, release = bodies()

    assert refund.outcome(None) == release.outcome(None) == Next()


def test_a_hook_of_a_failure_may_take_it_back_or_give_another_reason():
    _, refund, _ = bodies()

    assert refund.outcome(goto("pay")) == Goto("pay")
    assert refund.outcome(complete()) == Complete()
    assert refund.outcome(fail("refunded")) == Fail("refunded")


def test_a_hook_of_a_cancel_may_add_to_the_context_and_nothing_else():
    _, _, release = bodies()

    assert release.outcome(complete(note="x")) == Complete()
    for asked in (goto("pay"), fail("no")):
        with pytest.raises(InvalidStepResultError, match=r"Order\.release is a hook and asked for"):
            release.outcome(asked)


@pytest.mark.parametrize("asked", [sleep(1), wait.for_signal("x")])
def test_no_hook_rests(asked):
    _, refund, _ = bodies()

    with pytest.raises(InvalidStepResultError, match="Return nothing to let the run fail"):
        refund.outcome(asked)


def test_a_hook_that_returns_anything_else_is_told_what_any_step_is():
    _, refund, _ = bodies()

    with pytest.raises(InvalidStepResultError, match="returned a dict"):
        refund.outcome({})


def test_one_hook_may_be_for_both():
    class Both:
        @step(start=True)
        def a(self):
            return complete()

        @step(on_fail=True, on_cancel=True)
        def undo(self):
            return None

    plan = compile_class(Both, "both").plan

    assert (plan.on_fail, plan.on_cancel) == ("undo", "undo")
    assert Hook.of(StepOptions(on_fail=True, on_cancel=True)) == Hook(final=False)


def test_a_transactional_step_may_be_a_hook():
    class Books:
        @step(start=True)
        def a(self):
            return complete()

        @step(on_fail=True, transactional=lambda: None)
        def undo(self):
            return None

    body = compile_class(Books, "books").bodies["undo"]

    assert isinstance(body, TransactionalBody)
    assert body.outcome(None) == Next()


# -- what is refused -------------------------------------------------------------------------


def test_two_hooks_for_one_thing_are_refused():
    class Wrong:
        @step(start=True)
        def a(self):
            return complete()

        @step(on_fail=True)
        def undo(self):
            return None

        @step(on_fail=True)
        def redo(self):
            return None

    with pytest.raises(
        DefinitionError, match=r"Wrong\.undo and redo both have on_fail=True\. Keep it on one"
    ):
        compile_class(Wrong, "wrong")


@pytest.mark.parametrize("waiting", [wait.for_signal, wait.for_children])
def test_a_hook_that_waits_is_refused(waiting):
    class Wrong:
        @step(start=True)
        def a(self):
            return complete()

        if waiting == wait.for_signal:

            @step(on_fail=True)
            def undo(self):
                return wait.for_signal("x")

        else:

            @step(on_fail=True)
            def undo(self):
                return wait.for_children()

    with pytest.raises(DefinitionError, match=r"Wrong\.undo is a hook and waits for something"):
        compile_class(Wrong, "wrong")


def test_nothing_goes_to_a_hook():
    class Wrong:
        @step(start=True)
        def a(self):
            return goto(self.undo)

        @step(on_cancel=True)
        def undo(self):
            return None

    with pytest.raises(DefinitionError, match=r"Wrong\.a: goto leads to 'undo', which is a hook"):
        compile_class(Wrong, "wrong")


def test_a_class_of_hooks_has_nothing_to_begin_with():
    class Wrong:
        @step(on_cancel=True)
        def undo(self):
            return None

    with pytest.raises(DefinitionError, match=r"Wrong has only hooks \(undo\)"):
        compile_class(Wrong, "wrong")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"start": True, "on_fail": True}, "no run begins with its hook"),
        ({"waits": ["x"], "on_cancel": True}, "a hook cannot wait"),
    ],
)
def test_a_hook_cannot_be_what_a_step_is(said, why):
    with pytest.raises(DefinitionError, match=why):
        step(**said)


# -- why it fails ----------------------------------------------------------------------------
class Home:
    def __init__(self, text):
        self.text = text

    def error(self, run):
        return self.text if run == "run_1" else None


@pytest.mark.parametrize(
    ("family", "failure"),
    [
        (Home('{"step":"pay","kind":"timeout","message":"late"}'), ("pay", "timeout", "late")),
        (Home("{}"), (None, "", "")),
    ],
)
def test_a_hook_can_ask_why_the_run_fails(family, failure):
    plan, _, _ = bodies()
    work = Work(
        "run_1", plan, plan.steps[0], "a", 1, 1, 1, "{}", None, lambda *_: {}, family=family
    )
    token = enter(None, work, "Order.refund")

    assert get_failure() == RunFailure(*failure)

    leave(token)


@pytest.mark.parametrize("family", [Home(None), None])
def test_a_run_that_does_not_fail_has_no_failure(family):
    plan, _, _ = bodies()
    work = Work(
        "run_1", plan, plan.steps[0], "a", 1, 1, 1, "{}", None, lambda *_: {}, family=family
    )
    token = enter(None, work, "Order.release")

    assert get_failure() is None

    leave(token)


def test_outside_of_a_step_nothing_fails():
    with pytest.raises(OutsideStepError, match="read the run's `error`"):
        get_failure()
