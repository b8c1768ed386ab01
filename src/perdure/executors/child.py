"""The child's side: runs one attempt after the other in its main thread, until the line ends.

Another thread reads the line, so that a stop, and the parent's death, are heard while a step runs.
"""

import asyncio
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from perdure.errors import AttemptStoppedError
from perdure.executors import frames
from perdure.executors.frames import Origin
from perdure.executors.invoke import failure, invoke, invoke_async
from perdure.executors.kin import DistantFamily, DistantVault
from perdure.executors.links import Link
from perdure.kernel.plan import Plan
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Result, Work
from perdure.ports.spawn import ChildEndedError

Find = Callable[[Origin, Work], Body]
"""Imports what is needed, and returns the code of an attempt. Raises whatever the import does."""


class Child:
    """Serves one line. `end` is called when the parent is gone, from the reading thread."""

    def __init__(self, link: Link, clock: Clock, find: Find, end: Callable[[], None]) -> None:
        self._link = link
        self._clock = clock
        self._find = find
        self._end = end
        self._plans: dict[str, Plan] = {}
        self._orders: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._outputs: queue.SimpleQueue[dict[str, str | None]] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._stop = ""
        self._running = ""

    def serve(self) -> None:
        """Run attempts until the line ends."""
        threading.Thread(target=self._listen, name="perdure-line", daemon=True).start()
        while (order := self._orders.get()) is not None:
            worked = time.process_time()  # all its threads: no other attempt is in this process
            result = self._attempt(order)
            cpu = time.process_time() - worked
            self._link.send(frames.dump_result(result, order["number"], cpu))

    def _listen(self) -> None:
        while True:
            try:
                said = frames.read(self._link.receive() or "{}")
            except ChildEndedError:
                self._orders.put(None)
                self._end()
                return
            if "stop" in said:
                self._stop = said["stop"]
            elif "outputs" in said:
                self._outputs.put(said["outputs"])
            elif "answer" in said:
                self._answers.put(said["answer"])
            else:
                self._stop = ""
                self._orders.put(said)

    def _attempt(self, order: dict[str, Any]) -> Result:
        work = frames.load_work(
            order["run"],
            self._plans,
            reader=self._read,
            pulse=self._beat,
            family=DistantFamily(self._ask),
            vault=DistantVault(self._ask),
            called_off=lambda _work: bool(self._stop),
        )
        body: Body | None = None
        try:
            self._running = work.path
            body = self._find(frames.load_origin(order["origin"]), work)
            if body.is_async:
                return asyncio.run(invoke_async(body, work, self._clock)).result
            return invoke(body, work, self._clock).result
        except (Exception, SystemExit) as error:  # noqa: BLE001 - an import runs anybody's code
            return failure(error, body)
        finally:
            self._running = ""

    def _read(self, _run: str, steps: list[str]) -> dict[str, str | None]:
        self._link.send(frames.message(outputs=steps))
        return self._outputs.get()

    def _ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        self._link.send(frames.message(ask=dict(question)))
        return self._answers.get()

    def _beat(self, work: Work, progress: float | None, detail: str | None) -> None:
        if self._stop:
            raise AttemptStoppedError(work.path, self._stop)
        self._link.send(frames.message(beat=[progress, detail]))

    def terminate(self, _number: int = signal.SIGTERM, _frame: FrameType | None = None) -> None:
        """End what runs by an error in the midst of it, so that it may clean up; or all, if idle."""
        if self._running:
            raise AttemptStoppedError(self._running, self._stop or "drain")
        raise SystemExit(0)


def kill_group() -> None:
    """Kill this process and all that it has started."""
    os.killpg(os.getpgrp(), signal.SIGKILL)
