"""The threads of a real process: one that ticks the duties, one that waits for a busy store.

A third carries what is in applications' outboxes, where there are any: their databases may be slow.

The ledger is turned by whoever brings a message. Only where others write to the store at that
moment does its own thread wait for them, so no event loop and no duty ever does.
"""

import logging
import threading
from collections.abc import Callable

from perdure.errors import StoreBusyError, StoreError, StoreLostError
from perdure.runtime.process import Process

log = logging.getLogger("perdure.loop")

PAUSE_AFTER_ERROR = 0.5
LONGEST_FIRING = 5.0
LOOK_AGAIN = 0.005


class Loop:
    """Drives one process until it is stopped. `on_lost` is called if the store is lost."""

    def __init__(self, process: Process, on_lost: Callable[[BaseException], None]) -> None:
        self._process = process
        self._on_lost = on_lost
        self._ring = threading.Event()
        self._busy = threading.Event()
        self._parcels = threading.Event()
        self._pause = threading.Event()  # set once the loop is to stop; waited for in between
        self._told: str | None = None
        self._sleeps_until = float("inf")
        self._threads = [
            threading.Thread(target=self._tick, name="perdure-duties", daemon=True),
            threading.Thread(target=self._wait, name="perdure-ledger", daemon=True),
        ]
        self._courier: threading.Thread | None = None
        self._hiring = threading.Lock()
        process.courier.on_hint = self._summon
        process.ledger.on_busy = self._busy.set
        process.ledger.on_due = self._due
        process.crew.pulses.on_first = self.ring

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> None:
        """End both threads, and wait for them up to `timeout` seconds each."""
        self._end()
        for thread in [*self._threads, *([self._courier] if self._courier else [])]:
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(timeout)

    def drive(self) -> None:
        """Turn the ledger in this thread, or leave it to the one that does or waits.

        Raises nothing of the store's: the messages are kept, and the waiting thread takes them.
        """
        try:
            self._process.ledger.drive()
        except StoreLostError as error:
            self._lost(error)
        except StoreError as error:
            self._trouble(error)
            self._busy.set()

    def ring(self) -> None:
        """Look at the duties now."""
        self._ring.set()

    def process_scheduled(self) -> None:
        """Have timers fire that are due, and wait for it, up to a few seconds where others write."""
        process = self._process
        now = process.clock.now()
        until = process.clock.monotonic() + LONGEST_FIRING
        process.look_now()
        self.ring()
        while process.is_due(now) and process.clock.monotonic() < until:
            if self._pause.wait(LOOK_AGAIN):
                return

    def _due(self, due: float) -> None:
        self._process.timekeeper.hint(due)
        if due < self._sleeps_until:
            self._ring.set()

    def _tick(self) -> None:
        clock = self._process.clock
        while not self._pause.is_set():
            try:
                now = clock.now()
                wake_at = self._process.tick(now)
                self._employ()
                self.drive()
                self._sleeps_until = wake_at
                self._ring.wait(max(wake_at - clock.now(), 0.0))
                self._ring.clear()
                self._sleeps_until = float("inf")
            except StoreLostError as error:
                self._lost(error)
            except Exception as error:  # noqa: BLE001 - a duty must live on; what it does is in rows
                self._trouble(error)
                self._pause.wait(PAUSE_AFTER_ERROR)

    def _summon(self) -> None:
        self._parcels.set()
        self._employ()

    def _employ(self) -> None:
        """Have a courier once there is an outbox."""
        with self._hiring:
            idle = self._courier is None and not self._pause.is_set()
            if idle and self._process.courier.is_wanted:
                thread = threading.Thread(target=self._carry, name="perdure-courier", daemon=True)
                self._courier = thread
                thread.start()

    def _carry(self) -> None:
        clock, courier = self._process.clock, self._process.courier
        while not self._pause.is_set():
            try:
                self._parcels.clear()
                wake_at = courier.tick(clock.now())
                self.drive()
                self._parcels.wait(max(wake_at - clock.now(), 0.0))
            except StoreLostError as error:
                self._lost(error)
            except Exception as error:  # noqa: BLE001 - a duty must live on; its rows are kept
                self._trouble(error)
                self._pause.wait(PAUSE_AFTER_ERROR)

    def _wait(self) -> None:
        while not self._pause.is_set():
            self._busy.wait()
            self._busy.clear()
            if self._pause.is_set():
                return
            try:
                self._process.ledger.drive(wait=True)
                self._told = None
            except StoreLostError as error:
                self._lost(error)
            except Exception as error:  # noqa: BLE001 - the messages are kept, and taken again
                self._trouble(error)
                self._pause.wait(PAUSE_AFTER_ERROR)
                self._busy.set()

    def _trouble(self, error: Exception) -> None:
        """Tell a trouble once, not each time that it is met again; a busy store is none."""
        if isinstance(error, StoreBusyError) or self._pause.is_set() or self._told == str(error):
            return
        self._told = str(error)
        log.error("this is tried again, and what was reported is kept", exc_info=error)

    def _lost(self, error: StoreLostError) -> None:
        if self._pause.is_set():
            return  # it was closed
        self._end()
        log.critical("the store is lost; this engine stops", exc_info=error)
        self._on_lost(error)

    def _end(self) -> None:
        self._pause.set()
        self._parcels.set()
        self._ring.set()
        self._busy.set()
