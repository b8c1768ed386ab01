"""The pytest plugin that every test session with perdure installed loads.

It keeps stores in memory where a test names none: no test is to run what a developer's own store
holds, or to leave something in it. Its fixtures put the shared engine under virtual time.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from perdure.config import keep_in_memory


def pytest_configure(config: Any) -> None:  # noqa: ARG001 - pytest calls it by this name
    """Keep stores in memory for this session."""
    keep_in_memory()


def pytest_unconfigure(config: Any) -> None:  # noqa: ARG001
    """Leave the process as it was."""
    keep_in_memory(on=False)


@pytest.fixture
def perdure_clock() -> Any:
    """Virtual time: `perdure_clock.advance(days=3)` fires what is due in `perdure_engine`."""
    from perdure.testing.sandbox import Clock  # most sessions of others never need it

    return Clock()


@pytest.fixture
def perdure_engine(perdure_clock: Any) -> Iterator[Any]:
    """Return `perdure.engine` over an empty store in memory, each step run at once.

    The code that is tested gets the very same one from `from perdure import engine`.
    """
    from perdure.app.default import engine
    from perdure.testing.sandbox import SynchronousExecutor

    before = engine.set_executor(SynchronousExecutor(clock=perdure_clock))
    yield engine
    engine.set_executor(before)
