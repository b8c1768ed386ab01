"""What an engine is made of: the only room that names stores and executors."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

from perdure.app.clock import SystemClock
from perdure.app.inline import InlineLoop
from perdure.app.kinds import host_graphs
from perdure.app.origins import locating
from perdure.app.places import prepare
from perdure.authoring.registry import Registry
from perdure.config import Config
from perdure.executors.aio import AsyncExecutor
from perdure.executors.inline import InlineExecutor
from perdure.executors.processes import ProcessExecutor
from perdure.executors.threads import ThreadExecutor
from perdure.ports.clock import Clock
from perdure.ports.spawn import Child, Spawn
from perdure.ports.store import Store
from perdure.ports.vault import Vault
from perdure.runtime.loop import Loop
from perdure.runtime.post import Post
from perdure.runtime.process import Lanes, Process

INLINE_SLOTS = 256  # a step that waits for another run keeps its own


def open_store(path: Path | None, config: Config, *, create: bool = True) -> Store:
    """Return the store at a path, made if need be; a store in memory where there is none."""
    if path is None:
        from perdure.stores.memory import MemoryStore

        return MemoryStore()
    from perdure.stores.sqlite import SqliteStore

    if create:
        prepare(path)
    return SqliteStore.open(path, create=create, durability=config.durability)


def make_process(
    store: Store,
    registry: Registry,
    config: Config,
    *,
    inline: bool,
    clock: Clock | None = None,
    vault: Vault | None = None,
) -> Process:
    """Return a process over a store, with the executors that the settings ask for."""
    clock = clock or SystemClock()
    post = Post()
    host_graphs(registry)
    lanes: Lanes
    if inline:
        executor = InlineExecutor(post, clock)
        lanes = dict.fromkeys(("thread", "async", "process"), (executor, INLINE_SLOTS))
    else:
        lanes = {
            "thread": (ThreadExecutor(post, clock), config.threads),
            "async": (AsyncExecutor(post, clock), config.coroutines),
            "process": (
                ProcessExecutor(
                    post, clock, spawn=_spawning(config), locate=locating(registry),
                    grace=config.grace_seconds,
                ),
                config.processes,
            ),
        }  # fmt: skip
    process = Process(
        store=store,
        clock=clock,
        registry=registry,
        mailbox=post,
        lanes=lanes,
        lease=config.lease_seconds,
        queues=config.served,
        keep=None if inline else config.keep_seconds,
        vault=vault,
    )
    post.connect(process.crew, process.ledger, process.ledger.drive)
    return process


def _spawning(config: Config) -> Spawn:
    """Return what starts children. A step there may start and signal runs of this very store."""

    def spawn() -> Child:
        from perdure.executors.spawning import Spawner  # few scripts have such steps

        environ = {"PERDURE_WORKER": "off", "PERDURE_STORE": config.store}
        return Spawner(["-m", "perdure.app.child"], environ)()

    return spawn


def make_loop(process: Process, on_lost: Callable[[BaseException], None]) -> Loop:
    """Return the threads that drive a process; the executors' reports turn its ledger."""
    loop = Loop(process, on_lost)
    post = process.mailbox
    assert isinstance(post, Post)
    post.connect(process.crew, process.ledger, loop.drive)
    return loop


def make_inline_loop(process: Process) -> InlineLoop:
    """Return what drives a process in its callers' threads."""
    executor, _ = process.lanes["thread"]
    assert isinstance(executor, InlineExecutor)
    return InlineLoop(process, executor)


def this_host() -> tuple[str, int]:
    """Return the host's name and the process's number."""
    return socket.gethostname(), os.getpid()
