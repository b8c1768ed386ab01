"""A failure is judged by the handler, then by the rules, then by how often it was tried."""

import pytest

from perdure.authoring import handlers
from perdure.authoring.graphs.policies import Policy
from perdure.authoring.handlers import Verdict, set_handler
from perdure.errors import InvalidInputError, RateLimitError
from perdure.kernel.plan import StepPlan
from perdure.ports.executor import Judgement
from tests.authoring.graphs.support import attempt, graph

WORK = attempt(graph(StepPlan(name="a")), "a")
WAIT = ["wait_and_retry", "", 60.0]


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(handlers, "_handlers", {})


def policy(*rules, **config):
    return Policy.of({"rules": list(rules), **config})


def test_without_handler_and_rules_the_kinds_decide():
    assert Policy.of({}).judge(WORK, RateLimitError("x")) == Judgement(True)
    assert Policy.of({}).judge(WORK, InvalidInputError("x")) == Judgement(False)
    named = Policy.of({"retry_on": ["timeout"]})
    assert named.judge(WORK, RateLimitError("x")) == Judgement(False)


def test_the_first_rule_that_is_for_a_failure_is_followed():
    made = policy([["rate_limit"], WAIT], [["any"], ["fail_workflow", "", 0.0]])

    assert made.judge(WORK, RateLimitError("x")) == Judgement(True, 60.0)
    assert made.judge(WORK, ValueError("x")) == Judgement(False)


def test_a_rule_may_have_tried_again_what_would_not_be():
    assert policy([["invalid_input"], WAIT]).judge(WORK, InvalidInputError("x")).retryable


def test_a_fallback_says_nothing_of_another_try():
    made = policy([["any"], ["use_fallback", "m", 0.0]])

    assert made.verdict(WORK, ValueError("x")) == Verdict("use_fallback", model="m")
    assert made.judge(WORK, ValueError("x")) == Judgement(True)


def test_a_handler_comes_before_the_rules_and_is_asked_once():
    asked = []

    def handler(step, kind, message):
        asked.append((step, kind, message))
        return {"action": "fail_workflow"} if kind == "rate_limit" else None

    set_handler("sample", handler)
    made, error = policy([["any"], WAIT]), RateLimitError("busy")

    assert made.judge(WORK, error) == made.judge(WORK, error) == Judgement(False)
    assert made.judge(WORK, ValueError("x")) == Judgement(True, 60.0)
    assert asked == [("a", "rate_limit", "busy"), ("a", "error", "x")]


def test_a_failure_that_is_settled_is_judged_by_nobody():
    set_handler("sample", lambda *_: {"action": "fail_workflow"})
    made, error = Policy(), ValueError("x")

    made.settle(error)

    assert made.judge(WORK, error) == Judgement(True)
