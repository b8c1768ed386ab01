"""How an execution is asked for, and errors as they are printed."""

import pytest
from pydantic import ValidationError

from perdure.wire.executions import (
    ExecutionConfig,
    ExecutionInfo,
    NotificationConfig,
    StepErrorInfo,
    StepInfo,
)


def test_the_documents_settings_are_taken():
    """S004-11, S004-12."""
    config = ExecutionConfig(
        priority="high", max_parallel_steps=3, timeout=1800, resource_allocation="auto"
    )
    told = NotificationConfig(
        on_completion=("email", "webhook"), on_failure=("email",), webhook_url="https://x.example"
    )

    assert (config.priority, config.timeout) == ("high", 1800)
    assert told.on_completion == ("email", "webhook")


@pytest.mark.parametrize(
    "wrong",
    [
        {"priority": "top"},
        {"max_parallel_steps": 0},
        {"timeout": 0},
        {"timeout": float("inf")},
        {"resource_allocation": "all"},
        {"speed": 1},
    ],
)
def test_other_settings_are_refused(wrong):
    with pytest.raises(ValidationError):
        ExecutionConfig(**wrong)


def test_an_error_is_printed_as_kind_and_message():
    assert str(StepErrorInfo(kind="timeout", message="after 3 s")) == "timeout: after 3 s"


def test_a_step_is_found_by_its_id():
    info = ExecutionInfo(
        execution_id="exec_1", workflow_id=None, status="running", started_at=None,
        steps=(StepInfo(id="a", type="x", status="pending"), StepInfo(id="b", type="x", status="running")),
    )  # fmt: skip

    assert info.step_named("b").status == "running"
    with pytest.raises(KeyError):
        info.step_named("c")
