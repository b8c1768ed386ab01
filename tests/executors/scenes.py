"""Scenes for the executors' tests: works, bodies, and a mailbox that waits for their reports."""

import queue
import threading

from perdure.app.clock import SystemClock
from perdure.kernel.directives import Complete
from perdure.ports.executor import Result, Work
from tests.runtime.scenes import Body, machine

PLAN = machine("a")
LONG = 20.0  # a guard, not a time that anything takes
DONE = Result(outcome=Complete(), output='"done"')


class Mailbox:
    """Keeps the reports, and counts how often somebody said that nothing else is ready."""

    def __init__(self):
        self.reports = queue.Queue()
        self.idles = 0
        self.was_idle = threading.Event()

    def put(self, done):
        self.reports.put(done)

    def idle(self):
        self.idles += 1
        self.was_idle.set()

    def next(self):
        return self.reports.get(timeout=LONG)


def a_work() -> Work:
    return Work("run_1", PLAN, PLAN.step("a"), "a", 1, 1, 1, "{}", None, lambda *_: {})


def sync(call):
    """Return a body of a plain function."""
    return Body(call)


def coroutine(call):
    """Return a body of a coroutine function."""
    return Body(call, is_async=True)


CLOCK = SystemClock()
