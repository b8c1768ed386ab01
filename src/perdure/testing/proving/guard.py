"""What a step must not touch while it is proved, and what dies with the process that ran it.

The real clock, a real sleep and a real connection raise, named. They are patched in their modules
and, by identity, among the globals of the workflow's module. What another module bound by `from
time import time` before, and what C code does by itself, is not seen.
"""

import asyncio
import copy
import datetime as dt
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from types import FunctionType, ModuleType
from typing import Any
from unittest.mock import patch

from perdure.app.default import DefaultEngine
from perdure.testing.proving.services import Book

PLAIN = (dict, list, set, deque, bytearray, int, float, str, bytes, bool, tuple, type(None))
Keep = tuple[Any, str, Any]


class RealWorldError(RuntimeError):
    """A step that is proved reached for the real clock, a real sleep or a real connection."""


@contextmanager
def guarded(module: ModuleType | None, book: Book) -> Iterator[None]:
    """Have what is real raise for as long as the block lasts."""
    real = {
        "time.time": (time, "time", "the real clock"),
        "time.time_ns": (time, "time_ns", "the real clock"),
        "time.localtime": (time, "localtime", "the real clock"),
        "time.gmtime": (time, "gmtime", "the real clock"),
        "time.ctime": (time, "ctime", "the real clock"),
        "time.sleep": (time, "sleep", "a real sleep"),
        "socket.getaddrinfo": (socket, "getaddrinfo", "a real network call"),
        "engine": (DefaultEngine, "get", "the engine itself"),
        "socket.socket.connect": (socket.socket, "connect", "a real network call"),
        "socket.create_connection": (socket, "create_connection", "a real network call"),
    }
    with ExitStack() as stack:
        for called, (home, name, what) in real.items():
            _replace(stack, module, home, name, _refuser(getattr(home, name), called, what, book))
        _replace(stack, module, asyncio, "sleep", _awaited(asyncio.sleep, book))
        stack.enter_context(patch.object(ThreadPoolExecutor, "submit", _at_once))
        for name in ("datetime", "date"):
            _replace(stack, module, dt, name, _calendar(getattr(dt, name), book))
        yield


def _replace(stack: ExitStack, module: ModuleType | None, home: Any, name: str, fake: Any) -> None:
    real = getattr(home, name)
    stack.enter_context(patch.object(home, name, fake))
    for known, value in list(vars(module).items()) if module is not None else ():
        if value is real:
            stack.enter_context(patch.object(module, known, fake))


def _refuser(real: Any, called: str, what: str, book: Book) -> Callable[..., Any]:
    def refuse(*given: Any, **named: Any) -> Any:
        caller = sys._getframe(1).f_globals.get("__name__", "").partition(".")[0]  # noqa: SLF001
        if what == "the real clock" and (given or caller in sys.stdlib_module_names):
            return real(*given, **named)  # a log record has its time; a given one is converted
        raise refused(called, what, book)

    return refuse


def _at_once(_pool: Any, call: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
    """Do what a pool of threads was given here and now: a history must come again as it was."""
    future: Future[Any] = Future()
    try:
        future.set_result(call(*given, **named))
    except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
        future.set_exception(error)
    return future


def _awaited(real: Any, book: Book) -> Callable[..., Any]:
    async def asleep(delay: float, result: Any = None) -> Any:
        if delay > 0:
            raise refused("asyncio.sleep", "a real sleep", book)
        return await real(0, result)

    return asleep


def refused(called: str, what: str, book: Book) -> RealWorldError:
    """Note that a step called what it must not, and return the error to raise."""
    message = f"{called}() is {what}, called in {book.where()}"
    book.forbidden.append((what, message))
    return RealWorldError(message)


def _calendar(real: type, book: Book) -> type:
    """Return a class that is `real` in all but asking what time it is."""

    class Kind(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, real)

        def __call__(cls, *given: Any, **named: Any) -> Any:
            return real(*given, **named)

    def refuse(name: str) -> classmethod:  # type: ignore[type-arg]
        def ask(_cls: type, *_: Any, **__: Any) -> Any:
            raise refused(f"{real.__name__}.{name}", "the real clock", book)

        return classmethod(ask)

    asks = {name: refuse(name) for name in ("now", "utcnow", "today") if hasattr(real, name)}
    return Kind(real.__name__, (real,), asks)


class Memory:
    """Module and class data of a workflow: each process has its own, and loses it when it dies.

    So are the defaults of functions, which keep what is put into them.
    """

    def __init__(self, module: ModuleType | None, cls: type | None) -> None:
        self._pristine = [
            (home, name, copy.deepcopy(value)) for home, name, value in _plain(module, cls)
        ]
        self._of: dict[str, list[Keep]] = {}

    @contextmanager
    def of(self, life: str) -> Iterator[None]:
        """Have the memory of this process in place for as long as the block lasts."""
        for home, name, value in self._of.get(life) or self._fresh():
            setattr(home, name, value)
        try:
            yield
        finally:
            self._of[life] = [(h, n, getattr(h, n)) for h, n, _ in self._pristine if hasattr(h, n)]

    def _fresh(self) -> list[Keep]:
        return [(home, name, copy.deepcopy(value)) for home, name, value in self._pristine]

    def restore(self) -> None:
        """Put back what was there before any process ran."""
        for home, name, value in self._pristine:
            setattr(home, name, value)


def _plain(module: ModuleType | None, cls: type | None) -> Iterator[Keep]:
    """Yield (holder, name, value) of what is no code and no fake in a module and its classes."""
    name = cls.__module__ if cls is not None else getattr(module, "__name__", "")
    homes: list[Any] = [module] if module is not None else []
    classes = [each for each in vars(module).values() if isinstance(each, type)] if module else []
    mine = dict.fromkeys((*(cls.__mro__ if cls is not None else ()), *classes))
    homes += [c for c in mine if c.__module__ == name and not hasattr(c, "model_fields")]
    for home in homes:
        for key, value in vars(home).items():
            if isinstance(value, FunctionType) and value.__module__ == name:
                if any(isinstance(d, dict | list | set) for d in value.__defaults__ or ()):
                    yield value, "__defaults__", value.__defaults__
            elif not key.startswith("__") and isinstance(value, PLAIN):
                yield home, key, value
