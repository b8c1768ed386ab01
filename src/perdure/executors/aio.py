"""Runs step bodies that are coroutines, on one event loop in a thread of its own."""

import asyncio
import contextvars
import threading
from collections import deque
from collections.abc import Callable

from perdure.executors.invoke import failure, invoke_async
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Done, Work
from perdure.ports.mailbox import Mailbox

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


class AsyncExecutor:
    """An event loop that begins when the first attempt does. `loop_factory` makes it."""

    def __init__(
        self, mailbox: Mailbox, clock: Clock, loop_factory: LoopFactory = asyncio.new_event_loop
    ) -> None:
        self._mailbox = mailbox
        self._clock = clock
        self._factory = loop_factory
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ident = 0  # the thread's
        self._starting = threading.Lock()
        self._waiting: deque[tuple[Work, Body]] = deque()
        self._called = False
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._told_idle = False
        self._ending: asyncio.Task[None] | None = None

    def submit(self, work: Work, body: Body) -> None:
        """Begin the attempt as a task of the loop."""
        if threading.get_ident() == self._ident:
            self._start(work, body)
            return
        self._waiting.append((work, body))
        if not self._called:
            self._called = True
            self._running().call_soon_threadsafe(self._begin)

    def stop(self, work: Work, how: str) -> None:  # noqa: ARG002 - every stop is a cancellation
        """Cancel the attempt's task."""
        if (loop := self._loop) is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._cancel, work)

    def close(self, timeout: float) -> None:
        """Cancel what runs, wait for it up to `timeout` seconds, and end the loop."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return
        loop.call_soon_threadsafe(self._end, timeout)
        if thread is not threading.current_thread():
            thread.join(timeout)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = self._factory()
                self._thread = threading.Thread(
                    target=self._run, args=(self._loop,), name="perdure-steps", daemon=True
                )
                self._thread.start()
            return self._loop

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        self._ident = threading.get_ident()
        try:
            loop.run_forever()
        finally:
            self._ident = 0
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def _begin(self) -> None:
        """Make a task of everything that was submitted. Runs in the loop."""
        self._called = False
        waiting = self._waiting
        while waiting:
            self._start(*waiting.popleft())

    def _start(self, work: Work, body: Body) -> None:
        assert self._loop is not None
        task = self._loop.create_task(self._attempt(work, body), context=contextvars.Context())
        self._tasks[id(work)] = task

    async def _attempt(self, work: Work, body: Body) -> None:
        started_at = self._clock.now()
        try:
            done = await invoke_async(body, work, self._clock)
        except asyncio.CancelledError:
            stopped = failure(RuntimeError("the attempt was stopped"), body)
            done = Done(work, stopped, started_at, self._clock.now())
        del self._tasks[id(work)]
        self._mailbox.put(done)
        if self._told_idle:
            return
        if not self._tasks and not self._waiting:
            contextvars.Context().run(self._mailbox.idle)  # nothing of the step's is seen there
            return
        self._told_idle = True
        assert self._loop is not None
        # after everything that is ready now: their reports share the commit
        self._loop.call_soon(self._idle)

    def _idle(self) -> None:
        self._told_idle = False
        self._mailbox.idle()

    def _cancel(self, work: Work) -> None:
        if (task := self._tasks.get(id(work))) is not None and self._loop is not None:
            # not before its first step, which may be due: it would end without a report
            self._loop.call_soon(task.cancel)

    def _end(self, timeout: float) -> None:
        assert self._loop is not None
        self._ending = self._loop.create_task(self._finish(timeout))

    async def _finish(self, timeout: float) -> None:  # noqa: ASYNC109 - it is not ours to raise
        tasks = list(self._tasks.values())
        await asyncio.sleep(0)  # the first step of each, as above
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=timeout)
        asyncio.get_running_loop().stop()
