"""How workflows have done, and what their executions have used."""

import pytest

from perdure.errors import InvalidValueError
from perdure.service import analytics, definitions, executions
from perdure.wire.problems import WorkflowNotFoundError
from tests.service.scenes import FAILING, TIDY, begun


def test_executions_are_told_of_with_basis_and_samples(engine):
    """S004-55."""
    made, _ = begun(engine, TIDY, {"text": "a"})
    engine.clock.advance(days=40)
    executions.execute(engine, made.id, {"text": "b"})
    begun(engine, TIDY, {"text": "another workflow of that name"})

    recent, whole = (
        analytics.analytics(engine, made.id),
        analytics.analytics(engine, made.id, "all"),
    )

    assert (recent.executions, recent.completed, recent.success_rate) == (1, 1, 100.0)
    assert (whole.executions, whole.samples["avg_duration_seconds"]) == (2, 2)
    assert recent.basis["avg_cost"] == "history"
    assert recent.avg_cost == 0.0
    assert recent.since is not None
    assert (whole.since, recent.until) == (None, None)
    assert set(whole.steps) == {"clean", "again"}
    assert whole.steps["clean"].samples == 2


def test_failures_are_counted_and_nothing_is_told_of_nothing(engine):
    made = definitions.create(engine, FAILING)
    nothing = analytics.analytics(engine, made.id)
    executions.execute(engine, made.id, {"text": "a"})

    found = analytics.analytics(engine, made.id)

    assert (nothing.avg_duration_seconds, nothing.success_rate, nothing.avg_cost) == (None,) * 3
    assert set(nothing.basis.values()) == {"none"}
    assert (found.failed, found.success_rate, found.avg_duration_seconds) == (1, 0.0, None)


def test_what_is_not_there_is_told(engine):
    made = definitions.create(engine, TIDY)

    with pytest.raises(WorkflowNotFoundError):
        analytics.analytics(engine, "wf_nobody")
    with pytest.raises(InvalidValueError, match="last_30_days"):
        analytics.analytics(engine, made.id, "last_century")
    with pytest.raises(InvalidValueError, match="workflow_id"):
        analytics.resource_usage(engine, group_by="colour")


def test_usage_is_told_by_workflow_and_by_execution(engine):
    """S004-18, S004-56."""
    made, one = begun(engine, TIDY, {"text": "a"})
    other, _ = begun(engine, {**TIDY, "name": "other"}, {"text": "a"})
    engine.start(definitions_flow(), inputs={"text": "no definition's"})

    found = analytics.resource_usage(engine)
    alone = analytics.resource_usage(engine, "all", "execution_id")

    assert set(found) == {made.id, other.id}
    share = found[made.id]
    assert (share.executions, share.attempts, share.cpu_hours, share.total_cost) == (1, 2, 0.0, 0.0)
    assert (share.ram_gb_hours, share.gpu_hours) == (None, None)
    assert share.basis == {
        "cpu_hours": "history", "total_cost": "history", "ram_gb_hours": "none", "gpu_hours": "none"
    }  # fmt: skip
    assert one.execution_id in alone
    assert executions.get(engine, one.execution_id).resource_usage.cpu_hours == 0.0


def definitions_flow():
    """Return a workflow that no definition keeps."""
    from perdure.authoring.graphs.loader import load_definition

    return load_definition({**TIDY, "name": "loose"})[0]
