"""What a definition may say: both documents' shapes are taken, nothing is converted."""

import pytest
from pydantic import ValidationError

from perdure.authoring.graphs.models import (
    STEP_MODELS,
    Aggregation,
    DataProcessing,
    Definition,
    ErrorHandling,
    Inference,
)
from tests.authoring.graphs.support import ask, define, gather, work_on


def test_the_types_of_steps_are_told_apart():
    definition = Definition.model_validate(
        define(work_on("a", "x"), ask("b"), gather("c", depends_on=["a", "b"]))
    )

    assert [type(step) for step in definition.steps] == [DataProcessing, Inference, Aggregation]
    assert set(STEP_MODELS) == {
        *("data_processing", "inference", "aggregation", "data_collection", "conditional"),
        *("loop", "parallel_processing", "python", "http", "wait", "sleep", "workflow"),
    }


def test_an_inference_without_input_is_asked_about_the_runs_inputs():
    """S004-44, A004-44."""
    definition = Definition.model_validate(
        define({"id": "a", "type": "inference", "model": "sentiment-model"})
    )

    assert definition.steps[0].input == "${workflow.input}"


def test_both_shapes_of_error_handling_are_taken():
    """S004-57, S004-58, S004-60."""
    flat = ErrorHandling.model_validate(
        {"retry_failed_steps": True, "max_retries": 3, "fallback_models": {"gpt-4": "gpt-3.5"}}
    )
    nested = ErrorHandling.model_validate(
        {
            "retry_policy": {
                "max_retries": 3,
                "retry_delay_seconds": 30,
                "backoff_multiplier": 2.0,
                "retry_on_errors": ["timeout", "rate_limit", "temporary_failure"],
            },
            "fallback_strategy": {"enabled": True, "fallback_models": {"a": "b"}},
        }
    )

    assert flat.max_retries == 3
    assert nested.retry_policy.retry_delay_seconds == 30.0
    assert nested.fallback_strategy.fallback_models == {"a": "b"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_parallel_steps": True},
        {"max_parallel_steps": "3"},
        {"max_parallel_steps": 2.0},
        {"timeout": True},
        {"timeout": float("inf")},
        {"timeout": 1e300},
        {"version": 1.0},
        {"id": "wf_mine"},
    ],
)
def test_nothing_is_converted_and_nothing_unknown_is_taken(wrong):
    with pytest.raises(ValidationError):
        Definition.model_validate(define(ask("a"), **wrong))
