"""What messages ask of SQLite."""

import pytest

from perdure.errors import RunNotFoundError
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced
from perdure.stores.sqlite import SqliteStore, inbox
from tests.conformance.given import NOW, apply, born, runs, wait


@pytest.fixture
def store():
    made = SqliteStore.in_memory()
    runs(made, "r1", "r2")
    return made


@pytest.fixture
def db(store):
    return store._database.shared.connection


def count(db, table):
    return db.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]


def test_ids_are_told_in_the_order_of_the_messages(db):
    rows = [InboxMade("r2", "a", None, None), InboxMade("r1", "b", None, "k")]

    first, second = inbox.put(db, [*rows])

    assert second == first + 1
    assert db.execute("SELECT message FROM inbox ORDER BY id").fetchall() == [("a",), ("b",)]


def test_only_keys_are_remembered(db):
    inbox.put(db, [InboxMade("r1", "a", None, None), InboxMade("r1", "b", None, "k")])

    assert count(db, "keys") == 1


def test_an_unknown_run_is_named(db):
    with pytest.raises(RunNotFoundError, match="nobody"):
        inbox.put(db, [InboxMade("nobody", "a", None, None)])


def test_messages_of_runs_that_did_not_pass_are_left_out(store, db):
    rows = [InboxMade(run, "m", None, None) for run in ("r1", "r3", "no")]

    apply(store, born=[born("r3")], inbox_made=rows)

    assert count(db, "inbox") == 1


def test_what_is_accepted_is_told_with_its_run(db):
    rows = [InboxMade("r1", "a", None, "k"), InboxMade("r2", "b", None, None)]
    inbox.put(db, rows[:1])

    assert [run for run, _ in inbox.accept(db, rows)] == ["r2"]


def test_a_slice_is_found_by_the_index_of_the_name(store, db):
    """Runs that wait for other names cost nothing."""
    names = [f"x{number}" for number in range(2000)]
    apply(store, born=[born(n) for n in names], waits_made=[wait(n, name="other") for n in names])
    number = inbox.announce(db, Announced("go", "m", None, None, None, NOW))
    steps = []
    db.set_progress_handler(lambda: bool(steps.append(1)), 100)

    reached, more, *_ = inbox.deliver(db, number, 10)
    db.set_progress_handler(None, 100)

    assert (reached, more) == ([("r1", "signal"), ("r2", "signal")], False)
    assert len(steps) < 20
