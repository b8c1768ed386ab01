"""How an execution stands, in the API's words."""

import pytest

from perdure import complete, step, workflow
from perdure.service import definitions, executions, standing
from perdure.service.flows import flow_of
from perdure.testing import Sandbox
from tests.service.scenes import CHOOSING, FAILING, TIDY, begun


def test_ids_are_the_runs():
    assert standing.execution_id("run_1") == "exec_1"
    assert standing.run_id("exec_1") == standing.run_id("run_1") == "run_1"


def test_steps_have_times_results_and_costs(engine):
    """S004-15, S004-16, A004-42: nothing is billed for what asks no model."""
    _, execution = begun(engine, TIDY, {"text": "a  b"})

    now = executions.get(engine, execution.execution_id)

    assert [(step.id, step.type, step.status, step.result) for step in now.steps] == [
        ("clean", "data_processing", "completed", "a b"),
        ("again", "data_processing", "completed", "Again: a b"),
    ]
    assert {step.cost for step in now.steps} == {0.0}
    assert all(step.started_at and step.completed_at for step in now.steps)
    assert (now.total_cost, now.current_step, now.current_steps) == (0.0, None, ())
    assert now.duration_seconds == 0.0


def test_a_failed_one_says_where_and_why(engine):
    """A004-11, A004-42: what comes after a failed step is skipped."""
    _, execution = begun(engine, FAILING, {"text": "a"})

    now = executions.get(engine, execution.execution_id)

    assert [step.status for step in now.steps] == ["completed", "failed", "skipped"]
    assert now.step_named("ask").error.kind == "model_unavailable"
    assert (now.status, now.error.kind, now.error.step) == ("failed", "model_unavailable", "ask")
    assert now.total_cost == 0.0  # no model answered
    assert now.final_result is None


def test_branches_and_items_have_their_results(engine):
    """A004-8, A004-9."""
    _, execution = begun(engine, CHOOSING, {"loud": True, "words": ["a", "b"]})

    now = executions.get(engine, execution.execution_id)

    assert [(step.id, step.status, step.result) for step in now.steps] == [
        ("choose", "completed", "LOUD"),
        ("choose.if_true", "completed", "LOUD"),
        ("choose.if_false", "skipped", None),
        ("each", "completed", ["a!", "b!"]),
    ]
    assert now.final_result == ["a!", "b!"]


def test_one_that_is_to_come_has_done_nothing(engine):
    made, _ = begun(engine, TIDY, {"text": "a"})
    flow = flow_of(definitions.row_of(engine, made.id))
    run = engine.start(flow, inputs={"text": "a"}, delay=60.0)

    now = executions.get(engine, run.id)

    assert (now.status, now.progress, now.workflow_id) == ("pending", 0.0, None)
    assert {step.status for step in now.steps} == {"pending"}
    engine.cancel(run.id)
    gone = executions.get(engine, run.id)
    assert (gone.status, gone.progress) == ("cancelled", 1.0)
    assert {step.status for step in gone.steps} == {"cancelled"}


def test_a_run_of_a_class_is_shown_too():
    @workflow("standing_greeter")
    class Greeter:
        @step(start=True)
        def greet(self):
            return complete(said="hello")

    with Sandbox() as engine:
        now = executions.get(engine, engine.start(Greeter).id)

    assert (now.status, now.workflow_id, now.final_result) == ("completed", None, {"said": "hello"})
    assert [(step.id, step.status) for step in now.steps] == [("greet", "completed")]


@pytest.mark.parametrize(("error", "kind"), [({"type": "E", "message": "m"}, "E")])
def test_an_error_has_a_kind(error, kind):
    assert standing.error_info(error).kind == kind


def test_one_that_rests_is_waiting(engine):
    """A004-42."""
    sleeping = {"name": "s", "steps": [{"id": "nap", "type": "sleep", "seconds": 60}]}
    _, execution = begun(engine, sleeping)

    now = executions.get(engine, execution.execution_id)

    assert (now.status, now.progress, now.final_result) == ("waiting", 0.0, None)


def test_no_secret_is_shown_of_an_execution(engine):
    """A004-26: not even sealed, in its inputs, its steps or its result."""
    made = definitions.create(engine, TIDY)
    given = {"text": {"type": "secret", "value": "c4n4ry"}}
    execution = executions.execute(engine, made.id, given).execution_id
    engine.run(standing.run_id(execution)).wait(20)

    info = executions.get(engine, execution)

    assert info.inputs == {"text": "<secret>"}
    assert [step.result for step in info.steps] == ["<secret>", "<secret>"]
    assert info.final_result == "<secret>"
