"""Runs step bodies that are plain functions, each in a thread of a pool."""

import threading
from collections import deque

from perdure.executors.invoke import invoke
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Work
from perdure.ports.mailbox import Mailbox


class ThreadExecutor:
    """A pool of daemon threads that grows with the work. A thread cannot be stopped from outside.

    An attempt whose time is up or that was called off runs on to its end, and keeps its thread
    till then; what it reports is not wanted.
    """

    def __init__(self, mailbox: Mailbox, clock: Clock) -> None:
        self._mailbox = mailbox
        self._clock = clock
        self._waiting: deque[tuple[Work, Body]] = deque()
        self._ready = threading.Condition()
        self._idle = 0
        self._threads: set[threading.Thread] = set()
        self._closed = False

    @property
    def idle_threads(self) -> int:
        """How many threads wait for something to do."""
        return self._idle

    def submit(self, work: Work, body: Body) -> None:
        """Hand the attempt to a thread that is idle, or to a new one.

        Raises RuntimeError where the system has no more threads.
        """
        with self._ready:
            self._waiting.append((work, body))
            if self._idle >= len(self._waiting):
                self._ready.notify()
            else:
                self._add_thread()

    def _add_thread(self) -> None:
        thread = threading.Thread(target=self._run, name="perdure-step", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system has no more; the attempt does not begin
            self._waiting.pop()
            raise
        self._threads.add(thread)

    def stop(self, work: Work, how: str) -> None:
        """Do nothing: a thread cannot be stopped, its lease and its token keep it harmless."""

    def close(self, timeout: float) -> None:
        """Let the threads end, and wait for them up to `timeout` seconds in all."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        until = self._clock.monotonic() + timeout
        for thread in list(self._threads):
            if thread is not threading.current_thread():
                thread.join(max(until - self._clock.monotonic(), 0.0))

    def _run(self) -> None:
        while (taken := self._take()) is not None:
            work, body = taken
            self._mailbox.put(invoke(body, work, self._clock))
            if not self._waiting:
                self._mailbox.idle()
        self._threads.discard(threading.current_thread())

    def _take(self) -> tuple[Work, Body] | None:
        with self._ready:
            self._idle += 1
            while not self._waiting:
                if self._closed:
                    return None
                self._ready.wait()
            self._idle -= 1
            return self._waiting.popleft()
