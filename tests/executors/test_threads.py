"""Each attempt has a thread, and threads are used again."""

import sys
import threading

import pytest

from perdure.executors.threads import ThreadExecutor
from perdure.wire.encoding import decode
from tests.executors.scenes import CLOCK, DONE, LONG, Mailbox, a_work, sync


@pytest.fixture
def pool():
    mailbox = Mailbox()
    executor = ThreadExecutor(mailbox, CLOCK)
    yield executor, mailbox
    executor.close(LONG)


def held(count):
    """Return a body that waits until `go` is set, and an event for when that many wait."""
    go, all_wait, waiting = threading.Event(), threading.Event(), []

    def call(_work):
        waiting.append(threading.current_thread())
        if len(waiting) == count:
            all_wait.set()
        go.wait(LONG)
        return DONE

    return sync(call), go, all_wait


def test_attempts_run_beside_each_other(pool):
    executor, mailbox = pool
    body, go, all_wait = held(5)

    for _ in range(5):
        executor.submit(a_work(), body)
    together = all_wait.wait(LONG)
    go.set()

    assert together
    assert [mailbox.next().result for _ in range(5)] == [DONE] * 5


def test_a_thread_that_is_idle_is_used_again(pool):
    executor, mailbox = pool

    for _ in range(20):
        executor.submit(a_work(), sync(lambda _: DONE))
        mailbox.next()
        mailbox.was_idle.wait(LONG)
        mailbox.was_idle.clear()

    assert len(executor._threads) <= 2


def test_who_has_nothing_else_to_do_says_so(pool):
    executor, mailbox = pool

    executor.submit(a_work(), sync(lambda _: DONE))

    assert mailbox.was_idle.wait(LONG)


def test_an_attempt_that_fails_leaves_its_thread_as_it_was(pool):
    executor, mailbox = pool

    def fail(_work):
        sys.exit("no")

    executor.submit(a_work(), sync(fail))
    first = mailbox.next()
    executor.submit(a_work(), sync(lambda _: DONE))

    assert decode(first.result.error)["type"] == "SystemExit"
    assert mailbox.next().result == DONE


def test_a_thread_cannot_be_stopped_and_reports_at_its_end(pool):
    executor, mailbox = pool
    body, go, all_wait = held(1)
    work = a_work()
    executor.submit(work, body)
    all_wait.wait(LONG)

    executor.stop(work, "timeout")
    go.set()

    assert mailbox.next().work is work


def test_closing_waits_for_what_runs():
    mailbox = Mailbox()
    executor = ThreadExecutor(mailbox, CLOCK)
    body, go, all_wait = held(1)
    executor.submit(a_work(), body)
    all_wait.wait(LONG)
    go.set()

    executor.close(LONG)

    assert mailbox.reports.qsize() == 1
    assert executor._threads == set()


def test_closing_does_not_wait_for_ever():
    mailbox = Mailbox()
    executor = ThreadExecutor(mailbox, CLOCK)
    body, go, all_wait = held(1)
    executor.submit(a_work(), body)
    all_wait.wait(LONG)

    executor.close(0.01)

    assert mailbox.reports.empty()
    go.set()
    executor.close(LONG)


def test_a_step_can_close_the_executor_it_runs_in():
    mailbox = Mailbox()
    executor = ThreadExecutor(mailbox, CLOCK)

    def call(_work):
        executor.close(LONG)
        return DONE

    executor.submit(a_work(), sync(call))

    assert mailbox.next().result == DONE


def test_where_the_system_has_no_more_threads_nothing_is_left_behind(pool, monkeypatch):
    executor, mailbox = pool

    def start(_self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with pytest.raises(RuntimeError, match="new thread"):
            executor.submit(a_work(), sync(lambda _: DONE))
    executor.submit(work := a_work(), sync(lambda _: DONE))

    assert mailbox.next().work is work
    assert mailbox.reports.empty()


def test_it_can_be_told_how_many_threads_wait(pool):
    executor, mailbox = pool
    before = executor.idle_threads

    executor.submit(a_work(), sync(lambda _: DONE))
    mailbox.next()

    assert before == 0
    assert executor.idle_threads in (0, 1)
