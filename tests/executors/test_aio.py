"""Coroutines run on one loop; each attempt reports once, however it ends."""

import asyncio
import contextvars
import threading

import pytest

from perdure.executors.aio import AsyncExecutor
from perdure.wire.encoding import decode
from tests.executors.scenes import CLOCK, DONE, LONG, Mailbox, a_work, coroutine

NAME = contextvars.ContextVar("name", default="nobody")


@pytest.fixture
def loop():
    mailbox = Mailbox()
    executor = AsyncExecutor(mailbox, CLOCK)
    yield executor, mailbox
    executor.close(LONG)


async def at_once(_work):
    return DONE


def endless():
    """Return a body that goes on until it is cancelled, and an event for when it has begun."""
    begun = threading.Event()

    async def call(_work):
        begun.set()
        await asyncio.Event().wait()

    return coroutine(call), begun


def test_attempts_run_beside_each_other_in_one_thread(loop):
    executor, mailbox = loop
    threads = set()

    async def call(_work):
        threads.add(threading.current_thread())
        await asyncio.sleep(0)
        return DONE

    for _ in range(100):
        executor.submit(a_work(), coroutine(call))
    reports = [mailbox.next() for _ in range(100)]

    assert [done.result for done in reports] == [DONE] * 100
    assert len(threads) == 1
    assert threading.current_thread() not in threads


def test_reports_that_are_ready_together_are_told_together(loop):
    """They share a commit: it is said once that nothing else is ready."""
    executor, mailbox = loop
    gate = None

    async def call(_work):
        nonlocal gate
        gate = gate or asyncio.Event()
        if mailbox.idles == 0 and len(executor._tasks) == 50:
            gate.set()
        await gate.wait()
        return DONE

    for _ in range(50):
        executor.submit(a_work(), coroutine(call))
    for _ in range(50):
        mailbox.next()
    mailbox.was_idle.wait(LONG)

    assert mailbox.idles < 25


def test_a_report_beside_which_nothing_runs_is_told_at_once(loop):
    """What is done then sees nothing of the step, whose context is its own."""
    executor, mailbox = loop
    seen = []

    def idle():
        seen.append((NAME.get(), executor._loop._ready.copy()))
        mailbox.was_idle.set()

    async def call(work):
        NAME.set(work.run)
        return DONE

    mailbox.idle = idle
    executor.submit(a_work(), coroutine(call))
    mailbox.was_idle.wait(LONG)

    assert [(name, list(ready)) for name, ready in seen] == [("nobody", [])]


def test_an_attempt_that_is_stopped_is_cancelled_and_reports(loop):
    executor, mailbox = loop
    body, begun = endless()
    work = a_work()
    executor.submit(work, body)
    begun.wait(LONG)

    executor.stop(work, "timeout")

    done = mailbox.next()
    assert done.work is work
    assert "stopped" in decode(done.result.error)["message"]


def test_an_attempt_that_is_stopped_before_its_first_step_reports_too(loop):
    """Its slot would else be taken for ever."""
    executor, mailbox = loop
    body, _ = endless()
    works = [a_work() for _ in range(50)]

    for work in works:
        executor.submit(work, body)
        executor.stop(work, "cancel")

    assert {id(mailbox.next().work) for _ in works} == {id(work) for work in works}


def test_an_attempt_that_has_ended_cannot_be_stopped(loop):
    executor, mailbox = loop
    work = a_work()
    executor.submit(work, coroutine(at_once))
    mailbox.next()

    executor.stop(work, "cancel")
    executor.submit(a_work(), coroutine(at_once))

    assert mailbox.next().result == DONE


def test_before_anything_began_there_is_nothing_to_stop():
    executor = AsyncExecutor(Mailbox(), CLOCK)

    executor.stop(a_work(), "cancel")
    executor.close(0.0)

    assert executor._thread is None


def test_a_body_that_is_cancelled_by_itself_has_failed(loop):
    executor, mailbox = loop

    async def call(_work):
        raise asyncio.CancelledError

    executor.submit(a_work(), coroutine(call))

    assert mailbox.next().result.outcome.retryable


def test_attempts_do_not_see_each_others_context_variables(loop):
    executor, mailbox = loop
    seen = []

    async def call(work):
        seen.append(NAME.get())
        NAME.set(work.run)
        return DONE

    token = NAME.set("somebody")
    for _ in range(3):
        executor.submit(a_work(), coroutine(call))
        mailbox.next()
    NAME.reset(token)

    assert seen == ["nobody"] * 3


def test_an_attempt_can_be_submitted_from_within_the_loop(loop):
    """An idle executor turns the ledger, and that begins what follows."""
    executor, mailbox = loop
    more = [a_work()]

    async def call(_work):
        if more:
            executor.submit(more.pop(), coroutine(call))
        return DONE

    executor.submit(a_work(), coroutine(call))

    assert [mailbox.next().result for _ in range(2)] == [DONE] * 2


def test_closing_cancels_what_runs_and_waits_for_its_clean_up():
    mailbox = Mailbox()
    executor = AsyncExecutor(mailbox, CLOCK)
    begun, cleaned = threading.Event(), []

    async def call(_work):
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            cleaned.append("up")

    executor.submit(a_work(), coroutine(call))
    begun.wait(LONG)
    executor.close(LONG)

    assert cleaned == ["up"]
    assert mailbox.reports.qsize() == 1
    assert not executor._thread.is_alive()


def test_closing_does_not_wait_for_ever_for_what_will_not_end():
    executor = AsyncExecutor(Mailbox(), CLOCK)
    begun = threading.Event()

    async def call(_work):
        while True:
            begun.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                continue

    executor.submit(a_work(), coroutine(call))
    begun.wait(LONG)
    executor.close(0.01)
    executor._thread.join(LONG)

    assert not executor._thread.is_alive()


def test_closing_twice_is_closing_once(loop):
    executor, mailbox = loop
    executor.submit(a_work(), coroutine(at_once))
    mailbox.next()

    executor.close(LONG)
    executor.close(LONG)
    executor.stop(a_work(), "cancel")

    assert not executor._thread.is_alive()


def test_an_attempt_can_close_the_executor_it_runs_in():
    mailbox = Mailbox()
    executor = AsyncExecutor(mailbox, CLOCK)

    async def call(_work):
        executor.close(LONG)
        return DONE

    executor.submit(a_work(), coroutine(call))

    assert mailbox.next().result == DONE
    executor._thread.join(LONG)


def test_the_loop_is_made_as_one_likes():
    made = []

    def factory():
        made.append(asyncio.new_event_loop())
        return made[-1]

    mailbox = Mailbox()
    executor = AsyncExecutor(mailbox, CLOCK, factory)
    for _ in range(3):
        executor.submit(a_work(), coroutine(at_once))
        mailbox.next()
    executor.close(LONG)

    assert len(made) == 1
    assert made[0].is_closed()
