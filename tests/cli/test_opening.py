"""From options to a store or an engine."""

import pytest

from perdure.cli.opening import Common, engine_of, go_on, is_alone, reading, run_id
from perdure.errors import ConfigError, RunNotFoundError, StoreMissingError
from tests.cli.given import clean


@pytest.mark.usefixtures("cli")
def test_the_option_wins_over_the_environment(tmp_path):
    chosen = tmp_path / "chosen.db"

    assert Common(store=chosen).config().path == chosen
    assert Common().config().path == tmp_path / "state" / "perdure.db"


@pytest.mark.usefixtures("cli")
def test_only_who_asks_for_it_makes_a_store(tmp_path):
    with pytest.raises(StoreMissingError), reading(Common()):
        pass
    with pytest.raises(StoreMissingError), engine_of(Common(), worker=False, create=False):
        pass
    before = (tmp_path / "state").exists()

    with engine_of(Common(), worker=True, create=True):
        pass

    assert not before
    assert (tmp_path / "state" / "perdure.db").exists()


@pytest.mark.usefixtures("cli")
def test_a_store_in_memory_is_refused(monkeypatch):
    monkeypatch.setenv("PERDURE_STORE", ":memory:")

    with pytest.raises(ConfigError, match="ends with this command"), reading(Common()):
        pass


def test_looking_leaves_no_trace(cli):
    """Who only looks is no incarnation, and rescues nobody."""
    cli.parked()

    with reading(Common()) as store:
        assert store.workers() == []


def test_last_is_the_newest_run(cli):
    cli.parked()
    newest = cli("run", cli.definition(clean("tidy", "a")), "--json").document["id"]

    with reading(Common()) as store:
        assert run_id(store, "last") == newest
        assert run_id(store, "run_x") == "run_x"


@pytest.mark.usefixtures("cli")
def test_an_empty_store_has_no_last_run():
    with engine_of(Common(), worker=False, create=True) as engine:
        with pytest.raises(RunNotFoundError, match="no run yet"):
            run_id(engine.store, "last")
        assert is_alone(engine)


def test_the_way_on_names_a_module_for_code_alone(cli):
    parcel = cli.parked()
    flow = cli("run", cli.definition(clean("tidy", "a")), "--json").document["id"]

    with engine_of(Common(), worker=False, create=False) as engine:
        assert go_on(engine, parcel) == f"perdure resume {parcel} --module MODULE"
        assert go_on(engine, flow) == f"perdure resume {flow}"
