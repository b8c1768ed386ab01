"""The awaitable twin of `perdure.engine`: `from perdure import aio`, `await aio.engine.start(...)`."""

from perdure.app.aio import AsyncEngine, AsyncRun, engine

__all__ = ["AsyncEngine", "AsyncRun", "engine"]
