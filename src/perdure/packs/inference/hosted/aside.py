"""An event loop in a thread of its own, for clients that are coroutines; begun when first needed.

All requests of a process share it, so that a connection is used again by whichever thread asks next.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Aside:
    """Runs coroutines for threads that wait. A forked child begins a loop of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._pid = 0

    @property
    def generation(self) -> int:
        """A number that differs when clients of earlier calls belong to another loop."""
        return self._pid

    def run(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what the coroutine that `make` gives returns; it is made in the loop's thread."""

        async def run() -> T:
            return await make()

        return asyncio.run_coroutine_threadsafe(run(), self._running()).result()

    def close(self) -> None:
        """End the loop, if it has begun in this process, and its thread."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None or self._pid != os.getpid():
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop, self._pid = asyncio.new_event_loop(), os.getpid()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="perdure-models", daemon=True
                )
                self._thread.start()
            return self._loop
