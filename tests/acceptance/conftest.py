"""The documents' surroundings: their names, an engine that runs steps at once, and virtual time."""

import importlib
from contextlib import contextmanager

import pytest

from perdure import compat
from perdure.app import kinds
from perdure.app.default import engine
from perdure.authoring import defaults
from perdure.authoring.registry import Registry
from perdure.testing import Clock, SynchronousExecutor
from tests.acceptance.answers import PATIENCE, serving_models
from tests.acceptance.documents import Printed, document
from tests.acceptance.scripts import fragment


@contextmanager
def installed(name, monkeypatch):
    """Install a document's names over the shared engine, which goes by virtual time."""
    monkeypatch.setattr(defaults, "_registry", Registry())
    clock = Clock()
    compat.install(name)
    before = engine.set_executor(SynchronousExecutor(clock=clock))
    yield clock
    engine.set_executor(before)
    compat.uninstall(name)


@pytest.fixture
def clock(monkeypatch):
    """Virtual time, for what is printed under `from ... import engine`; nothing else is hosted."""
    with installed("django_ai", monkeypatch) as clock:
        yield clock


@pytest.fixture
def printed(clock):
    """Return what gives a block of document 003 by its first line."""
    path = document("003")

    def take(line, preamble=None, **bound):
        return Printed(path, line, preamble, **bound)

    return take


# -- document 004 ----------------------------------------------------------------------------
@pytest.fixture
def path():
    """Return where document 004 is."""
    return document("004")


@pytest.fixture
def virtual(monkeypatch):
    """Virtual time for the shared engine, on which `prsm` runs; nothing else is hosted."""
    with installed("prsm", monkeypatch) as clock:
        yield clock


@pytest.fixture
def service(tmp_path, monkeypatch):
    """Serve the document's models from here."""
    monkeypatch.chdir(tmp_path)
    kinds._makers.cache_clear()  # settings are read once in a process
    with serving_models(tmp_path, monkeypatch.setenv) as served:
        yield served
    kinds._makers.cache_clear()


@pytest.fixture
def client(virtual, service):
    """Return the client that the document's scripts begin with."""
    return importlib.import_module("prsm").Client(api_key="your-api-key")


@pytest.fixture
def ran(client, path):
    """Return what keeps a fragment of JSON, beside other steps, and runs it to its end."""

    def run(line, inputs, *before):
        made = client.workflows.create(name=f"line {line}", steps=[*before, fragment(path, line)])
        return made.execute(inputs).wait(PATIENCE)

    return run
