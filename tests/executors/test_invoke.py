"""Whatever user code does becomes a report."""

import asyncio
import logging
import sys
import time

import pytest

from perdure.app.clock import SystemClock
from perdure.authoring.heartbeats import heartbeat
from perdure.errors import (
    ContextInvalidError,
    InvalidInputError,
    ModelUnavailableError,
    NonRetryableError,
    OutsideStepError,
    RetryAfterError,
)
from perdure.executors.invoke import MOST_MESSAGE, MOST_TRACEBACK, failure, invoke, invoke_async
from perdure.wire.encoding import decode
from tests.executors.scenes import CLOCK, DONE, a_work, coroutine, sync


def raising(error):
    def call(_work):
        raise error

    return sync(call)


def outcome(error):
    """Return what an attempt that raised this came to."""
    return invoke(raising(error), a_work(), CLOCK).result.outcome


def test_the_processors_time_in_this_thread_is_reported_of_success_and_failure():
    """S004-18: what another thread does, or nobody while it sleeps, is not counted."""

    def work_hard(_work):
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass
        time.sleep(0.05)
        return DONE

    clock = SystemClock()
    done = invoke(sync(work_hard), a_work(), clock)
    failed = invoke(raising(ValueError()), a_work(), clock)

    assert 0.05 <= done.cpu < 0.09
    assert 0.0 <= failed.cpu < 0.05


def test_the_processors_time_of_a_coroutine_is_not_known():
    async def call(_work):
        return DONE

    assert asyncio.run(invoke_async(coroutine(call), a_work(), CLOCK)).cpu is None


def test_what_a_body_returns_is_reported_with_when_it_ran():
    work = a_work()

    done = invoke(sync(lambda _: DONE), work, CLOCK)

    assert (done.work, done.result) == (work, DONE)
    assert done.started_at <= done.ended_at <= CLOCK.now()


def test_what_a_coroutine_returns_is_reported():
    async def call(_work):
        return DONE

    done = asyncio.run(invoke_async(coroutine(call), a_work(), CLOCK))

    assert done.result == DONE


def test_an_error_is_told_with_its_type_message_and_traceback():
    done = invoke(raising(ValueError("five is right out")), a_work(), CLOCK)

    told = decode(done.result.error)
    assert (told["type"], told["message"]) == ("ValueError", "five is right out")
    assert told["traceback"].startswith("Traceback (most recent call last)")
    assert "test_invoke.py" in told["traceback"]
    assert (done.result.outcome.kind, done.result.outcome.retryable) == ("error", True)


def test_an_error_of_a_coroutine_is_told_just_so():
    async def call(_work):
        raise ValueError("five is right out")

    done = asyncio.run(invoke_async(coroutine(call), a_work(), CLOCK))

    assert decode(done.result.error)["type"] == "ValueError"


@pytest.mark.parametrize(
    ("error", "kind", "retryable"),
    [
        (InvalidInputError("no"), "invalid_input", False),
        (ContextInvalidError("no"), "context_invalid", False),
        (ModelUnavailableError("no"), "model_unavailable", False),
        (NonRetryableError("no"), "error", False),
        (KeyError("no"), "error", True),
    ],
)
def test_an_error_says_of_which_kind_it_is_and_whether_to_try_again(error, kind, retryable):
    failed = outcome(error)

    assert (failed.kind, failed.retryable) == (kind, retryable)


def test_an_error_can_say_when_to_try_again():
    failed = outcome(RetryAfterError("slow down", seconds=7.5))

    assert (failed.kind, failed.retry_after) == ("rate_limit", 7.5)


@pytest.mark.parametrize(("error", "retryable"), [(OSError(), True), (ValueError(), False)])
def test_a_step_can_say_which_errors_are_worth_another_try(error, retryable):
    body = raising(error)
    body.retryable = lambda raised: isinstance(raised, OSError)

    assert invoke(body, a_work(), CLOCK).result.outcome.retryable is retryable


def test_an_error_that_must_not_be_tried_again_is_not_asked_about():
    body = raising(NonRetryableError("no"))
    body.retryable = lambda _: True

    assert not invoke(body, a_work(), CLOCK).result.outcome.retryable


def test_an_error_without_a_text_is_told_by_its_type():
    assert outcome(ValueError()).error == "ValueError"


def test_what_no_database_keeps_is_replaced_in_an_error(caplog):
    caplog.set_level(logging.CRITICAL, "perdure.step")  # nor can the log of a parallel session
    failed = outcome(ValueError("a\x00b\ud800c"))

    assert "\x00" not in failed.error
    assert failed.error.encode()


def test_a_long_error_is_cut():
    done = invoke(raising(ValueError("x" * 100_000)), a_work(), CLOCK)

    told = decode(done.result.error)
    assert len(done.result.outcome.error) == MOST_MESSAGE
    assert len(told["message"]) == len(told["traceback"]) == MOST_TRACEBACK


def test_a_deep_recursion_is_told_by_its_end():
    def deeper(work):
        return deeper(work)

    done = invoke(sync(deeper), a_work(), CLOCK)

    told = decode(done.result.error)
    assert told["type"] == "RecursionError"
    assert len(told["traceback"]) <= MOST_TRACEBACK


def test_an_error_whose_text_cannot_be_made_is_an_error_like_any_other():
    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError("no words")

    assert outcome(MuteError()).error == "MuteError, whose text cannot be made: RuntimeError"


def test_a_step_that_calls_exit_fails_and_ends_no_thread_of_ours():
    done = invoke(sync(lambda _: sys.exit(3)), a_work(), CLOCK)

    assert decode(done.result.error)["type"] == "SystemExit"


def test_a_coroutine_that_calls_exit_does_not_end_the_loop():
    async def call(_work):
        sys.exit(3)

    done = asyncio.run(invoke_async(coroutine(call), a_work(), CLOCK))

    assert decode(done.result.error)["type"] == "SystemExit"


def test_a_failure_is_logged_with_its_traceback_and_where_it_was(caplog):
    invoke(raising(ValueError("five is right out")), a_work(), CLOCK)

    (record,) = caplog.records
    assert record.getMessage() == (
        "step 'a' of run run_1 failed in attempt 1: ValueError: five is right out"
    )
    assert record.exc_info[0] is ValueError
    assert (record.run, record.step, record.visit, record.attempt) == ("run_1", "a", 1, 1)


def test_what_a_step_raised_on_purpose_is_logged_without_a_traceback(caplog):
    invoke(raising(NonRetryableError("no")), a_work(), CLOCK)

    (record,) = caplog.records
    assert record.exc_info is None


def test_an_interrupt_passes_through():
    with pytest.raises(KeyboardInterrupt):
        invoke(raising(KeyboardInterrupt()), a_work(), CLOCK)


def test_a_failure_can_be_told_without_an_attempt():
    result = failure(ValueError("no"), sync(lambda _: DONE))

    assert result.outcome.error == "no"


def test_a_step_can_say_that_it_lives_and_only_while_it_runs():
    said = []
    work = a_work()
    work.pulse = lambda _work, progress, _detail: said.append(progress)

    async def beats(_work):
        heartbeat(0.2)
        return DONE

    def beat(_work):
        heartbeat(0.1)
        return DONE

    invoke(sync(beat), work, CLOCK)
    asyncio.run(invoke_async(coroutine(beats), work, CLOCK))

    assert said == [0.1, 0.2]
    with pytest.raises(OutsideStepError):
        heartbeat()
