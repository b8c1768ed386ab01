"""Fake services: every call is noted, and may fail, be lost, or meet the end of its process."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from perdure.ports.executor import Work
from perdure.testing.simulation.executor import PoisonError
from perdure.testing.simulation.world import Life

MOST_TROUBLE = 2
"""How often services fail, and processes die at them, in one history: retries can outlast it."""


class ServiceError(Exception):
    """A fake service did not answer as one hopes."""


class ServiceDown(ServiceError, ConnectionError):  # noqa: N818 - users catch it by what it says
    """The service was not reached: nothing was done there."""


class ServiceTimeout(ServiceError, TimeoutError):  # noqa: N818
    """No answer came, though the service did what was asked."""


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of a service by an attempt. `effect` is what it did there, if it got so far.

    `place` counts the calls of the same operation in the attempt; `answered` is whether the caller
    heard of it.
    """

    service: "Service"
    operation: str
    key: str | None
    details: dict[str, Any]
    work: Work
    place: int
    effect: int | None = None
    answered: bool = False

    @property
    def name(self) -> str:
        """The service and what was asked of it."""
        return f"{self.service.name}.{self.operation}"


@dataclass(slots=True)
class Book:
    """What one history's steps did, and what went wrong around them."""

    chance: random.Random
    down: float = 0.0
    lost: float = 0.0
    crash: float = 0.0
    skip: frozenset[int] = frozenset()
    work: Work | None = None
    life: Life | None = None
    doomed: bool = False
    calls: list[Call] = field(default_factory=list)
    effects: int = 0
    by_key: dict[tuple[str, str], int] = field(default_factory=dict)
    found: set[int] = field(default_factory=set)
    mishaps: list[str] = field(default_factory=list)
    forbidden: list[tuple[str, str]] = field(default_factory=list)  # what, message
    raised: dict[tuple[str, str, int, int], BaseException] = field(default_factory=dict)
    _trouble: int = 0

    def where(self) -> str:
        """Return which attempt runs, in words."""
        work = self.work
        if work is None:
            return "outside of any step"
        return f"{work.run}, step {work.path!r}, visit {work.visit}, attempt {work.attempt}"

    def hits(self, rate: float) -> bool:
        """Whether trouble comes here; there is never more of it than retries can outlast."""
        if rate <= 0 or self.chance.random() >= rate or self._trouble >= MOST_TROUBLE:
            return False
        self._trouble += 1
        return self._trouble not in self.skip

    def dies(self, what: str) -> None:
        """End the process that runs the step, here and now. Raises PoisonError."""
        self.mishaps.append(f"the process died {what} ({self.where()})")
        self.doomed = True
        raise PoisonError(what)


_open: list[Book] = []
_working: ContextVar[Work | None] = ContextVar("perdure_proved_work", default=None)


@contextmanager
def working(work: Work) -> Iterator[None]:
    """Have calls be this attempt's: in its own thread and tasks, and those that copy its context."""
    token = _working.set(work)
    try:
        yield
    finally:
        _working.reset(token)


def opened(book: Book) -> None:
    """Have services write into this book until `closed`."""
    _open.append(book)


def closed() -> None:
    """Have services write into no book."""
    _open.pop()


class Service:
    """A fake service. Call it with what is asked for, an idempotency key, and details."""

    def __init__(
        self, name: str, *, idempotent: bool, fails: bool, recorded: bool, shared: bool = False
    ) -> None:
        self.name = name
        self.shared = shared
        self.idempotent = idempotent
        self.fails = fails
        self.recorded = recorded

    def __call__(self, operation: str, /, *, key: str | None = None, **details: Any) -> str:
        """Do something and return its receipt. Raises ServiceDown and ServiceTimeout."""
        if not _open:
            raise ServiceError(f"{self.name} is fake, and answers only while prove(...) runs")
        book = _open[-1]
        work = _working.get()
        if work is None or work is not book.work:
            what = f"{self.name}.{operation} was called outside of any step"
            book.forbidden.append(("effect outside", what))
            raise ServiceError(what)
        same = [c for c in book.calls if c.work is work and c.name == f"{self.name}.{operation}"]
        call = Call(
            service=self, operation=operation, key=key, details=details, work=work, place=len(same)
        )
        book.calls.append(call)
        self._meet(book, call)
        return f"{self.name}-{call.effect}"

    def find(self, key: str) -> str | None:
        """Return the receipt of what was done under a key; None if nothing was."""
        if not _open:
            raise ServiceError(f"{self.name} is fake, and answers only while prove(...) runs")
        book = _open[-1]
        if (effect := book.by_key.get((self.name, key))) is None:
            return None
        book.found.add(effect)
        return f"{self.name}-{effect}"

    def _meet(self, book: Book, call: Call) -> None:
        """Go through a call: before it, at the service, on the way back, after it."""
        if book.hits(book.crash / 2):
            book.dies(f"just before {call.name}")
        first = call.work.attempt == 1 and self.fails
        if first and book.hits(book.down):
            book.mishaps.append(f"{call.name} was not reached ({book.where()})")
            raise ServiceDown(f"{call.name}: the service is not reached")
        call.effect = self._do(book, call.key)
        if first and book.hits(book.lost):
            book.mishaps.append(f"{call.name} was done, its answer lost ({book.where()})")
            raise ServiceTimeout(f"{call.name}: no answer came in time")
        if book.hits(book.crash):
            book.dies(f"just after {call.name}")
        call.answered = True

    def _do(self, book: Book, key: str | None) -> int:
        if self.idempotent and key is not None and (self.name, key) in book.by_key:
            return book.by_key[self.name, key]
        book.effects += 1
        if key is not None:
            book.by_key[self.name, key] = book.effects
        return book.effects


class FakeWorld:
    """Where fake services come from; `world` is the one that there is."""

    def service(
        self,
        name: str,
        *,
        idempotent: bool = True,
        fails: bool = True,
        recorded: bool = False,
        shared: bool = False,
    ) -> Service:
        """Return a fake service: put it in the place of the real one.

        `idempotent` services do a thing once for one `key=`. With `fails` calls are not reached,
        or done without an answer, by the seed. The receipts of a `recorded` one must be in the
        run's context at the end. Of a `shared` one several runs may have the same thing done.
        """
        return Service(name, idempotent=idempotent, fails=fails, recorded=recorded, shared=shared)


world = FakeWorld()
