"""A workflow and an execution, as they were read last, and what can be told to them."""

import pytest

from perdure import errors
from perdure.wire import problems
from tests.service.scenes import FAILING, TIDY


@pytest.fixture
def made(client):
    return client.workflows.create(definition=TIDY)


def test_a_workflow_has_its_fields(made):
    """S004-08."""
    assert (made.name, made.description, made.status, made.version, made.revision) == (
        *("tidy", "Tidy a text", "created", "1.0", 1),
    )
    assert (made.step_count, made.estimated_cost, made.estimated_duration) == (2, None, None)
    assert made.created_at == made.info.created_at
    assert made.warnings == ()
    assert repr(made) == f"<Workflow {made.id} 'tidy', revision 1: created>"


def test_a_workflow_is_executed_changed_and_deleted(client, made):
    execution = made.execute({"text": "a"}, execution_config={"priority": "low"})

    assert execution.workflow_id == made.id
    assert made.refresh().status == "completed"
    assert made.update(version="2").revision == 2
    client.workflows.update(made.id, version="3")
    with pytest.raises(problems.RevisionConflictError):
        made.update(version="4")
    made.delete(cancel_running=True)
    with pytest.raises(problems.WorkflowNotFoundError):
        made.refresh()


def test_an_execution_has_its_fields(made):
    """S004-13, S004-15 to S004-18, A004-43."""
    execution = made.execute({"text": "a  b"})

    assert (execution.status, execution.progress, execution.steps) == ("running", 0.0, ())
    assert (execution.current_step, execution.current_steps) == ("clean", ("clean",))
    assert execution.execution_id == execution.id
    assert repr(execution) == f"<Execution {execution.id} of {made.id}: running>"

    assert execution.refresh() is execution

    assert (execution.status, execution.progress) == ("completed", 1.0)
    assert execution.final_result == "Again: a b"
    assert execution.step("clean").result == "a b"
    assert (execution.error, execution.total_cost) == (None, 0.0)
    assert execution.started_at <= execution.completed_at
    assert execution.duration_seconds == 0.0
    assert execution.resource_usage.cpu_hours == 0.0
    assert len(execution.steps) == 2
    with pytest.raises(KeyError):
        execution.step("nowhere")


def test_one_that_failed_is_waited_for_all_the_same(client):
    """A004-40."""
    execution = client.workflows.create(definition=FAILING).execute({"text": "a"})

    assert execution.wait(timeout=5).status == "failed"
    assert execution.error.kind == "model_unavailable"


def test_an_execution_is_told_what_a_run_is(client, made, engine):
    """A004-41."""
    waiting = client.workflows.get_execution(
        engine.start(_started(client, made), inputs={"text": "b"}, delay=60.0).id
    )

    assert waiting.pause(why="lunch").status == "paused"
    assert waiting.resume().status == "pending"
    assert waiting.signal("hello").kept
    with pytest.raises(errors.ResultTimeoutError):
        waiting.wait(timeout=0.0)
    assert waiting.cancel().status == "cancelled"


def test_an_execution_goes_back_is_retried_and_is_forked(client):
    execution = client.workflows.create(definition=FAILING).execute({"text": "a"})

    assert execution.retry().status == "failed"
    assert execution.rewind("clean", inputs={"text": "b"}).info.inputs == {"text": "b"}
    assert execution.fork("clean").id != execution.id
    assert [each.type for each in execution.monitor()][-1] == "execution_failed"


def _started(client, made):
    made.execute({"text": "a"})
    return made.name


def test_a_workflow_has_a_handler_of_failures(client):
    """S004-61."""
    made = client.workflows.create(definition=FAILING)
    asked = []
    made.set_error_handler(lambda *failure: asked.append(failure[:2]))

    execution = made.execute({"text": "a"}).refresh()
    made.set_error_handler(None)

    assert (execution.status, asked) == ("failed", [("ask", "model_unavailable")])
