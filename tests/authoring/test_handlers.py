"""Error handlers: a function is asked about a failure, for so long, and what it says is followed."""

import threading

import pytest

from perdure.authoring import handlers as module
from perdure.authoring.handlers import (
    Verdict,
    ask_handler,
    has_handler,
    set_handler,
    verdict_of,
)


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(module, "_handlers", {})


def test_a_handler_is_asked_by_step_kind_and_message():
    """S004-61, S004-62."""
    asked = []

    def handler(*about):
        asked.append(about)
        return {"action": "wait_and_retry", "wait_seconds": 60}

    set_handler("w", handler)

    assert ask_handler("w", "a", "rate_limit", "busy") == Verdict("wait_and_retry", seconds=60.0)
    assert asked == [("a", "rate_limit", "busy")]


def test_where_nobody_is_set_nobody_is_asked():
    set_handler("w", print)
    assert has_handler("w")
    set_handler("w", None)

    assert not has_handler("w")
    assert ask_handler("w", "a", "error", "x") is None


def test_a_handler_that_raises_decides_nothing(caplog):
    set_handler("w", lambda *_: 1 // 0)

    assert ask_handler("w", "a", "error", "x") is None
    assert "raised; the policy decides" in caplog.text


def test_a_handler_that_does_not_answer_decides_nothing(caplog):
    over = threading.Event()
    set_handler("w", lambda *_: over.wait())

    assert ask_handler("w", "a", "error", "x", patience=0.01) is None
    over.set()
    assert "did not answer within 0.01 s" in caplog.text


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (None, None),
        ({"action": "fail_workflow"}, Verdict("fail_workflow")),
        (
            {"action": "use_fallback", "fallback_model": "m"},
            Verdict("use_fallback", model="m"),
        ),
        ({"action": "wait_and_retry"}, Verdict("wait_and_retry")),
    ],
)
def test_an_answer_is_an_action_or_none(said, verdict, caplog):
    assert verdict_of(said, "w") == verdict
    assert caplog.text == ""


@pytest.mark.parametrize(
    "said",
    [
        "fail_workflow",
        {},
        {"action": "retry"},
        {"action": "use_fallback"},
        {"action": "use_fallback", "fallback_model": 3},
        {"action": "wait_and_retry", "wait_seconds": -1},
        {"action": "wait_and_retry", "wait_seconds": "60"},
        {"action": "wait_and_retry", "wait_seconds": float("nan")},
    ],
)
def test_what_is_no_action_decides_nothing_and_is_logged(said, caplog):
    assert verdict_of(said, "w") is None
    assert "which is no action" in caplog.text
