"""Who runs here: the context and the names of the attempt."""

import threading

import pytest

from perdure.authoring.steps.current import (
    CurrentStep,
    OutsideStepError,
    current_step,
    enter,
    get_context,
    idempotency_key,
    leave,
    place,
)
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.executor import Work

PLAN = Plan(workflow="orders", steps=(StepPlan(name="ship"),), start="ship")
WORK = Work("run_1", PLAN, PLAN.steps[0], "ship", 2, 3, 1, "{}", None, lambda _run, _steps: {})


@pytest.fixture
def context():
    made = object()
    token = enter(made, WORK, "Orders.ship")
    yield made
    leave(token)


def test_the_context_is_the_same_object_for_the_whole_step(context):
    """S003-13."""
    assert get_context() is context
    assert get_context() is context


@pytest.mark.usefixtures("context")
def test_the_attempt_has_its_names():
    assert current_step() == CurrentStep(
        run_id="run_1",
        workflow="orders",
        step="ship",
        visit=2,
        attempt=3,
        idempotency_key=WORK.key,
    )


@pytest.mark.usefixtures("context")
def test_errors_can_name_class_and_step():
    assert place() == "Orders.ship"


def test_a_step_within_a_step_gives_way_again(context):
    token = enter("inner", WORK, "Other.step")
    seen = get_context(), place()
    leave(token)

    assert seen == ("inner", "Other.step")
    assert get_context() is context


@pytest.mark.parametrize(
    ("ask", "said"), [(get_context, "the run's `data`"), (current_step, "no attempt")]
)
def test_outside_of_a_step_nothing_runs(ask, said):
    with pytest.raises(OutsideStepError, match="only while a step runs") as error:
        ask()

    assert said in str(error.value)
    assert place() == ""


@pytest.mark.usefixtures("context")
def test_a_thread_of_the_steps_own_is_outside():
    errors = []

    def elsewhere():
        try:
            get_context()
        except OutsideStepError as error:
            errors.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()

    assert len(errors) == 1


@pytest.mark.usefixtures("context")
def test_the_key_of_the_visit_can_be_asked_for_alone():
    assert idempotency_key() == current_step().key == current_step().idempotency_key == WORK.key


def test_outside_of_a_step_there_is_no_key():
    with pytest.raises(OutsideStepError, match="no visit to have a key"):
        idempotency_key()
