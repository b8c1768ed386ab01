"""The engine for callers that are coroutines: each call hops to a thread, no logic is here.

    from perdure import aio

    run = await aio.engine.start("order", order_id=7)
    print(await run.result())

A call that is cancelled may have happened: what it told the engine is durable all the same.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from perdure.app import default
from perdure.app.default import DefaultEngine
from perdure.app.endings import END_POLL
from perdure.app.engine import Engine
from perdure.app.views import Run, RunView

P = ParamSpec("P")
R = TypeVar("R")


def _hop(
    method: Callable[Concatenate[Engine, P], R],
) -> Callable[Concatenate["AsyncEngine", P], Coroutine[Any, Any, R]]:
    """Return the awaitable twin of a method."""

    @wraps(method)
    async def twin(self: "AsyncEngine", /, *args: P.args, **kwargs: P.kwargs) -> R:
        called: Callable[..., R] = getattr(self.engine, method.__name__)
        return await asyncio.to_thread(called, *args, **kwargs)

    return twin


def _hop_to_run(
    method: Callable[Concatenate[Engine, P], Run],
) -> Callable[Concatenate["AsyncEngine", P], Coroutine[Any, Any, "AsyncRun"]]:
    """Return the awaitable twin of a method that returns a run."""

    @wraps(method)
    async def twin(self: "AsyncEngine", /, *args: P.args, **kwargs: P.kwargs) -> "AsyncRun":
        called: Callable[..., Run] = getattr(self.engine, method.__name__)
        return AsyncRun(self, await asyncio.to_thread(called, *args, **kwargs))

    return twin


class AsyncEngine:
    """The twin of an engine: the same methods, to be awaited. `engine` is the one behind it."""

    def __init__(self, engine: Engine | DefaultEngine) -> None:
        self.engine = engine

    start = _hop_to_run(Engine.start)
    run = _hop_to_run(Engine.run)
    signal = _hop(Engine.signal)
    signal_with_start = _hop(Engine.signal_with_start)
    cancel = _hop(Engine.cancel)
    pause = _hop(Engine.pause)
    resume = _hop(Engine.resume)
    retry = _hop(Engine.retry)
    process_scheduled = _hop(Engine.process_scheduled)
    close = _hop(Engine.close)

    async def runs(self, *args: Any, **kwargs: Any) -> list[RunView]:
        """Return runs: see `Engine.runs`."""
        return await asyncio.to_thread(self.engine.runs, *args, **kwargs)

    async def start_many(self, *args: Any, **kwargs: Any) -> "list[AsyncRun]":
        """Start several runs: see `Engine.start_many`."""
        runs = await asyncio.to_thread(self.engine.start_many, *args, **kwargs)
        return [AsyncRun(self, run) for run in runs]

    @property
    def schedules(self) -> "AsyncDoor":
        """The twin of the engine's schedules: the same methods, to be awaited."""
        return AsyncDoor(self, lambda: self.engine.schedules)

    @property
    def limits(self) -> "AsyncDoor":
        """The twin of the engine's limits: the same methods, to be awaited."""
        return AsyncDoor(self, lambda: self.engine.limits)

    @property
    def budgets(self) -> "AsyncDoor":
        """The twin of the engine's budgets: the same methods, to be awaited."""
        return AsyncDoor(self, lambda: self.engine.budgets)

    @property
    def queues(self) -> "AsyncDoor":
        """The twin of the engine's queues: the same methods, to be awaited."""
        return AsyncDoor(self, lambda: self.engine.queues)

    @property
    def secrets(self) -> "AsyncDoor":
        """The twin of the engine's secrets: the same methods, to be awaited."""
        return AsyncDoor(self, lambda: self.engine.secrets)

    def __getattr__(self, name: str) -> Any:
        """Return the twin of any other method of the engine."""
        called = getattr(self.engine, name)
        if not callable(called):
            return called

        async def twin(*args: Any, **kwargs: Any) -> Any:
            return await asyncio.to_thread(called, *args, **kwargs)

        return twin

    async def __aenter__(self) -> Self:
        """Return the twin."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the engine."""
        await self.close()


class AsyncDoor:
    """The twin of what an engine has beside runs; runs that its methods return are twins as well."""

    def __init__(self, engine: AsyncEngine, door: Callable[[], Any]) -> None:
        self._engine = engine
        self._door = door

    def __getattr__(self, name: str) -> Any:
        """Return the twin of a method."""

        async def twin(*args: Any, **kwargs: Any) -> Any:
            made = await asyncio.to_thread(lambda: getattr(self._door(), name)(*args, **kwargs))
            if isinstance(made, list):
                return [self._twin_of(each) for each in made]
            return self._twin_of(made)

        return twin

    def _twin_of(self, made: Any) -> Any:
        return AsyncRun(self._engine, made) if isinstance(made, Run) else made


class AsyncRun:
    """The twin of a run. Its fields are those of the last `refresh`, as `Run` has them."""

    def __init__(self, engine: AsyncEngine, run: Run) -> None:
        self._engine = engine
        self._run = run

    def __repr__(self) -> str:
        """Show the id, the workflow and the status."""
        return repr(self._run)

    @property
    def id(self) -> str:
        """The run's id."""
        return self._run.id

    @property
    def status(self) -> str:
        """How it stands."""
        return self._run.status

    @property
    def view(self) -> RunView:
        """All fields at once, as they were read last."""
        return self._run.view

    def __getattr__(self, name: str) -> Any:
        """Return any other field of the run."""
        return getattr(self._run.view, name)

    async def refresh(self) -> "AsyncRun":
        """Read the run again."""
        await asyncio.to_thread(self._run.refresh)
        return self

    async def wait(self, timeout: float | None = None) -> "AsyncRun":  # noqa: ASYNC109
        """Wait for the run's end and read it: see `Run.wait`. No thread is held meanwhile."""
        await self._ended(self._run.wait, timeout)
        return self

    async def result(self, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        """Wait for the run's end and return what it came to: see `Run.result`."""
        return await self._ended(self._run.result, timeout)

    async def _ended(
        self,
        read: Callable[[float | None], R],
        seconds: float | None,
    ) -> R:
        """Return what is read of the run when it has ended, or time is up."""
        if self._run.is_inline:
            return await asyncio.to_thread(read, seconds)
        await self._until_it_ends(seconds)
        return await asyncio.to_thread(read, 0.0)

    async def _until_it_ends(self, seconds: float | None) -> None:
        """Return when the run has ended, or time is up."""
        loop = asyncio.get_running_loop()
        bell = asyncio.Event()
        until = loop.time() + seconds if seconds is not None else float("inf")
        with self._run.listening(lambda: loop.call_soon_threadsafe(bell.set)):
            while not await asyncio.to_thread(self._run.has_ended):
                left = until - loop.time()
                if left <= 0:
                    return
                try:
                    await asyncio.wait_for(bell.wait(), min(left, END_POLL))
                except TimeoutError:
                    continue  # another process may have ended it, which rings no bell
                bell.clear()


engine = AsyncEngine(default.engine)
