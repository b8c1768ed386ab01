"""A workflow that is kept begins a run, with settings."""

import pytest

from perdure.service import definitions
from perdure.service.beginning import Asked, begin, priority_of
from perdure.wire.encoding import decode
from perdure.wire.executions import ExecutionConfig, NotificationConfig
from tests.service.scenes import TIDY


def test_how_it_is_to_run_is_kept_with_it(engine):
    """S004-11, S004-12, A004-16, A004-17."""
    told = NotificationConfig(on_failure=("email",))
    config = ExecutionConfig(priority="high", timeout=1800, max_parallel_steps=3)
    made = definitions.create(engine, TIDY)

    run, _ = begin(
        engine, made.id, {"text": "a"}, Asked(execution_config=config, notification_config=told)
    )

    row = engine.loaded(run.id).row
    assert (row.priority, row.deadline) == (10, 1800)
    assert engine.process.plans.get(row.plan).max_parallel == 3
    assert decode(run.view.attributes["asked"]) == {
        "execution_config": {"priority": "high", "max_parallel_steps": 3, "timeout": 1800.0},
        "notification_config": {"on_failure": ["email"]},
    }


@pytest.mark.parametrize(
    ("said", "level"), [("low", -10), ("normal", 0), ("high", 10), ("urgent", 20), (7, 7)]
)
def test_priorities_are_words_or_numbers(said, level):
    """A004-17."""
    assert priority_of(ExecutionConfig(priority=said)) == level


def test_a_run_knows_by_what_it_was_begun(engine):
    made = definitions.create(engine, TIDY)

    run, flow = begin(engine, made.id, {"text": "a"}, key="k")

    assert run.view.attributes == {"definition": made.id, "revision": "1"}
    assert flow.name == "tidy"
    assert begin(engine, made.id, {"text": "b"}, key="k").run.id == run.id


def test_secrets_are_sealed_and_no_execution_shows_them(engine):
    """S004-65 to S004-69: as document 004 asks for it."""
    security = {
        "encrypt_intermediate_results": True,
        "audit_logging": True,
        "secure_deletion": True,
    }
    made = definitions.create(engine, TIDY)
    inputs = {"text": {"type": "secret", "value": "c4n4ry"}}

    run, _ = begin(engine, made.id, inputs, Asked(security_config=security))

    assert run.data == {"text": "<secret>"}
    assert decode(run.view.attributes["asked"]) == {"security_config": security}
    run.wait(20)
    assert run.refresh().data == {"text": "<secret, deleted>"}
