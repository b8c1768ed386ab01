"""The pytest plugin that every test session with perdure installed loads.

It keeps stores in memory where a test names none: no test is to run what a developer's own store
holds, or to leave something in it.
"""

from typing import Any

from perdure.config import keep_in_memory


def pytest_configure(config: Any) -> None:  # noqa: ARG001 - pytest calls it by this name
    """Keep stores in memory for this session."""
    keep_in_memory()


def pytest_unconfigure(config: Any) -> None:  # noqa: ARG001
    """Leave the process as it was."""
    keep_in_memory(on=False)
