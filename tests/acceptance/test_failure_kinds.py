"""Retry policies act on the kind of a failure, whoever made it: a function, a server, the network."""

import pytest

from perdure import errors, function
from perdure.authoring.graphs.loader import load_definition
from perdure.testing.sandbox import Sandbox

CALLS = []
FAILURES = {
    "timeout": errors.StepTimeoutError("late"),
    "rate_limit": errors.RateLimitError("too often"),
    "temporary_failure": errors.TemporaryFailureError("down"),
    "model_unavailable": errors.ModelUnavailableError("gone"),
    "invalid_input": errors.InvalidInputError("bad"),
    "invalid_output": errors.InvalidOutputError("odd"),
    "path_not_allowed": errors.PathNotAllowedError("outside"),
    "url_not_allowed": errors.UrlNotAllowedError("inside"),
    "error": ValueError("x"),
}
PASSING = {"timeout", "rate_limit", "temporary_failure", "error"}


@function("acceptance_fail", returns="text")
def fail(kind: str) -> str:
    """Fail, with the kind that is asked for."""
    CALLS.append(kind)
    raise FAILURES[kind]


@function("acceptance_wait", returns="text")
def wait(moment: str) -> str:
    """Ask to be called again later, and then answer."""
    CALLS.append(moment)
    if len(CALLS) == 1:
        raise errors.RetryAfterError("slow down", seconds=1800)
    return moment


def start(engine, name, kind, **policy):
    """Start a run of one step that calls the function under a retry policy."""
    CALLS.clear()
    step = {
        "id": "a",
        "type": "data_processing",
        "function": name,
        "input": "${workflow.input.kind}",
    }
    flow, _ = load_definition(
        {"name": "kinds", "steps": [step], "error_handling": {"retry_policy": policy}}
    )
    return engine.start(flow, kind=kind)


def run(kind, **policy):
    """Run a step that fails, to its end; return how often it was called, and the run."""
    with Sandbox() as engine:
        made = start(engine, "acceptance_fail", kind, **policy)
        engine.clock.advance(hours=1)
        made.refresh()
        return len(CALLS), made


@pytest.mark.parametrize("kind", FAILURES)
def test_what_may_pass_is_tried_again_and_nothing_else(kind):
    calls, made = run(kind, max_retries=2)

    assert (made.status, made.error["kind"]) == ("failed", kind)
    assert calls == (3 if kind in PASSING else 1)


@pytest.mark.parametrize("kind", ["timeout", "rate_limit", "temporary_failure"])
@pytest.mark.parametrize("named", ["timeout", "rate_limit", "temporary_failure"])
def test_only_the_kinds_that_a_policy_names_are_tried_again(kind, named):
    calls, _ = run(kind, max_retries=1, retry_on_errors=[named])

    assert calls == (2 if kind == named else 1)


def test_the_time_that_a_server_asks_for_is_waited():
    """The policy alone would have tried again after a second."""
    with Sandbox() as engine:
        made = start(engine, "acceptance_wait", "now", max_retries=1, retry_delay_seconds=1)
        engine.clock.advance(1799)
        early = len(CALLS)
        engine.clock.advance(2)
        made.refresh()

    assert (early, len(CALLS), made.status) == (1, 2, "completed")
