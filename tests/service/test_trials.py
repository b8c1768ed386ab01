"""A workflow is tried out: mock models, virtual time, nothing outside is done, nothing is kept."""

import time

import pytest

from perdure.errors import InvalidValueError
from perdure.service import definitions, executions, trials
from perdure.wire.problems import WorkflowNotFoundError
from perdure.wire.trials import MockModel, MockStep
from tests.service.scenes import CHOOSING, TIDY


def asking(*models, **more):
    return {
        "name": "asking",
        "steps": [
            {"id": f"ask{number}", "type": "inference", "model": model, "input": "${workflow.input.text}"}
            for number, model in enumerate(models)
        ],
        **more,
    }  # fmt: skip


WRITING = {
    "name": "writing",
    "steps": [
        {
            "id": "write",
            "type": "data_processing",
            "function": "write_text",
            "input": "${workflow.input.text}",
            "parameters": {"path": "${workflow.input.path}"},
        },
        {"id": "after", "type": "data_processing", "function": "clean_text", "input": "${write.result}"},
    ],
}  # fmt: skip


def tried(engine, definition, inputs=None, **more):
    made = definitions.create(engine, definition)
    return trials.try_out(engine, made.id, inputs, **more)


def test_a_model_that_stands_in_answers_in_virtual_time(engine):
    """S004-70, A004-29: an hour's latency takes no time."""
    began = time.monotonic()

    told = tried(
        engine, asking("gpt-4"), {"text": "hi"},
        models={"gpt-4": MockModel(response="Mocked", latency_ms=3_600_000)},
    )  # fmt: skip

    assert (told.status, told.final_result, told.duration_seconds) == (
        "completed",
        "Mocked",
        3600.0,
    )
    assert (told.total_cost, told.passed, told.mocked_models) == (0.0, True, {"gpt-4": 1})
    assert told.steps[0].model_used == "gpt-4"
    assert time.monotonic() - began < 60


def test_models_that_are_asked_side_by_side_answer_so(engine):
    mocks = {"a": MockModel(response=1, latency_ms=200), "b": MockModel(response=2, latency_ms=300)}

    told = tried(engine, asking("a", "b"), {"text": "hi"}, models=mocks)

    assert told.final_result == {"ask0": 1, "ask1": 2}
    assert told.duration_seconds == pytest.approx(0.3)


def test_nothing_of_it_is_kept(engine):
    """A004-29."""
    made = definitions.create(engine, TIDY)

    told = trials.try_out(engine, made.id, {"text": "a"})

    assert (told.status, told.workflow_id) == ("completed", made.id)
    assert engine.runs() == []
    assert executions.find(engine, made.id).total == 0
    assert definitions.get(engine, made.id).status == "created"


def test_a_model_that_fails_is_tried_again_and_has_a_fallback(engine):
    """A004-29: errors, by kind."""
    handling = {
        "retry_policy": {"max_retries": 2, "retry_delay_seconds": 30, "backoff_multiplier": 1},
        "fallback_strategy": {"enabled": True, "fallback_models": {"a": "b"}},
    }

    told = tried(
        engine, asking("a", error_handling=handling), {"text": "hi"},
        models={
            "a": MockModel(error="rate_limit"),
            "b": MockModel(response="instead", latency_ms=1000),
        },
    )  # fmt: skip

    assert (told.status, told.final_result) == ("completed", "instead")
    assert (told.steps[0].model_used, told.steps[0].attempt) == ("b", 3)
    assert told.duration_seconds == pytest.approx(61)
    assert told.mocked_models == {"a": 3, "b": 1}


def test_a_model_that_fails_so_often_answers_then(engine):
    handling = {"retry_policy": {"max_retries": 3, "retry_delay_seconds": 1}}
    mock = MockModel(response="at last", error="temporary_failure", fail_times=2)

    told = tried(engine, asking("a", error_handling=handling), {"text": "x"}, models={"a": mock})

    assert (told.final_result, told.steps[0].attempt) == ("at last", 3)


def test_models_without_a_mock_answer_where_they_are_there_and_are_listed(engine):
    """A004-29."""
    told = tried(engine, asking("builtin/sentiment", "gpt-4"), {"text": "I love it"})

    assert told.step_named("ask0").result["label"] == "POSITIVE"
    assert (told.status, told.error.kind, told.passed) == ("failed", "model_unavailable", False)
    assert told.unmocked_models == {"builtin/sentiment": True, "gpt-4": False}


def test_no_file_is_written_without_a_mock(engine, tmp_path):
    """A004-29."""
    path = tmp_path / "out.txt"
    inputs = {"text": "a", "path": str(path)}

    refused = tried(engine, WRITING, inputs)
    mocked = tried(engine, WRITING, inputs, steps={"write": MockStep(result="b", latency_ms=500)})

    assert not path.exists()
    assert (refused.status, refused.error.kind, refused.unmocked_steps) == (
        *("failed", "not_mocked", ("write",)),
    )
    assert (mocked.final_result, mocked.duration_seconds) == ("b", 0.5)


def test_a_step_fails_as_it_is_told(engine):
    told = tried(engine, TIDY, {"text": "a"}, steps={"clean": MockStep(error="invalid_input")})

    assert (told.status, told.error.kind, told.error.step) == ("failed", "invalid_input", "clean")


def test_expectations_are_checked_by_their_paths(engine):
    """A004-29."""
    told = tried(
        engine, CHOOSING, {"loud": True, "words": ["a", "b"]},
        assertions={
            "status": "completed", "final_result[1]": "b!", "steps.choose.result": "low",
            "steps.nowhere": 1, "final_result[9]": 1,
        },
    )  # fmt: skip

    assert not told.passed
    assert [(each.path, each.found, each.passed) for each in told.assertions] == [
        ("status", "completed", True),
        ("final_result[1]", "b!", True),
        ("steps.choose.result", "LOUD", False),
        ("steps.nowhere", None, False),
        ("final_result[9]", None, False),
    ]
    assert tried(engine, TIDY, {"text": "a"}, assertions={"final_result": "Again: a"}).passed


def test_a_wait_that_something_stands_in_for_is_no_wait(engine):
    """A004-29: and one that nothing stands in for rests, in no time."""
    waiting = {"name": "w", "steps": [{"id": "approved", "type": "wait", "signal": "approve"},
               {"id": "nap", "type": "sleep", "seconds": 86400, "depends_on": ["approved"]}]}  # fmt: skip

    mocked = tried(engine, waiting, steps={"approved": MockStep(result={"ok": True})})
    resting = tried(engine, waiting)

    assert (mocked.status, mocked.duration_seconds) == ("completed", 86400.0)
    assert mocked.step_named("approved").result == {"ok": True}
    assert (resting.status, resting.passed) == ("waiting", False)


def test_no_request_is_sent_without_a_mock(engine):
    """A004-29."""
    asking_web = {
        "name": "w",
        "steps": [{"id": "get", "type": "http", "url": "https://x.example/"}],
    }

    refused = tried(engine, asking_web)
    mocked = tried(engine, asking_web, steps={"get": MockStep(result={"status": 200})})

    assert (refused.error.kind, refused.unmocked_steps) == ("not_mocked", ("get",))
    assert mocked.final_result == {"status": 200}


def test_what_cannot_stand_in_is_told(engine):
    with pytest.raises(InvalidValueError, match=r"mock_steps\.cleen: there is no such step"):
        tried(engine, TIDY, {"text": "a"}, steps={"cleen": MockStep()})
    with pytest.raises(InvalidValueError, match="stand in for a loop step"):
        tried(engine, CHOOSING, {"loud": 1, "words": []}, steps={"each": MockStep()})
    with pytest.raises(InvalidValueError, match="text"):
        tried(engine, TIDY)
    with pytest.raises(WorkflowNotFoundError):
        trials.try_out(engine, "wf_none")
