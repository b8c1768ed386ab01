"""Every attempt runs at once, in the thread that submits it."""

import threading

from perdure.executors.inline import InlineExecutor
from tests.executors.scenes import CLOCK, DONE, Mailbox, a_work, coroutine, sync


def test_when_submit_returns_the_report_is_there():
    mailbox, threads = Mailbox(), []

    def call(_work):
        threads.append(threading.current_thread())
        return DONE

    InlineExecutor(mailbox, CLOCK).submit(a_work(), sync(call))

    assert mailbox.next().result == DONE
    assert threads == [threading.current_thread()]


def test_a_coroutine_runs_to_its_end_too():
    mailbox = Mailbox()

    async def call(_work):
        return DONE

    InlineExecutor(mailbox, CLOCK).submit(a_work(), coroutine(call))

    assert mailbox.next().result == DONE


def test_there_is_nothing_to_stop_or_to_wait_for():
    executor = InlineExecutor(Mailbox(), CLOCK)

    executor.stop(a_work(), "cancel")
    executor.close(0.0)
