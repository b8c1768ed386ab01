"""A user's step as it is proved: the real body, guarded, in the memory of one process."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from perdure.authoring.defaults import default_registry
from perdure.authoring.registry import Workflow
from perdure.ports.executor import Body, Result, Work
from perdure.testing.proving.guard import Memory, guarded
from perdure.testing.proving.services import Book, working
from perdure.testing.simulation.executor import PoisonError
from perdure.testing.simulation.world import Life, Violation

MOST_VISITS = 200
"""A step that a run comes to more often goes round for ever."""

LOOKS = 20
"""So many turns of the loop has a task that a step did not wait for."""

Lives = Callable[[Work], Life]


def module_of(flow: Workflow) -> ModuleType | None:
    """Return the module that a workflow's class was written in."""
    return sys.modules.get(flow.cls.__module__) if flow.cls is not None else None


def flows_of(flow: Workflow) -> list[Workflow]:
    """Return a workflow and the others of its module, which may be its children."""
    names = default_registry().names() if flow.cls is not None else []
    found = [default_registry().get(name) for name in names]
    others = [
        each
        for each in found
        if each.cls is not None
        and flow.cls is not None
        and each.cls.__module__ == flow.cls.__module__
        and each.name != flow.name
    ]
    return [flow, *others]


class ProvedBody:
    """Runs a step's body for real, and notes what it raised."""

    is_async = False

    def __init__(
        self, inner: Body, *, book: Book, lives: Lives, memory: Memory, module: ModuleType | None
    ) -> None:
        self._inner: Any = inner
        self._book = book
        self._lives = lives
        self._memory = memory
        self._module = module

    def __call__(self, work: Work) -> Any:
        """Run the step once; its process may die in it, whatever the step catches."""
        with self._running(work):
            result: Result = self._inner(work)
        return result

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the body has, such as its say in what is tried again."""
        return getattr(self._inner, name)

    @contextmanager
    def _running(self, work: Work) -> Iterator[None]:
        if work.visit > MOST_VISITS:
            message = f"step {work.path!r} of {work.run} was come to {MOST_VISITS} times"
            raise Violation("never ends", message)
        book = self._book
        life = self._lives(work)
        book.work, book.life, book.doomed = work, life, False
        try:
            with working(work), self._memory.of(life.name), guarded(self._module, book):
                yield
        except Exception as error:
            book.raised[work.run, work.path, work.visit, work.attempt] = error
            raise
        finally:
            book.work = book.life = None
            if book.doomed:  # also where the step caught everything
                raise PoisonError(work.path)


class AsyncProvedBody(ProvedBody):
    """The same for a step that is `async def`."""

    is_async = True

    async def __call__(self, work: Work) -> Result:
        """Run the step once, awaiting it; what it leaves running goes on a little, outside of it."""
        before = asyncio.all_tasks()
        with self._running(work):
            result: Result = await self._inner(work)
        if left := asyncio.all_tasks() - before:
            await _go_on(left)
        return result


async def _go_on(tasks: set[asyncio.Task[Any]]) -> None:
    for _ in range(LOOKS):
        await asyncio.sleep(0)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # what it did is in the book; nobody else asks
