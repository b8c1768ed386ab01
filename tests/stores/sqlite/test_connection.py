"""The settings that durability rests on are in force."""

from ctypes import addressof, c_int
from pathlib import Path

import apsw
import pytest

from perdure.errors import StoreError, StorePlaceError
from perdure.stores.sqlite.connection import (
    check_library,
    open_checkpointer,
    open_memory,
    open_reader,
    open_writer,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "p.db"


def keeps_wal(connection):
    answer = c_int(-1)
    connection.file_control("main", apsw.SQLITE_FCNTL_PERSIST_WAL, addressof(answer))
    return answer.value == 1


@pytest.mark.parametrize(("durability", "synchronous"), [("full", 2), ("process", 1)])
def test_the_writer_has_the_settings_of_its_durability(path, durability, synchronous):
    connection = open_writer(path, durability)

    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == synchronous
    assert connection.pragma("wal_autocheckpoint") == 0
    assert connection.pragma("journal_size_limit") == -1


@pytest.mark.parametrize("kind", ["writer", "reader", "checkpointer"])
def test_every_connection_keeps_the_log_in_place_and_waits_for_others(path, kind):
    writer = open_writer(path, "full")
    connection = {
        "writer": lambda: writer,
        "reader": lambda: open_reader(path),
        "checkpointer": lambda: open_checkpointer(path, "full"),
    }[kind]()

    assert keeps_wal(connection)
    assert connection.pragma("busy_timeout") > 0
    assert connection.pragma("temp_store") == 2


def test_the_log_stays_when_the_last_connection_closes(path):
    connection = open_writer(path, "full")
    connection.execute("CREATE TABLE t (x)")
    connection.close()

    assert path.with_name("p.db-wal").exists()


def test_a_reader_cannot_write(path):
    open_writer(path, "full").execute("CREATE TABLE t (x)")

    with pytest.raises(apsw.ReadOnlyError):
        open_reader(path).execute("INSERT INTO t VALUES (1)")


def test_a_reader_makes_no_file(path):
    with pytest.raises(apsw.CantOpenError):
        open_reader(path)


def test_a_place_without_a_log_is_refused():
    """A database in memory has none, as some file systems have none."""
    with pytest.raises(StorePlaceError, match="write-ahead log"):
        open_writer(Path(":memory:"), "full")


def test_a_statement_keeps_its_plan_whatever_is_bound(path):
    for connection in (open_memory(), open_writer(path, "full"), open_reader(path)):
        assert connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, -1)


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2"])
def test_a_sqlite_that_can_lose_data_is_refused(monkeypatch, version):
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: version)

    with pytest.raises(StoreError, match=version):
        check_library()
