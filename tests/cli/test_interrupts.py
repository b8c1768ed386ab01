"""Signals as something to ask about."""

import os
import signal
import threading

import pytest

from perdure.cli.interrupts import Interrupts


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_noted_and_ends_the_wait_at_once(number, code):
    with Interrupts() as interrupts:
        before = interrupts.wait(0)
        os.kill(os.getpid(), number)
        after = interrupts.wait(30)

        assert (before, after) == (False, True)
        assert interrupts.caught is number
        assert interrupts.exit_code == code


def test_a_second_signal_is_not_caught():
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGINT)
        interrupts.wait(30)

        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_afterwards_the_handlers_are_those_from_before():
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with Interrupts():
        pass

    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_in_another_thread_nothing_is_caught_and_waiting_works():
    came = []

    def elsewhere():
        with Interrupts() as interrupts:
            came.append(interrupts.wait(0.01))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()

    assert came == [False]
