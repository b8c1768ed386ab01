"""What a load asks of SQLite."""

import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore, reading
from tests.conformance.given import runs


@pytest.fixture
def store():
    return SqliteStore.in_memory()


@pytest.mark.parametrize("count", [1, 50])
def test_a_load_takes_the_same_statements_however_many_runs_are_asked_for(store, count):
    names = [f"r{number}" for number in range(count)]
    runs(store, *names)
    said = []

    with store._database.snapshot() as db:
        db.exec_trace = lambda _, text, __: bool(said.append(text)) or True
        found = reading.load(db, names)
        db.exec_trace = None

    assert list(found) == names
    assert len(said) == 7  # runs, contexts, and what is open of them, table by table


def test_where_no_run_is_known_nothing_more_is_asked(store):
    said = []

    with store._database.snapshot() as db:
        db.exec_trace = lambda _, text, __: bool(said.append(text)) or True
        found = reading.load(db, ["nobody"])
        db.exec_trace = None

    assert found == {}
    assert len(said) == 1


def test_what_is_open_goes_to_its_own_run(store):
    runs(store, "r1", "r2")

    with store._database.snapshot() as db:
        found = reading.load(db, ["r2", "r1"])

    assert {run: len(loaded.jobs) for run, loaded in found.items()} == {"r1": 1, "r2": 1}
    assert type(found["r1"].jobs) is tuple


def test_runs_that_are_listed_come_without_their_contexts(store):
    runs(store, "r1")
    said = []

    with store._database.snapshot() as db:
        db.exec_trace = lambda _, text, __: bool(said.append(text)) or True
        reading.find(db, RunFilter())
        db.exec_trace = None

    assert not any("contexts" in text for text in said)
