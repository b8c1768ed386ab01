"""Which engine a client works with."""

import pytest

from perdure.app.default import engine as shared
from perdure.client.embedded import Embedded
from perdure.errors import ConfigError
from perdure.testing import SynchronousExecutor


def test_without_anything_it_is_the_scripts_own():
    before = shared.set_executor(SynchronousExecutor())

    embedded = Embedded()
    opened = embedded.get()
    embedded.close()

    assert opened is shared.get()
    assert not opened.closed
    shared.set_executor(before)


def test_one_of_another_store_is_the_clients_own(tmp_path):
    embedded = Embedded(store=tmp_path / "own.db")

    first = embedded.get()
    again = embedded.get()
    embedded.close()

    assert first is again
    assert first.closed
    second = embedded.get()
    assert not second.closed
    embedded.close()


def test_one_that_is_given_stays_open(engine):
    embedded = Embedded(engine=engine)

    embedded.close()

    assert embedded.get() is engine
    assert not engine.closed


def test_there_is_no_client_for_a_server(monkeypatch):
    with pytest.raises(ConfigError, match="base_url names a server"):
        Embedded(base_url="https://api.example")
    monkeypatch.setenv("PRSM_BASE_URL", "https://api.example")
    with pytest.raises(ConfigError, match="PRSM_BASE_URL names a server"):
        Embedded()
