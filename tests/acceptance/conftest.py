"""Document 003's surroundings: its names, an engine that runs steps at once, and virtual time."""

import pytest

from perdure import compat
from perdure.app.default import engine
from perdure.authoring import defaults
from perdure.authoring.registry import Registry
from perdure.testing import Clock, SynchronousExecutor
from tests.acceptance.documents import Printed, document


@pytest.fixture
def clock(monkeypatch):
    """Virtual time, for what is printed under `from ... import engine`; nothing else is hosted."""
    monkeypatch.setattr(defaults, "_registry", Registry())
    clock = Clock()
    compat.install("django_ai")
    before = engine.set_executor(SynchronousExecutor(clock=clock))
    yield clock
    engine.set_executor(before)
    compat.uninstall("django_ai")


@pytest.fixture
def printed(clock):
    """Return what gives a block of document 003 by its first line."""
    path = document("003")

    def take(line, preamble=None, **bound):
        return Printed(path, line, preamble, **bound)

    return take
