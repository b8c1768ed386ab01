"""Runs step bodies in processes of their own, which can be stopped, with all that they started.

Each thread here has a child: it hands it one attempt after the other and hears what comes back. A
child that dies is the end of its attempt, and of nothing else. An attempt that is called off has a
time to end by itself; then its process group gets SIGTERM, then SIGKILL.
"""

import threading
from collections import deque

from perdure.executors.talks import LOOK_SECONDS, Host, Locate, Talk
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Done, Work
from perdure.ports.mailbox import Mailbox
from perdure.ports.spawn import Spawn


class ProcessExecutor:
    """A pool of children that grows with the work; an idle one runs the next attempt.

    `grace` is how many seconds an attempt that was cancelled has to end by itself, and again after
    SIGTERM. One whose time is up, or whose worker leaves, gets SIGTERM at once.
    """

    def __init__(
        self, mailbox: Mailbox, clock: Clock, *, spawn: Spawn, locate: Locate, grace: float = 5.0
    ) -> None:
        self._mailbox = mailbox
        self._clock = clock
        self._spawn = spawn
        self._locate = locate
        self._grace = grace
        self._waiting: deque[Talk] = deque()
        self._talks: dict[Work, Talk] = {}
        self._ready = threading.Condition()
        self._idle = 0
        self._threads: set[threading.Thread] = set()
        self._closed = False

    def submit(self, work: Work, body: Body) -> None:
        """Hand the attempt to a child that is idle, or to a new one.

        Raises RuntimeError where the system has no more threads.
        """
        talk = Talk(work, body, clock=self._clock, locate=self._locate, grace=self._grace)
        with self._ready:
            self._waiting.append(talk)
            if self._idle >= len(self._waiting):
                self._ready.notify()
            else:
                self._add_thread()
            self._talks[work] = talk

    def _add_thread(self) -> None:
        thread = threading.Thread(target=self._run, name="perdure-process", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system has no more; the attempt does not begin
            self._waiting.pop()
            raise
        self._threads.add(thread)

    def stop(self, work: Work, how: str) -> None:
        """Have the attempt end: by itself, by SIGTERM, by SIGKILL, or at once by the last."""
        with self._ready:
            talk = self._talks.get(work)
        if talk is not None:
            talk.stop(how)

    def close(self, timeout: float) -> None:
        """Let what was asked to end have `timeout` seconds for it, then kill it; end the children."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        until = self._clock.monotonic() + timeout
        for thread in list(self._threads):
            thread.join(max(until - self._clock.monotonic(), 0.0))
        with self._ready:
            left = list(self._talks.values())
        for talk in left:
            talk.kill()
        for thread in list(self._threads):
            thread.join(1.0)

    # -- in a thread, with its child ---------------------------------------------------------
    def _run(self) -> None:
        host = Host(self._spawn)
        with self._ready:
            self._idle += 1
        try:
            while (talk := self._take()) is not None:
                done = self._attempt(host, talk)
                with self._ready:
                    self._idle += 1  # as soon as it is put, the next one may come, in this thread
                self._mailbox.put(done)
                if not self._waiting:
                    self._mailbox.idle()
        finally:
            host.end()
            self._threads.discard(threading.current_thread())

    def _take(self) -> Talk | None:
        with self._ready:
            while not self._waiting:
                if self._closed:
                    return None
                self._ready.wait()
            self._idle -= 1
            return self._waiting.popleft()

    def _attempt(self, host: Host, talk: Talk) -> Done:
        started_at = self._clock.now()
        result = talk.begin(host)
        while result is None:
            result = talk.turn(LOOK_SECONDS)
        with self._ready:
            del self._talks[talk.work]
        return Done(talk.work, result, started_at, self._clock.now(), talk.cpu)
