"""A store that is open in this process, and what works on it. All engines over it share one.

Two engines with connections of their own on one file would be two processes in one: they would
wait for each other, and a claim of one would be a stray to the other.
"""

import logging
import os
import threading
from collections.abc import Callable

from perdure.app import compose
from perdure.app.clock import SystemClock
from perdure.app.endings import Watched
from perdure.app.sealing import Secrets
from perdure.app.signals import Signaller
from perdure.authoring.registry import Registry
from perdure.config import Config
from perdure.errors import ConfigError, EngineClosedError, StoreError, StoreLostError
from perdure.ports.clock import Clock

log = logging.getLogger("perdure")

EXIT_SECONDS = 0.2

Place = tuple[int, int]


class Opened:
    """The store, the process over it, and its threads, for as long as an engine holds them."""

    def __init__(
        self,
        config: Config,
        registry: Registry,
        *,
        worker: bool,
        inline: bool,
        create: bool,
        clock: Clock | None = None,
    ) -> None:
        self.registry = registry
        self.inline = inline
        self.clock = clock
        self.durability = config.durability
        self.pid = os.getpid()
        self.holders = 1
        self.lost: BaseException | None = None
        self.place: Place | None = None
        self.watched = Watched()
        self.store = compose.open_store(config.path, config, create=create)
        self.secrets = Secrets(self.store, config.path, clock or SystemClock())
        try:
            self.secrets.check()
            self.process = compose.make_process(
                self.store, registry, config, inline=inline, clock=clock, vault=self.secrets
            )
            self.process.crew.slots.accepts = worker
            self.process.on_ended = self.watched.ended
            self.process.on_change = self.watched.changed
            self._inline = compose.make_inline_loop(self.process) if inline else None
            self._loop = None if inline else compose.make_loop(self.process, self._on_lost)
            self.process.open(*compose.this_host())
        except BaseException:
            self.store.close()
            raise
        self.signals = Signaller(self.store, self.process, self.drive)
        if self._loop is not None:
            self._loop.start()

    def drive(self) -> None:
        """Have the ledger turned, here or by the thread that does so already."""
        if self._loop is not None:
            self._loop.drive()
        elif self._inline is not None:
            self._inline.drive()

    def run_ready(self) -> None:
        """Run what is ready in this thread, also within a step, if threads of ours do not."""
        if self._inline is not None:
            self._inline.carry()
            self._inline.drive()
            self._inline.run_ready()

    def process_scheduled(self) -> None:
        """Fire what is due, and return when it has fired."""
        if self._inline is not None:
            self._inline.process_scheduled()
        elif self._loop is not None:
            self._loop.process_scheduled()

    def work(self) -> None:
        """Take up jobs from now on."""
        self.process.crew.slots.accepts = True
        self.look_for_jobs()

    def look_for_jobs(self) -> None:
        """Have the store asked for jobs: they may be claimed now, and could not before."""
        self.check()
        self.process.crew.slots.backlog()
        self.drive()

    def check(self) -> None:
        """Raise StoreLostError or EngineClosedError if this cannot be used (any more, or here)."""
        if self.pid != os.getpid():
            raise EngineClosedError(
                "this engine belongs to the process that opened it. Open one in this process"
            )
        if self.lost is not None:
            raise StoreLostError(f"{self.lost}. Close this engine and open another")

    def end(self, timeout: float) -> None:
        """Commit what was reported, hand back what runs, and let go of the store."""
        if self._loop is not None:
            self._loop.stop(timeout)
        try:
            if self.lost is None:
                self._leave(timeout)
        except StoreError:
            log.exception("what ran could not be handed back; it is taken over at the next start")
        finally:
            lanes = self.process.lanes.values()
            for executor in {id(executor): executor for executor, _ in lanes}.values():
                executor.close(timeout)
            self.store.close()

    def _leave(self, timeout: float) -> None:
        self.process.crew.drain()  # first: what is reported from now on would come too late
        self.process.ledger.finish(timeout)
        self.process.leave()

    def _on_lost(self, error: BaseException) -> None:
        self.lost = error
        self.watched.changed()


_lock = threading.RLock()
_all: dict[Place, Opened] = {}
_ends_at_exit = False


def at_exit(call: Callable[[], None]) -> None:
    """Call this when the script has ended: before Python closes its thread pools.

    `atexit` comes after that, when steps could not begin any more. The last one is called first.
    """
    threading._register_atexit(call)  # type: ignore[attr-defined]  # noqa: SLF001


def hold(
    config: Config,
    registry: Registry,
    *,
    worker: bool,
    inline: bool,
    create: bool,
    clock: Clock | None = None,
) -> Opened:
    """Return what this process has of a store: opened now, or shared with who has it open.

    Raises ConfigError where it is open in another way than is asked for.
    """
    with _lock:
        found = _all.get(place) if (place := _place(config)) is not None else None
        if found is None or found.lost is not None:
            _end_at_exit()
            opened = Opened(
                config, registry, worker=worker, inline=inline, create=create, clock=clock
            )
            opened.place = _place(config)
            if opened.place is not None:
                _all[opened.place] = opened
            return opened
        _refuse_another_way(found, config, registry, inline=inline, clock=clock)
        found.holders += 1
    if worker and not found.process.crew.slots.accepts:
        found.work()
    return found


def let_go(opened: Opened, timeout: float) -> None:
    """End one engine's hold; with the last one the store is closed."""
    if opened.pid != os.getpid():
        return  # a forked child: the store is its parent's
    with _lock:
        opened.holders -= 1
        if opened.holders > 0:
            return
        if opened.place is not None and _all.get(opened.place) is opened:
            del _all[opened.place]
        opened.end(timeout)  # within the lock: who opens the store again waits for its end


def _place(config: Config) -> Place | None:
    """Return what tells one file from another, whatever its name; None where there is none."""
    if config.path is None:
        return None
    try:
        found = config.path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _refuse_another_way(
    opened: Opened, config: Config, registry: Registry, *, inline: bool, clock: Clock | None
) -> None:
    ways = {
        "another registry of workflows": opened.registry is not registry,
        "another durability": opened.durability != config.durability,
        "another way to run steps (inline)": opened.inline != inline,
        "another clock": opened.clock is not clock,
    }
    for way, differs in ways.items():
        if differs:
            raise ConfigError(
                f"the store {config.store} is open in this process with {way}; a process has one "
                "engine for a store. Ask for the same, or close the other engine first"
            )


def _end_at_exit() -> None:
    """Have what nobody closed handed back when the process ends, so that it is not rescued."""
    global _ends_at_exit  # noqa: PLW0603
    if not _ends_at_exit:
        _ends_at_exit = True
        at_exit(_end_all)


def _end_all() -> None:
    with _lock:
        for opened in list(_all.values()):
            opened.end(EXIT_SECONDS)
        _all.clear()


def _forget_in_child() -> None:
    """Leave to the parent what is the parent's: the child opens its own."""
    global _lock  # noqa: PLW0603
    _lock = threading.RLock()  # the parent's may be held by a thread that is not here
    _all.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
