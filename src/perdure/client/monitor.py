"""Following an execution: what has happened to it first, then what happens, each thing once.

What is told comes from the execution's history, so a monitor that is made late, or in another
process after a crash, misses nothing. Where handlers are registered a thread reads and calls them,
and a script that ends waits until their execution has ended.
"""

import logging
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self, TypeVar

from perdure.app.default import ends_at_once
from perdure.app.opened import at_exit
from perdure.errors import PerdureError, ResultTimeoutError
from perdure.service.standing import execution_id
from perdure.service.watching import Watch
from perdure.wire.executions import Happening

log = logging.getLogger("perdure")

POLL, MOST_POLL = 0.01, 0.25
"""Seconds between two looks: more and more where nothing happens."""

Listening = Callable[[Callable[[], object]], AbstractContextManager[None]]
F = TypeVar("F", bound=Callable[..., Any])


class Monitor:
    """Follows one execution. Each handler is called with everything, from the beginning on.

        @monitor.on_step_completed
        def done(step_id, result): ...

    A handler that raises is logged, and the others go on. Iterating gives the events themselves,
    each with an `id` from where `monitor(..., after=id)` goes on.
    """

    def __init__(
        self, run: str, watch: Callable[[], Watch], listening: Listening | None = None
    ) -> None:
        """Follow a run by its id. Raises ExecutionNotFoundError."""
        self._run = run
        self._watch = watch
        watch()  # so that an unknown one is told here
        self._listening = listening
        self._reader: _Reader | None = None

    @property
    def execution_id(self) -> str:
        """The execution's id."""
        return execution_id(self._run)

    def on_step_completed(self, handler: F) -> F:
        """Have this called with each step's id and its result, as (step_id, result)."""
        return self._add("step_completed", handler, lambda told: (told.step_id, told.result))

    def on_step_failed(self, handler: F) -> F:
        """Have this called with each step that failed for good, as (step_id, error)."""
        return self._add("step_failed", handler, lambda told: (told.step_id, told.error))

    def on_step_skipped(self, handler: F) -> F:
        """Have this called with each step that does not run, as (step_id)."""
        return self._add("step_skipped", handler, lambda told: (told.step_id,))

    def on_workflow_completed(self, handler: F) -> F:
        """Have this called with what the execution came to, as (final_result)."""
        return self._add("execution_completed", handler, lambda told: (told.result,))

    def on_workflow_failed(self, handler: F) -> F:
        """Have this called with why the execution failed, as (error)."""
        return self._add("execution_failed", handler, lambda told: (told.error,))

    def on_workflow_cancelled(self, handler: F) -> F:
        """Have this called when the execution was cancelled, without arguments."""
        return self._add("execution_cancelled", handler, lambda _told: ())

    def on_event(self, handler: F) -> F:
        """Have this called with every event, as (event)."""
        return self._add(None, handler, lambda told: (told,))

    def __iter__(self) -> Iterator[Happening]:
        """Yield what has happened and then what happens, until the execution has ended."""
        watch, pause = self._watch(), POLL
        while True:
            found = watch.look()
            yield from found
            if watch.is_over:
                return
            pause = POLL if found else min(2 * pause, MOST_POLL)
            self._rest(pause)

    def wait(self, timeout: float | None = None) -> Self:
        """Return when the execution has ended and every handler has been told so.

        Raises ResultTimeoutError.
        """
        reader = self._reading()
        if not reader.idle.wait(timeout):
            raise ResultTimeoutError(
                f"execution {self.execution_id} has not ended after {timeout} s"
            )
        return self

    def close(self) -> None:
        """Call no handler any more."""
        if self._reader is not None:
            self._reader.close()

    def _add(
        self, kind: str | None, handler: F, arguments: Callable[[Happening], tuple[Any, ...]]
    ) -> F:
        self._reading().add(_Handler(kind, handler, arguments))
        return handler

    def _reading(self) -> "_Reader":
        if self._reader is None:
            self._reader = _Reader(self._watch, self._listening)
        return self._reader

    def _rest(self, seconds: float) -> None:
        bell = threading.Event()
        with self._listening(bell.set) if self._listening is not None else nullcontext():
            bell.wait(seconds)


class _Handler:
    """A function that is told of one kind of events, and how many it has been told of."""

    def __init__(
        self,
        kind: str | None,
        call: Callable[..., Any],
        arguments: Callable[[Happening], tuple[Any, ...]],
    ) -> None:
        self._kind = kind
        self._call = call
        self._arguments = arguments
        self.told = 0

    def tell(self, event: Happening) -> None:
        self.told += 1
        if self._kind not in (None, event.type):
            return
        try:
            self._call(*self._arguments(event))
        except Exception:  # a handler is anybody's code, and the others are to be told
            log.exception("a handler of execution events failed", extra={"event": event.type})


class _Reader:
    """Reads an execution's events and tells handlers, in a thread of its own while there is more to tell."""

    def __init__(self, watch: Callable[[], Watch], listening: Listening | None) -> None:
        self._watch = watch()
        self._listening = listening
        self._events: list[Happening] = []
        self._handlers: list[_Handler] = []
        self._changed = threading.Condition()
        self._closed = False
        self._runs = False
        self.idle = threading.Event()
        """Set where the execution has ended and every handler knows."""
        _keep_alive(self)
        self.add()

    def add(self, *handlers: _Handler) -> None:
        """Tell these, too, from the first event on."""
        with self._changed:
            if self._closed:
                return
            self._handlers += handlers
            self.idle.clear()
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._read, name="perdure-monitor", daemon=True).start()
            self._changed.notify_all()

    def close(self) -> None:
        """Tell nobody any more."""
        with self._changed:
            self._closed = True
            self.idle.set()
            self._changed.notify_all()

    def _read(self) -> None:
        pause = POLL
        with self._listening(self._ring) if self._listening is not None else nullcontext():
            while self._goes_on(pause):
                try:
                    found = [] if self._watch.is_over else self._watch.look()
                except PerdureError:  # the engine was closed, or its store is lost: that was told
                    self.close()
                    return
                self._events += found
                for handler in list(self._handlers):
                    for event in self._events[handler.told :]:
                        handler.tell(event)
                pause = POLL if found else min(2 * pause, MOST_POLL)

    def _goes_on(self, seconds: float) -> bool:
        """Wait for more to tell; False where no more will come, to those that there are."""
        with self._changed:
            if self._closed:
                return False
            if any(handler.told < len(self._events) for handler in self._handlers):
                return True
            if self._watch.is_over:
                self._runs = False
                self.idle.set()
                return False
            if self._events or seconds > POLL:
                self._changed.wait(seconds)
            return not self._closed

    def _ring(self) -> None:
        with self._changed:
            self._changed.notify_all()


_readers: "weakref.WeakSet[_Reader]" = weakref.WeakSet()
_is_kept = False


def _keep_alive(reader: _Reader) -> None:
    """Have the script not end before this reader's execution has.

    Registered when the engine is open, so it is called before the engine is closed.
    """
    global _is_kept  # noqa: PLW0603 - Python calls it once, for all
    _readers.add(reader)
    if not _is_kept:
        _is_kept = True
        at_exit(_await_readers)


def _await_readers() -> None:
    if ends_at_once():
        return
    try:
        for reader in list(_readers):
            while not reader.idle.wait(MOST_POLL):  # so that Ctrl-C is heard
                continue
    except KeyboardInterrupt:
        return
