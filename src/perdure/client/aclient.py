"""`perdure.AsyncClient`: the client for coroutines. Each call hops to a thread; no logic is here.

async with perdure.AsyncClient() as client:
    workflow = await client.workflows.create(name="mood", steps=[...])
    execution = await client.workflows.execute(workflow.id, {"text": "fine"})
    await execution.wait(timeout=60)
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Self

from perdure.app.engine import Engine
from perdure.client.calls import Page
from perdure.client.client import Client
from perdure.client.monitor import Monitor
from perdure.client.objects import Execution, Workflow
from perdure.client.templating import Template
from perdure.wire.executions import Happening


class AsyncClient:
    """The twin of a `Client`: the same calls, to be awaited. It takes what that one takes."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        store: str | Path | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.client = Client(api_key, base_url=base_url, store=store, engine=engine)
        self.workflows = AsyncTwin(self.client.workflows)

    async def close(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - what the engine has
        """Let go of a store of its own: see `Client.close`."""
        await asyncio.to_thread(self.client.close, timeout)

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.close()


class AsyncTwin:
    """The twin of calls, or of what they answer: methods are awaited, fields are as they are."""

    def __init__(self, twin_of: Any) -> None:
        self._of = twin_of

    def __repr__(self) -> str:
        """Show what it is the twin of."""
        return repr(self._of)

    def __getattr__(self, name: str) -> Any:
        """Return a field, or a method to be awaited. Its answers are twins as well."""
        found = getattr(self._of, name)
        return _hop(found) if callable(found) else found


class AsyncMonitor(AsyncTwin):
    """The twin of a monitor; `async for event in monitor` gives its events."""

    async def __aiter__(self) -> AsyncIterator[Happening]:
        """Yield what has happened and then what happens, until the execution has ended."""
        events: Iterator[Happening] = iter(self._of)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    def __getattr__(self, name: str) -> Any:
        """Return what registers a handler as it is, and all else to be awaited."""
        found = getattr(self._of, name)
        return found if name.startswith("on_") else super().__getattr__(name)


def _hop(call: Callable[..., Any]) -> Callable[..., Any]:
    async def twin(*args: Any, **kwargs: Any) -> Any:
        return _twin_of(await asyncio.to_thread(call, *args, **kwargs))

    return twin


def _twin_of(made: Any) -> Any:
    if isinstance(made, Monitor):
        return AsyncMonitor(made)
    if isinstance(made, Workflow | Execution | Template):
        return AsyncTwin(made)
    if isinstance(made, Page):
        found = [_twin_of(each) for each in made]
        return Page(found, total=made.total, has_more=made.has_more)
    if isinstance(made, tuple):
        return tuple(_twin_of(each) for each in made)
    return made
