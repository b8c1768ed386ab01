"""Rows in an application's database: there if its transaction commits."""

import sqlite3
from contextlib import closing

import pytest

from perdure.errors import OutboxTroubleError, UnusableConnectionError
from perdure.outboxes.dbapi import DbApiOutbox
from perdure.ports.outbox import Posted
from tests.authoring.drivers import STYLES, Driver

ROWS = [Posted(f"run_{n}", "start", '{"n":1}', 12.5 + n) for n in range(5)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "app.db"


def outbox_of(path, style=None):
    return DbApiOutbox(lambda: Driver(path, style) if style else sqlite3.connect(path))


def put(outbox, path, *rows, end="commit", style=None):
    with closing(Driver(path, style) if style else sqlite3.connect(path)) as db:
        for row in rows:
            outbox.add(db, row)
        getattr(db, end)()


@pytest.mark.parametrize("style", [None, *STYLES])
def test_what_is_committed_is_read_in_order_and_forgotten(path, style):
    outbox = outbox_of(path, style)
    put(outbox, path, *reversed(ROWS), style=style)

    assert outbox.read("", 3) == ROWS[:3]
    assert outbox.read(ROWS[2].id, 3) == ROWS[3:]
    outbox.forget([row.id for row in ROWS[:4]])
    assert outbox.read("", 3) == ROWS[4:]


@pytest.mark.parametrize("style", [None, "format"])
def test_what_is_rolled_back_is_not_there(path, style):
    outbox = outbox_of(path, style)
    put(outbox, path, *ROWS, end="rollback", style=style)

    assert outbox.read("", 3) == []


def test_the_table_is_made_within_the_transaction_where_others_could_not(path):
    """SQLite: who writes holds the only lock, so a second connection would wait for the first."""
    outbox = outbox_of(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        outbox.add(db, ROWS[0])
        db.execute("COMMIT")

    assert outbox.read("", 3) == ROWS[:1]


def test_a_transaction_sees_its_own_rows_and_no_others_see_them(path):
    outbox = outbox_of(path)
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(path)) as other:
        outbox.add(db, ROWS[0])
        assert outbox.has(db, ROWS[0].id)
        assert not outbox.has(db, ROWS[1].id)
        db.rollback()
        assert not outbox.has(other, ROWS[0].id)


def test_a_row_that_is_there_already_is_the_databases_to_refuse(path):
    outbox = outbox_of(path)
    put(outbox, path, ROWS[0])

    with pytest.raises(sqlite3.IntegrityError):
        put(outbox, path, ROWS[0])


def test_what_is_committed_at_once_is_refused_before_it_is_written(path):
    outbox = outbox_of(path)
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as db,
        pytest.raises(UnusableConnectionError, match="commits each statement by itself"),
    ):
        outbox.add(db, ROWS[0])

    assert outbox.read("", 3) == []


def test_trouble_with_the_database_is_told_as_such(tmp_path):
    outbox = outbox_of(tmp_path / "nowhere" / "app.db")

    for ask in (outbox.prepare, lambda: outbox.read("", 1), lambda: outbox.forget(["a"])):
        with pytest.raises(OutboxTroubleError, match="unable to open"):
            ask()


def test_a_connect_that_gives_no_connection_is_told_as_such():
    with pytest.raises(UnusableConnectionError, match="neither a DB-API"):
        DbApiOutbox(lambda: 7).prepare()


def test_the_table_has_no_name_that_a_database_reserves(path):
    outbox_of(path).prepare()

    with closing(sqlite3.connect(path)) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(perdure_outbox)")]
    assert columns == ["id", "kind", "body", "made_at"]
