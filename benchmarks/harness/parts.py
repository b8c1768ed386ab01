"""CPU time by part, measured by wrapping functions from outside: no profiler, no product code.

Time counts for the innermost part only, on the clock of the thread that spends it, so waiting
costs nothing. A coroutine is timed while it runs, not while it is suspended.
"""

import functools
import inspect
import sys
import threading
import time
import types
from collections import defaultdict
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any


class Parts:
    """The CPU seconds of each part so far."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._thread = threading.local()

    def clear(self) -> None:
        """Begin to count anew."""
        self.seconds.clear()

    @contextmanager
    def spent(self, part: str) -> Iterator[None]:
        """Count the CPU time of the block for a part, less what inner blocks count."""
        stack = self._thread.__dict__.setdefault("stack", [])
        stack.append(0.0)
        began = time.thread_time()
        try:
            yield
        finally:
            used = time.thread_time() - began
            self.seconds[part] += used - stack.pop()
            if stack:
                stack[-1] += used

    def wrap_function(self, part: str, function: Callable[..., Any], package: str) -> None:
        """Put a timed function in the place of another, in every module of a package."""
        timed = self._timed(part, function)
        replaced = 0
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] == package:
                for key, value in list(vars(module).items()):
                    if value is function:
                        setattr(module, key, timed)
                        replaced += 1
        if not replaced:
            raise LookupError(f"{function} stands in no module of {package}")

    def wrap_method(self, part: str, owner: type, name: str) -> None:
        """Put a timed method in the place of a class's own."""
        setattr(owner, name, self._timed(part, vars(owner)[name]))

    def wrap_opening(self, part: str, owner: type, name: str) -> None:
        """Time how a method's context manager is entered and left, not what is done inside."""
        opening = vars(owner)[name]

        @contextmanager
        @functools.wraps(opening)
        def timed(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with ExitStack() as inside:
                with self.spent(part):
                    opened = inside.enter_context(opening(*args, **kwargs))
                inside.push(self._leaving(part, inside.pop_all()))
                yield opened

        setattr(owner, name, timed)

    def _leaving(self, part: str, inside: ExitStack) -> Callable[..., bool | None]:
        def leave(*error: Any) -> bool | None:
            with self.spent(part):
                return inside.__exit__(*error)

        return leave

    def _timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.spent(part):
                result = function(*args, **kwargs)
            return self._driven(part, result) if inspect.iscoroutine(result) else result

        return timed

    @types.coroutine
    def _driven(self, part: str, coroutine: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
        resume: Callable[[], Any] = functools.partial(coroutine.send, None)
        while True:
            try:
                with self.spent(part):
                    asked = resume()
            except StopIteration as end:
                return end.value
            try:
                answer = yield asked
            except BaseException as error:  # noqa: BLE001 - it is the coroutine's, not ours
                resume = functools.partial(coroutine.throw, error)
            else:
                resume = functools.partial(coroutine.send, answer)
