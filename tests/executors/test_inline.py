"""Attempts run one after another, in the thread that asks for it."""

import asyncio
import threading

import pytest

from perdure.executors.inline import InlineExecutor
from perdure.wire.encoding import decode
from tests.executors.scenes import CLOCK, DONE, Mailbox, a_work, coroutine, sync


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def executor(mailbox):
    return InlineExecutor(mailbox, CLOCK)


def message_of(done):
    return decode(done.result.error)["message"]


def test_an_attempt_runs_when_it_is_asked_for(executor, mailbox):
    threads = []

    def call(_work):
        threads.append(threading.current_thread())
        return DONE

    executor.submit(a_work(), sync(call))
    assert (threads, executor.waiting) == ([], 1)
    assert executor.run_one()

    assert mailbox.next().result == DONE
    assert threads == [threading.current_thread()]
    assert not executor.run_one()


def test_attempts_run_in_the_order_they_came(executor, mailbox):
    order = []
    for number in range(3):
        executor.submit(a_work(), sync(lambda _work, number=number: order.append(number) or DONE))
    while executor.run_one():
        pass

    assert order == [0, 1, 2]


def test_a_coroutine_runs_to_its_end_too(executor, mailbox):
    async def call(_work):
        return DONE

    executor.submit(a_work(), coroutine(call))
    executor.run_one()

    assert mailbox.next().result == DONE


def test_a_coroutine_runs_where_a_loop_runs_already(executor, mailbox):
    async def call(_work):
        await asyncio.sleep(0)
        return DONE

    async def user():
        executor.submit(a_work(), coroutine(call))
        return executor.run_one()

    assert asyncio.run(user())
    assert mailbox.next().result == DONE


def test_a_coroutine_that_is_cancelled_has_failed(executor, mailbox):
    async def call(_work):
        raise asyncio.CancelledError

    executor.submit(a_work(), coroutine(call))
    executor.run_one()

    assert message_of(mailbox.next()) == "the attempt was stopped"


def test_what_is_no_exception_ends_the_attempt_and_goes_on(executor, mailbox):
    def call(_work):
        raise KeyboardInterrupt

    executor.submit(a_work(), sync(call))
    with pytest.raises(KeyboardInterrupt):
        executor.run_one()

    assert message_of(mailbox.next()) == "the attempt was stopped"


def test_an_attempt_that_is_stopped_before_it_began_reports_and_does_not_run(executor, mailbox):
    one, two = a_work(), a_work()
    ran = []
    executor.submit(one, sync(lambda work: ran.append(work) or DONE))
    executor.submit(two, sync(lambda work: ran.append(work) or DONE))

    executor.stop(one, "cancel")
    executor.stop(a_work(), "cancel")
    executor.run_one()

    assert message_of(mailbox.next()) == "the attempt was stopped"
    assert ran == [two]


def test_closing_forgets_what_has_not_begun(executor):
    executor.submit(a_work(), sync(lambda _work: DONE))
    executor.close(0.0)

    assert not executor.run_one()


class Moving:
    """A clock that a test moves."""

    def __init__(self):
        self.at = 0.0

    def now(self):
        return self.at

    def cpu(self):
        return 0.0


def test_an_attempt_that_lasts_is_over_when_its_time_has_passed(mailbox):
    clock = Moving()
    executor = InlineExecutor(mailbox, clock)
    times = iter([5.0, 2.0, 0.0])
    executor.lasted = lambda: next(times)
    works = [a_work() for _ in "abc"]
    for work in works:
        executor.submit(work, sync(lambda _work: DONE))
        assert executor.run_one()

    assert (mailbox.next().work, executor.next_end()) == (works[2], 2.0)
    assert not executor.run_one()
    clock.at = 2.0
    assert executor.run_one()
    assert mailbox.next().ended_at == 2.0
    assert (executor.run_one(), executor.next_end()) == (False, 5.0)


def test_an_attempt_that_lasts_is_stopped_and_forgotten(mailbox):
    clock = Moving()
    executor = InlineExecutor(mailbox, clock)
    executor.lasted = lambda: 5.0
    works = [a_work() for _ in "ab"]
    for work in works:
        executor.submit(work, sync(lambda _work: DONE))
        executor.run_one()
    clock.at = 1.0

    executor.stop(works[1], "timeout")

    done = mailbox.next()
    assert (done.work, done.ended_at) == (works[1], 1.0)
    executor.close(0.0)
    assert executor.next_end() is None
