"""One attempt and the child that runs it: what is said to it, what is heard, and how it is ended.

Nothing here waits or starts a thread: who drives a talk says how long a turn may listen.
"""

import signal
import threading
from collections.abc import Callable
from typing import Any

from perdure.errors import AttemptStoppedError
from perdure.executors import frames, kin
from perdure.executors.frames import Origin
from perdure.executors.invoke import failure
from perdure.kernel.directives import Failed
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Result, Work
from perdure.ports.spawn import Child, ChildEndedError, Spawn

LOOK_SECONDS = 0.25
"""How often one looks up from a child, to see whether its attempt was called off."""

AT_ONCE = ("lease", "lost")
"""Others may begin the attempt again: it may not go on for a moment."""

Locate = Callable[[Work], Origin]
"""Says where a child finds the code of an attempt. Raises DefinitionError if it cannot."""


class Host:
    """A child, made when it is needed, for one attempt after the other."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn
        self._child: Child | None = None
        self._told: set[str] = set()  # the plans that it knows
        self._number = 0

    def child(self) -> Child:
        """Return the child, a new one if there is none. Raises OSError."""
        if self._child is None:
            self._child = self._spawn()
            self._told.clear()
        return self._child

    def is_new(self, plan: str) -> bool:
        """Whether the child has not been told this plan; from now on it has."""
        new = plan not in self._told
        self._told.add(plan)
        return new

    def next_number(self) -> int:
        """Return the next attempt's number, which its report carries."""
        self._number += 1
        return self._number

    def end(self) -> int:
        """Kill the child with all that it has started, and return its exit status."""
        child, self._child = self._child, None
        return child.end() if child is not None else 0


class Talk:
    """One attempt. `begin` it, and take turns until one returns a result; `stop` it at any time."""

    def __init__(
        self, work: Work, body: Body, *, clock: Clock, locate: Locate, grace: float
    ) -> None:
        self.work = work
        self.stopped = ""
        self.cpu: float | None = None  # what the child says of its processor, once it has reported
        self._body = body
        self._clock = clock
        self._locate = locate
        self._grace = grace
        self._host: Host | None = None
        self._child: Child | None = None
        self._number = 0
        self._stopped_at = 0.0
        self._told = False
        self._terminated = False
        self._killed = False
        self._lock = threading.Lock()

    def begin(self, host: Host) -> Result | None:
        """Hand the attempt to the host's child; a result says that it could not begin."""
        self._host = host
        return self._guarded(lambda: self._hand_over(host))

    def turn(self, seconds: float) -> Result | None:
        """Listen for so long at most, answer, and do what is due to one that was called off."""
        return self._guarded(lambda: self._listen(seconds))

    def stop(self, how: str) -> None:
        """Have the attempt end: by itself, by SIGTERM, by SIGKILL, or at once by the last."""
        with self._lock:
            if not self.stopped:
                self.stopped, self._stopped_at = how, self._clock.monotonic()
                self._press()

    def kill(self) -> None:
        """End it at once, whatever it was called off for."""
        with self._lock:
            self.stopped = self.stopped or "drain"
            self._kill()

    # -- turns -------------------------------------------------------------------------------
    def _guarded(self, act: Callable[[], Result | None]) -> Result | None:
        """Return what an attempt came to, by its report or otherwise; then its child is free."""
        host = self._host
        assert host is not None
        try:
            result = act()
        except ChildEndedError:
            result = _died(host.end())
        except Exception as error:  # noqa: BLE001 - it cannot begin: no process, or no code for it
            result = failure(error, self._body)
        if result is not None:
            with self._lock:
                self._child = None
            if self.stopped:
                host.end()  # with all that the attempt has started
        return result

    def _hand_over(self, host: Host) -> None:
        work = self.work
        origin = self._locate(work)
        if self.stopped:
            raise AttemptStoppedError(work.path, self.stopped)
        child = host.child()
        with self._lock:
            self._child = child
        self._number = host.next_number()
        new = host.is_new(work.plan.hash)
        child.send(frames.dump_work(work, origin, with_plan=new, number=self._number))

    def _listen(self, seconds: float) -> Result | None:
        child = self._child
        assert child is not None
        if (frame := child.receive(seconds)) is not None:
            said = frames.read(frame)
            if "done" not in said:
                self._answer(child, said)
            elif said["number"] == self._number:  # else an earlier attempt's, come twice
                self.cpu = said["cpu"]
                return frames.load_result(said["done"])
        self._look(child)
        return None

    def _answer(self, child: Child, said: dict[str, Any]) -> None:
        work = self.work
        if "outputs" in said:
            child.send(frames.message(outputs=dict(work.outputs(said["outputs"]))))
        elif "ask" in said:
            child.send(frames.message(answer=kin.answer(work, said["ask"])))
        elif "beat" in said:
            try:
                work.pulse(work, *said["beat"])
            except AttemptStoppedError as error:
                self.stop(error.why)

    def _look(self, child: Child) -> None:
        """See whether the attempt was called off, and what is to be done about it now."""
        if self.stopped and not self._told:
            self._told = True
            child.send(frames.message(stop=self.stopped))
        with self._lock:
            self._press()

    def _press(self) -> None:
        """Do what is due to an attempt that was called off: nothing, SIGTERM, SIGKILL."""
        if self._child is None or not self.stopped:
            return
        since = self._clock.monotonic() - self._stopped_at
        patience = self._grace if self.stopped == "cancel" else 0.0
        if self.stopped in AT_ONCE or since >= patience + self._grace:
            self._kill()
        elif since >= patience and not self._terminated:
            self._terminated = True
            self._child.signal(signal.SIGTERM)

    def _kill(self) -> None:
        if self._child is not None and not self._killed:
            self._killed = True
            self._child.signal(signal.SIGKILL)


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
