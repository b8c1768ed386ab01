"""Executions are begun, looked at and steered."""

import pytest

from perdure.errors import CannotRewindError, InvalidInputError, InvalidValueError, StepError
from perdure.service import definitions, executions
from perdure.service.flows import flow_of
from perdure.service.standing import run_id
from perdure.wire.problems import (
    ExecutionNotFoundError,
    NotPossibleError,
    WorkflowNotFoundError,
)
from tests.service.scenes import FAILING, TIDY, begun


def test_an_execution_is_answered_as_it_was_begun(engine):
    """S004-09, S004-10, S004-13: running, at its first step."""
    made, execution = begun(engine, TIDY, {"text": "a  b"})

    assert execution.execution_id.startswith("exec_")
    assert (execution.workflow_id, execution.workflow_revision) == (made.id, 1)
    assert (execution.status, execution.progress) == ("running", 0.0)
    assert (execution.current_step, execution.current_steps) == ("clean", ("clean",))
    assert execution.started_at is not None
    assert execution.estimated_completion is None


def test_it_comes_to_its_result(engine):
    """S004-14 to S004-17."""
    made, execution = begun(engine, TIDY, {"text": "a  b"})

    now = executions.get(engine, execution.execution_id, definition=made.id)

    assert (now.status, now.final_result, now.progress) == ("completed", "Again: a b", 1.0)
    assert now.completed_at is not None
    assert definitions.get(engine, made.id).status == "completed"


def test_wrong_inputs_begin_nothing(engine):
    made = definitions.create(engine, TIDY)
    reading = {"name": "r", "steps": [{"id": "a", "type": "data_processing",
               "function": "pdf_to_text", "input": "${workflow.input.path}"}]}  # fmt: skip
    reader = definitions.create(engine, reading)

    with pytest.raises(InvalidValueError, match="text"):
        executions.execute(engine, made.id, {"txt": "a"})
    with pytest.raises(WorkflowNotFoundError):
        executions.execute(engine, "wf_none")
    with pytest.raises(InvalidInputError):
        executions.execute(engine, reader.id, {"path": "/nowhere/at/all.pdf"})

    assert executions.find(engine, made.id).total == 0


def test_a_second_one_under_a_key_is_the_first(engine):
    """A004-39: and another workflow's key is another one."""
    made, first = begun(engine, TIDY, {"text": "a"}, key="k")
    other = definitions.create(engine, TIDY)

    again = executions.execute(engine, made.id, {"text": "b"}, key="k")
    elsewhere = executions.execute(engine, other.id, {"text": "b"}, key="k")

    assert again.execution_id == first.execution_id
    assert elsewhere.execution_id != first.execution_id


def test_nobody_finds_what_is_not_there(engine):
    made, execution = begun(engine, TIDY, {"text": "a"})
    other = definitions.create(engine, TIDY)

    with pytest.raises(ExecutionNotFoundError, match="exec_none"):
        executions.get(engine, "exec_none")
    with pytest.raises(ExecutionNotFoundError, match=other.id):
        executions.get(engine, execution.execution_id, definition=other.id)


def test_a_run_is_found_by_its_own_id_too(engine):
    _, execution = begun(engine, TIDY, {"text": "a"})

    run = run_id(execution.execution_id)

    assert executions.get(engine, run).execution_id == execution.execution_id


def test_executions_are_listed_newest_first(engine):
    """A004-40."""
    made, first = begun(engine, TIDY, {"text": "a"})
    last = executions.execute(engine, made.id, {"text": "b"})
    begun(engine, TIDY, {"text": "c"})

    page = executions.find(engine, made.id, limit=1)

    assert [each.execution_id for each in page.executions] == [last.execution_id]
    assert (page.total, page.has_more, page.executions[0].steps) == (2, True, ())
    done = executions.find(engine, made.id, status="completed", offset=1)
    assert [each.execution_id for each in done.executions] == [first.execution_id]
    assert executions.find(engine, made.id, status="running").total == 0


@pytest.mark.parametrize("wrong", [{"status": "odd"}, {"limit": 0}, {"limit": 501}, {"offset": -1}])
def test_other_lists_are_refused(engine, wrong):
    made = definitions.create(engine, TIDY)

    with pytest.raises(InvalidValueError):
        executions.find(engine, made.id, **wrong)


def test_a_failed_one_is_retried(engine):
    """A004-41."""
    _, execution = begun(engine, FAILING, {"text": "a"})
    before = executions.get(engine, execution.execution_id)

    after = executions.retry(engine, execution.execution_id)

    assert (before.status, before.error.kind, before.error.step) == (
        *("failed", "model_unavailable", "ask"),
    )
    assert after.status == "failed"
    assert after.step_named("ask").started_at >= before.step_named("ask").started_at


def test_one_that_waits_is_paused_resumed_and_cancelled(engine):
    """A004-41."""
    made = definitions.create(engine, TIDY)
    flow = flow_of(definitions.row_of(engine, made.id))
    run = engine.start(flow, inputs={"text": "a"}, delay=60.0)

    paused = executions.pause(engine, run.id)
    resumed = executions.resume(engine, run.id)
    cancelled = executions.cancel(engine, run.id, why="enough")

    assert (paused.status, resumed.status, cancelled.status) == ("paused", "pending", "cancelled")
    assert executions.cancel(engine, run.id).status == "cancelled"


@pytest.mark.parametrize(
    ("verb", "what"), [("pause", "paused"), ("resume", "resumed"), ("retry", "retried")]
)
def test_what_changes_nothing_is_told(engine, verb, what):
    _, execution = begun(engine, TIDY, {"text": "a"})

    with pytest.raises(NotPossibleError, match=f"is completed, and cannot be {what}"):
        getattr(executions, verb)(engine, execution.execution_id)


def test_one_that_has_ended_is_told_no_signal(engine):
    """DESIGN 4: ended runs are not reached."""
    _, execution = begun(engine, TIDY, {"text": "a"})

    with pytest.raises(NotPossibleError, match="cannot be told a signal"):
        executions.signal(engine, execution.execution_id, "approved")


def test_one_that_goes_on_keeps_a_signal(engine):
    made = definitions.create(engine, TIDY)
    flow = flow_of(definitions.row_of(engine, made.id))
    run = engine.start(flow, inputs={"text": "a"}, delay=60.0)

    answer = executions.signal(engine, run.id, "approved", {"ok": True})

    assert answer.kept == (run.id,)


def test_one_goes_back_and_is_forked(engine):
    """A004-41."""
    _, execution = begun(engine, TIDY, {"text": "a"})

    back = executions.rewind(engine, execution.execution_id, "again")
    forked = executions.fork(engine, execution.execution_id, "clean", inputs={"text": "b  c"})

    assert back.execution_id == execution.execution_id
    assert executions.get(engine, forked.execution_id).final_result == "Again: b c"
    assert forked.workflow_id == execution.workflow_id
    with pytest.raises(CannotRewindError):
        executions.rewind(engine, execution.execution_id, "nowhere")


def test_one_whose_steps_are_made_at_its_start_needs_its_generator(engine):
    """S004-48, A004-45."""
    made = definitions.create(engine, {"name": "d", "generator_function": "nobody_makes_these"})

    assert (made.kind, made.step_count) == ("dynamic", None)
    assert [problem.path for problem in made.warnings] == ["generator_function"]
    with pytest.raises(StepError) as caught:
        executions.execute(engine, made.id)
    assert caught.value.kind == "generator_unavailable"
