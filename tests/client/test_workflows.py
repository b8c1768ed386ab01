"""All calls: definitions by name and fields, executions, and typed errors."""

import pytest

from perdure import errors
from perdure.wire import problems
from tests.service.scenes import FAILING, TIDY


@pytest.fixture
def workflows(client):
    return client.workflows


def test_a_workflow_is_made_of_its_fields(workflows):
    """S004-04, S004-08."""
    made = workflows.create(
        name="tidy", description="Tidy", steps=TIDY["steps"], error_handling={"max_retries": 2}
    )

    assert made.definition == {
        "name": "tidy",
        "description": "Tidy",
        "steps": TIDY["steps"],
        "error_handling": {"max_retries": 2},
    }
    assert workflows.get(made.id).info == made.info


def test_a_workflow_is_made_once_under_a_key(workflows):
    """A004-39."""
    first, second = (workflows.create(definition=TIDY, idempotency_key="k") for _ in "ab")

    assert first.id == second.id


def test_every_problem_is_told(workflows):
    with pytest.raises(errors.InvalidDefinitionError):
        workflows.create(name="x")


def test_workflows_are_listed_and_gone_through(workflows):
    """S004-19, A004-37, A004-40."""
    for name in "cab":
        workflows.create(definition={**TIDY, "name": name})

    page = workflows.list(sort="name", limit=2, status="created")

    assert [each.name for each in page] == ["a", "b"]
    assert (page.total, page.has_more) == (3, True)
    assert [each.name for each in workflows.iterate(sort="-name", limit=2)] == ["c", "b", "a"]
    assert [each.name for each in workflows.list(name="a")] == ["a"]
    with pytest.raises(errors.InvalidValueError, match="sort"):
        workflows.list(sort="size")


def test_one_field_is_changed_or_all_of_them(workflows):
    """S004-22, A004-13."""
    made = workflows.create(definition=TIDY)

    some = workflows.update(made.id, version="1.1")
    whole = workflows.update(made.id, definition={**FAILING, "version": "2"}, revision=2)

    assert (some.revision, some.version, some.definition["steps"]) == (2, "1.1", TIDY["steps"])
    assert (whole.revision, whole.name) == (3, "failing")
    assert [each.version for each in workflows.revisions(made.id)] == ["2", "1.1", "1.0"]
    assert workflows.get(made.id, revision=1).version == "1.0"
    with pytest.raises(problems.RevisionConflictError):
        workflows.update(made.id, version="3", revision=1)


def test_one_is_deleted(workflows):
    """S004-23."""
    made = workflows.create(definition=TIDY)

    workflows.delete(made.id)

    with pytest.raises(problems.WorkflowNotFoundError):
        workflows.get(made.id)


def test_rights_are_kept(workflows):
    """S004-63, A004-47."""
    made = workflows.create(definition=TIDY)

    told = workflows.set_permissions(made.id, {"read": ["user1", "team:a"], "delete": []})

    assert told.read == ("user1", "team:a")
    assert len(told.warnings) == 2
    with pytest.raises(errors.InvalidValueError, match="write"):
        workflows.set_permissions(made.id, {"write": ["user1"]})


def test_a_definition_is_checked(workflows):
    """S004-71."""
    assert workflows.validate(TIDY).is_valid
    assert not workflows.validate(workflow_definition={}, checks=["syntax_validation"]).is_valid


def test_an_execution_is_begun_and_found(workflows):
    """S004-05, S004-11, A004-39, A004-40."""
    made = workflows.create(definition=TIDY)

    execution = workflows.execute(
        made.id, {"text": "a"}, execution_config={"priority": "high"}, idempotency_key="k",
        notification_config={"on_failure": ["email"]},
    )  # fmt: skip
    again = workflows.execute(made.id, {"text": "a"}, idempotency_key="k")

    assert (execution.status, again.id) == ("running", execution.id)
    found = workflows.get_execution(execution.id, workflow_id=made.id)
    assert (found.status, found.final_result) == ("completed", "Again: a")
    page = workflows.list_executions(made.id, status="completed")
    assert ([each.id for each in page], page.total, page.has_more) == ([execution.id], 1, False)


def test_settings_that_there_are_not_are_told(workflows):
    made = workflows.create(definition=TIDY)

    with pytest.raises(errors.InvalidValueError, match="priority"):
        workflows.execute(made.id, {"text": "a"}, execution_config={"priority": "top"})


def test_an_end_is_waited_for(workflows, engine):
    made = workflows.create(definition=TIDY)
    execution = workflows.execute(made.id, {"text": "a"})
    paused = engine.start(made.name, inputs={"text": "b"}, delay=60.0)

    workflows.wait(execution.id)
    with pytest.raises(errors.ResultTimeoutError, match="exec_"):
        workflows.wait(paused.id.replace("run_", "exec_"), timeout=0.0)


def test_executions_are_steered_by_their_ids(workflows, engine):
    """A004-41."""
    made = workflows.create(definition=FAILING)
    execution = workflows.execute(made.id, {"text": "a"})
    waiting = engine.start(made.name, inputs={"text": "b"}, delay=60.0).id

    assert workflows.retry(execution.id).status == "failed"
    assert workflows.rewind(execution.id, "clean").id == execution.id
    assert workflows.fork(execution.id, "clean", inputs={"text": "c"}).id != execution.id
    assert workflows.pause(waiting).status == "paused"
    assert workflows.resume(waiting).status == "pending"
    assert workflows.signal(waiting, "hello", {"a": 1}, idempotency_key="k").kept == (waiting,)
    assert workflows.cancel(waiting).status == "cancelled"


def test_one_is_followed(workflows):
    """S004-51."""
    made = workflows.create(definition=TIDY)
    execution = workflows.execute(made.id, {"text": "a"})

    found = list(workflows.monitor(execution_id=execution.id))
    rest = list(workflows.monitor(execution.id, after=found[1].id))

    assert [each.type for each in found][-1] == "execution_completed"
    assert rest == found[2:]
    with pytest.raises(problems.ExecutionNotFoundError):
        workflows.monitor("exec_none")


def test_figures_are_measured_or_null(client):
    """S004-55, S004-56, S004-73."""
    workflow = client.workflows.create(**TIDY)
    fresh = client.workflows.analytics(workflow.id)
    client.workflows.execute(workflow.id, {"text": "a"})

    found = client.workflows.analytics(workflow_id=workflow.id, timeframe="last_30_days")
    usage = client.workflows.resource_usage(timeframe="last_week", group_by="workflow_id")
    proposal = client.workflows.optimize(workflow.id, ["speed"], {"max_duration_seconds": 300})

    assert (fresh.avg_duration_seconds, fresh.success_rate) == (None, None)
    assert (found.success_rate, found.avg_cost) == (100.0, 0.0)
    assert usage[workflow.id].executions == 1
    assert (proposal.changes, proposal.infeasible) == ((), ())
    assert client.workflows.create(**TIDY).estimated_cost == 0.0
