"""The documents' own names, installed for one test."""

import pytest

from perdure import compat
from perdure.app.default import engine
from perdure.testing import Clock, SynchronousExecutor


@pytest.fixture
def django_ai():
    compat.install("django_ai")
    yield
    compat.uninstall("django_ai")


@pytest.fixture
def clock():
    """Virtual time under the shared engine, whose steps run at once."""
    clock = Clock()
    before = engine.set_executor(SynchronousExecutor(clock=clock))
    yield clock
    engine.set_executor(before)
