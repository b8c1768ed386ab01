"""Runs step bodies in processes of their own, which can be stopped, with all that they started.

Each thread here has a child: it hands it one attempt after the other and hears what comes back. A
child that dies is the end of its attempt, and of nothing else. An attempt that is called off has a
time to end by itself; then its process group gets SIGTERM, then SIGKILL.
"""

import signal
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from perdure.errors import AttemptStoppedError
from perdure.executors import frames, kin
from perdure.executors.frames import Origin
from perdure.executors.invoke import failure
from perdure.kernel.directives import Failed
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Done, Result, Work
from perdure.ports.mailbox import Mailbox
from perdure.ports.spawn import Child, ChildEndedError, Spawn

LOOK_SECONDS = 0.25
"""How often a thread looks up from its child, to see whether the attempt was called off."""

AT_ONCE = ("lease", "lost")
"""Others may begin the attempt again: it may not go on for a moment."""

Locate = Callable[[Work], Origin]
"""Says where a child finds the code of an attempt. Raises DefinitionError if it cannot."""


@dataclass(slots=True, eq=False)
class Busy:
    """An attempt and the child that runs it. `stop` is why it was called off, `at` when."""

    work: Work
    child: Child | None = None
    stop: str = ""
    at: float = 0.0
    told: bool = False
    terminated: bool = False
    killed: bool = False


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
        self._waiting: deque[tuple[Busy, Body]] = deque()
        self._busy: dict[Work, Busy] = {}
        self._ready = threading.Condition()
        self._idle = 0
        self._threads: set[threading.Thread] = set()
        self._closed = False

    def submit(self, work: Work, body: Body) -> None:
        """Hand the attempt to a child that is idle, or to a new one.

        Raises RuntimeError where the system has no more threads.
        """
        busy = Busy(work)
        with self._ready:
            self._waiting.append((busy, body))
            if self._idle >= len(self._waiting):
                self._ready.notify()
            else:
                self._add_thread()
            self._busy[work] = busy

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
            busy = self._busy.get(work)
            if busy is None or busy.stop:
                return
            busy.stop, busy.at = how, self._clock.monotonic()
            self._press(busy)

    def close(self, timeout: float) -> None:
        """Let what was asked to end have `timeout` seconds for it, then kill it; end the children."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        until = self._clock.monotonic() + timeout
        for thread in list(self._threads):
            thread.join(max(until - self._clock.monotonic(), 0.0))
        with self._ready:
            for busy in self._busy.values():
                busy.stop = busy.stop or "drain"
                self._kill(busy)
        for thread in list(self._threads):
            thread.join(1.0)

    # -- in a thread, with its child ---------------------------------------------------------
    def _run(self) -> None:
        host = _Host(self._spawn)
        with self._ready:
            self._idle += 1
        try:
            while (taken := self._take()) is not None:
                busy, body = taken
                done = self._attempt(host, busy, body)
                with self._ready:
                    self._idle += 1  # as soon as it is put, the next one may come, in this thread
                self._mailbox.put(done)
                if not self._waiting:
                    self._mailbox.idle()
        finally:
            host.end()
            self._threads.discard(threading.current_thread())

    def _take(self) -> tuple[Busy, Body] | None:
        with self._ready:
            while not self._waiting:
                if self._closed:
                    return None
                self._ready.wait()
            self._idle -= 1
            return self._waiting.popleft()

    def _attempt(self, host: "_Host", busy: Busy, body: Body) -> Done:
        started_at = self._clock.now()
        try:
            result = self._converse(host, busy)
        except ChildEndedError:
            result = _died(host.end())
        except Exception as error:  # noqa: BLE001 - it cannot begin: no process, or no code for it
            result = failure(error, body)
        finally:
            with self._ready:
                del self._busy[busy.work]
                busy.child = None
        if busy.stop:
            host.end()  # with all that the attempt has started
        return Done(busy.work, result, started_at, self._clock.now())

    def _converse(self, host: "_Host", busy: Busy) -> Result:
        """Hand the attempt to the child, and hear it out."""
        work = busy.work
        origin = self._locate(work)
        if busy.stop:
            raise AttemptStoppedError(work.path, busy.stop)
        child = host.child()
        with self._ready:
            busy.child = child
        child.send(frames.dump_work(work, origin, with_plan=host.is_new(work.plan.hash)))
        while True:
            frame = child.receive(LOOK_SECONDS)
            if frame is not None:
                said = frames.read(frame)
                if "done" in said:
                    return frames.load_result(said["done"])
                self._answer(child, busy, said)
            self._look(child, busy)

    def _answer(self, child: Child, busy: Busy, said: dict[str, Any]) -> None:
        work = busy.work
        if "outputs" in said:
            child.send(frames.message(outputs=dict(work.outputs(said["outputs"]))))
        elif "ask" in said:
            child.send(frames.message(answer=kin.answer(work, said["ask"])))
        elif "beat" in said:
            try:
                work.pulse(work, *said["beat"])
            except AttemptStoppedError as error:
                self.stop(work, error.why)

    def _look(self, child: Child, busy: Busy) -> None:
        """See whether the attempt was called off, and what is to be done about it now."""
        if busy.stop and not busy.told:
            busy.told = True
            child.send(frames.message(stop=busy.stop))
        with self._ready:
            self._press(busy)

    def _press(self, busy: Busy) -> None:
        """Do what is due to an attempt that was called off: nothing, SIGTERM, SIGKILL."""
        if busy.child is None or not busy.stop:
            return
        since = self._clock.monotonic() - busy.at
        patience = self._grace if busy.stop == "cancel" else 0.0
        if busy.stop in AT_ONCE or since >= patience + self._grace:
            self._kill(busy)
        elif since >= patience and not busy.terminated:
            busy.terminated = True
            busy.child.signal(signal.SIGTERM)

    def _kill(self, busy: Busy) -> None:
        if busy.child is not None and not busy.killed:
            busy.killed = True
            busy.child.signal(signal.SIGKILL)


class _Host:
    """A thread's child, made when it is needed, and the plans that it has been told."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn
        self._child: Child | None = None
        self._told: set[str] = set()

    def child(self) -> Child:
        if self._child is None:
            self._child = self._spawn()
            self._told.clear()
        return self._child

    def is_new(self, plan: str) -> bool:
        new = plan not in self._told
        self._told.add(plan)
        return new

    def end(self) -> int:
        child, self._child = self._child, None
        return child.end() if child is not None else 0


def _died(status: int) -> Result:
    """Return what an attempt came to whose process ended before it: it may be the step's fault."""
    if status == -signal.SIGKILL:
        how = "by SIGKILL: somebody killed it, or the system had no more memory for it"
    elif status < 0:
        how = f"by {_signal_name(-status)}"
    else:
        how = f"with exit status {status}, before it had reported"
    error = f"the process of this attempt ended {how}"
    return Result(outcome=Failed(kind="worker_died", error=error))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
