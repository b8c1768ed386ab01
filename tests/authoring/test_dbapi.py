"""What is asked of a driver before anything is written by it."""

import sqlite3
import types
from contextlib import contextmanager

import apsw
import pytest

from perdure.authoring import dbapi
from perdure.errors import UnusableConnectionError
from tests.authoring.drivers import STYLES, Driver


def lite(**options):
    return sqlite3.connect(":memory:", **options)


def begun(connection):
    connection.execute("BEGIN")
    return connection


class Saying:
    """A connection of which only this is known."""

    def __init__(self, **said):
        vars(self).update(said)


@pytest.mark.parametrize(
    ("connection", "now", "soon"),
    [
        (lite(), False, True),
        (begun(lite()), True, True),
        (lite(isolation_level=None), False, False),
        (begun(lite(isolation_level=None)), True, True),
        (apsw.Connection(":memory:"), False, False),
        (Saying(), True, True),
        (Saying(autocommit=False), True, True),
        (Saying(autocommit=True), False, False),
        (Saying(autocommit=True, in_transaction=True), True, True),
        (Saying(autocommit=True, info=types.SimpleNamespace(transaction_status=0)), False, False),
        (Saying(autocommit=True, info=types.SimpleNamespace(transaction_status=2)), True, True),
        (Saying(autocommit=lambda _on: None), True, True),
        (Saying(autocommit=lambda _on: None, get_autocommit=lambda: True), False, False),
        (Saying(autocommit=lambda _on: None, get_autocommit=lambda: False), True, True),
    ],
)
def test_whether_what_is_written_is_committed_later(connection, now, soon):
    assert dbapi.is_in_transaction(connection) is now
    assert dbapi.will_be_in_transaction(connection) is soon


@pytest.mark.parametrize("style", STYLES)
def test_values_are_marked_as_the_driver_wants_them(tmp_path, style):
    driver = Driver(tmp_path / "db", style)
    marks, values = dbapi.bound(driver, 1, "a")

    assert dbapi.execute(driver, f"SELECT {', '.join(marks)}", values).fetchall() == [(1, "a")]


def test_the_driver_in_what_a_pool_gives_is_asked_how():
    pooled = Saying(driver_connection=lite())

    assert dbapi.bound(pooled, 1) == (["?"], (1,))


def test_a_driver_that_does_not_say_how_is_refused():
    with pytest.raises(UnusableConnectionError, match="Set `paramstyle` on it"):
        dbapi.bound(Saying(), 1)


def test_a_connection_is_closed_after_use():
    with dbapi.opened(lite) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]

    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")


def test_one_that_comes_in_a_block_is_the_blocks_to_close():
    ended = []

    @contextmanager
    def pooled():
        yield "connection"
        ended.append(True)

    with dbapi.opened(pooled) as connection:
        assert connection == "connection"
    assert ended == [True]


def test_anything_else_is_refused():
    with pytest.raises(UnusableConnectionError, match="neither a DB-API 2 connection nor a block"):
        dbapi.opened(lambda: 7).__enter__()


def test_a_commit_ends_also_what_a_statement_has_begun(tmp_path):
    class Stubborn(sqlite3.Connection):
        def commit(self):
            """Do nothing, as sqlite3 does with autocommit=True."""

    db = begun(sqlite3.connect(tmp_path / "db", isolation_level=None, factory=Stubborn))
    db.execute("CREATE TABLE t (n)")
    dbapi.commit(db)

    assert not db.in_transaction
    assert sqlite3.connect(tmp_path / "db").execute("SELECT * FROM t").fetchall() == []


def test_mysql_has_a_type_of_its_own_for_long_texts():
    theirs = type("Connection", (), {"__module__": "pymysql.connections"})

    assert dbapi.long_text(theirs()) == "LONGTEXT"
    assert dbapi.long_text(lite()) == "TEXT"
