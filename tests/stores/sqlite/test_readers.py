"""Short reads on connections of their own."""

import threading

import apsw
import pytest

from perdure.errors import StoreLostError, StoreRefusedError
from perdure.stores.sqlite.connection import open_reader, open_writer
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.readers import MOST_IDLE, Readers


@pytest.fixture
def writer(path):
    connection = open_writer(path, "process")
    connection.execute("CREATE TABLE t (x)")
    yield connection
    connection.close()


@pytest.fixture
def guard():
    return Guard("p.db")


@pytest.fixture
def readers(path, writer, guard):
    pool = Readers(lambda: open_reader(path), guard)
    yield pool
    pool.close()


def count(db):
    return db.execute("SELECT count(*) FROM t").fetchall()[0][0]


def test_a_snapshot_sees_one_moment(readers, writer):
    with readers.snapshot() as db:
        before = count(db)
        writer.execute("INSERT INTO t VALUES (1)")
        after = count(db)

    with readers.snapshot() as db:
        later = count(db)
    assert (before, after, later) == (0, 0, 1)


def test_single_reads_see_the_newest_commit(readers, writer):
    with readers.reading() as db:
        before = count(db)
        writer.execute("INSERT INTO t VALUES (1)")
        after = count(db)

    assert (before, after) == (0, 1)


def test_a_connection_is_used_again(readers):
    with readers.reading() as first:
        pass
    with readers.reading() as second:
        pass

    assert first is second


def test_reads_at_one_time_have_connections_of_their_own_and_few_are_kept(readers):
    blocks = [readers.reading() for _ in range(MOST_IDLE + 2)]
    connections = [block.__enter__() for block in blocks]
    for block in blocks:
        block.__exit__(None, None, None)

    assert len(set(map(id, connections))) == MOST_IDLE + 2
    assert len(readers.connections()) == MOST_IDLE


def test_a_connection_that_raised_is_not_used_again(readers):
    with pytest.raises(ZeroDivisionError), readers.snapshot() as db:
        raise ZeroDivisionError

    assert readers.connections() == []
    with pytest.raises(apsw.ConnectionClosedError):
        count(db)


def test_an_error_of_a_statement_is_told(readers, guard):
    with pytest.raises(StoreRefusedError), readers.reading() as db:
        db.execute("nonsense")

    guard.check()


def test_a_read_that_ends_after_the_store_was_closed_closes_its_connection(readers, guard):
    with readers.reading() as db:
        guard.lose("was closed")
        readers.close()

    assert readers.connections() == []
    with pytest.raises(apsw.ConnectionClosedError):
        count(db)
    with pytest.raises(StoreLostError), readers.reading():
        pytest.fail("not reached")


def test_who_rests_has_no_connections_and_goes_on_with_new_ones(readers):
    with readers.reading() as before:
        pass

    rested = readers.rest(1.0)
    while_resting = readers.connections()
    readers.wake()

    with readers.reading() as after:
        assert after is not before
    assert (rested, while_resting) == (True, [])


def test_a_read_that_does_not_end_is_not_waited_for_long(readers):
    with readers.reading():
        rested = readers.rest(0.0)

    with readers.reading() as db:
        assert count(db) == 0
    assert not rested


def test_a_read_waits_while_others_rest(readers):
    seen = []
    readers.rest(1.0)

    def read():
        with readers.reading() as db:
            seen.append(count(db))

    thread = threading.Thread(target=read)
    thread.start()
    before = list(seen)
    readers.wake()
    thread.join()

    assert (before, seen) == ([], [0])
