"""Rules and handlers act on failures, in an engine: other models, waits, and an end."""

import pytest

from perdure import errors, function
from perdure.authoring import handlers
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.handlers import set_handler
from perdure.testing.sandbox import Sandbox

CALLS = []
ENGINES = []
MOOD = {"id": "mood", "type": "inference", "model": "gone", "input": "I love it"}


@function("acceptance_busy", returns="text")
def busy(text: str, *, times: int) -> str:
    """Be busy so many times, then answer."""
    CALLS.append(text)
    if len(CALLS) <= times:
        raise errors.RateLimitError("too often")
    return text


def busy_step(times):
    return {
        "id": "a", "type": "data_processing", "function": "acceptance_busy", "input": "x",
        "parameters": {"times": times},
    }  # fmt: skip


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    CALLS.clear()
    monkeypatch.setattr(handlers, "_handlers", {})
    yield
    while ENGINES:
        ENGINES.pop().close()


def run(step, *rules, seconds=0, **handling):
    """Run a step, under rules if there are some, for so long; return the run."""
    if rules:
        handling["rules"] = list(rules)
    data = {"name": "handled", "steps": [step], "error_handling": handling}
    engine = Sandbox()
    ENGINES.append(engine)
    made = engine.start(load_definition(data)[0])
    engine.clock.advance(seconds)
    return made.refresh()


def printed(step_id, error_type, error_message):
    """Document 004's handler, with a model that is here."""
    if error_type == "model_unavailable":
        return {"action": "use_fallback", "fallback_model": "builtin/sentiment"}
    if error_type == "rate_limit":
        return {"action": "wait_and_retry", "wait_seconds": 60}
    return {"action": "fail_workflow"}


def test_the_printed_handler_names_another_model():
    """S004-61, S004-62."""
    set_handler("handled", printed)

    assert run(MOOD).result()["label"] == "POSITIVE"


def test_the_printed_handler_waits_and_tries_again_as_often_as_the_policy_has_it():
    """A handler's wait counts as an attempt."""
    set_handler("handled", printed)
    often = {"max_retries": 1, "retry_delay_seconds": 0}

    assert run(busy_step(1), seconds=59, retry_policy=often).status == "waiting"
    CALLS.clear()
    assert run(busy_step(1), seconds=60, retry_policy=often).result() == "x"
    CALLS.clear()
    assert run(busy_step(2), seconds=600, retry_policy=often).status == "failed"


def test_a_rule_waits_and_tries_again_also_without_a_policy():
    """A004-21: rules are there also where nobody's code is."""
    rule = {"error_type": "rate_limit", "action": "wait_and_retry", "wait_seconds": 60}

    assert run(busy_step(3), rule, seconds=180).result() == "x"
    CALLS.clear()
    assert run(busy_step(4), rule, seconds=600).error["kind"] == "rate_limit"
    assert len(CALLS) == 4


def test_a_rule_names_another_model_and_who_answered_is_told():
    rule = {
        "error_type": ["model_unavailable"], "action": "use_fallback",
        "fallback_model": "builtin/sentiment",
    }  # fmt: skip

    assert run(MOOD, rule).result()["label"] == "POSITIVE"


def test_a_rule_ends_what_a_policy_would_try_again():
    rule = {"error_type": "any", "action": "fail_workflow"}

    made = run(busy_step(1), rule, max_retries=5)

    assert (made.status, len(CALLS)) == ("failed", 1)
