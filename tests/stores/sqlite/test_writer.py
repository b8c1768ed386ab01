"""One transaction at a time, done wholly or not at all."""

import threading

import apsw
import pytest

from perdure.errors import StoreBusyError, StoreLostError
from perdure.stores.sqlite.connection import open_memory
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.writer import Writer


class Turns:
    """Turns that are counted, and can be somebody else's."""

    def __init__(self):
        self.said = []
        self.taken = False

    def enter(self):
        self.said.append("enter")

    def try_enter(self):
        if self.taken:
            raise StoreBusyError("somebody else's turn")
        self.said.append("try")

    def leave(self):
        self.said.append("leave")


@pytest.fixture
def turns():
    return Turns()


@pytest.fixture
def writer(turns):
    made = Writer(open_memory, turns, Guard("p.db"))
    with made.mine() as db:
        db.execute("CREATE TABLE t (x UNIQUE)")
    return made


def rows(writer):
    with writer.mine() as db:
        return [x for (x,) in db.execute("SELECT x FROM t")]


def test_what_the_block_writes_is_committed_within_one_turn(writer, turns):
    with writer.transaction() as db:
        db.execute("INSERT INTO t VALUES (1)")
        turns.said.append("wrote")

    assert rows(writer) == [1]
    assert turns.said == ["enter", "wrote", "leave"]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_what_the_block_raises_rolls_back_and_passes_through(writer, turns, error):
    with pytest.raises(error), writer.transaction() as db:
        db.execute("INSERT INTO t VALUES (1)")
        raise error

    assert rows(writer) == []
    assert turns.said == ["enter", "leave"]
    with writer.transaction() as db:
        db.execute("INSERT INTO t VALUES (2)")
    assert rows(writer) == [2]


def test_somebody_elses_turn_is_not_waited_for_if_asked_so(writer, turns):
    turns.taken = True

    with pytest.raises(StoreBusyError), writer.transaction(wait=False):
        pytest.fail("not reached")

    with writer.mine() as db:
        assert not db.in_transaction


def test_of_two_threads_the_one_that_does_not_wait_is_told_so(writer):
    seen = []

    def try_it():
        try:
            with writer.transaction(wait=False):
                pass
        except StoreBusyError:
            seen.append("busy")

    with writer.transaction():
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()

    assert seen == ["busy"]


def test_threads_that_wait_write_one_after_the_other(writer):
    def write(number):
        with writer.transaction() as db:
            db.execute("INSERT INTO t VALUES (?)", (number,))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(rows(writer)) == list(range(8))


def test_a_pause_waits_for_this_process_but_only_if_asked_for_others(writer, turns):
    with writer.pause(wait=True):
        pass
    turns.taken = True

    with pytest.raises(StoreBusyError), writer.pause(wait=False):
        pytest.fail("not reached")

    assert turns.said == ["enter", "leave"]


def test_a_closed_writer_is_not_used_again(writer):
    writer.close()

    with pytest.raises(StoreLostError, match="was closed"), writer.transaction():
        pytest.fail("not reached")


def test_a_rollback_that_sqlite_did_itself_is_not_done_twice(writer):
    with pytest.raises(ZeroDivisionError), writer.transaction() as db:
        db.execute("ROLLBACK")
        raise ZeroDivisionError

    writer.guard.check()


def test_who_rests_has_no_connection_and_goes_on_with_a_new_one(turns, path):
    writer = Writer(lambda: apsw.Connection(str(path)), turns, Guard("p.db"))
    with writer.transaction() as db:
        db.execute("CREATE TABLE t (x)")

    rested = writer.rest(1.0)
    while_resting = writer.connections()
    writer.wake()

    assert (rested, while_resting) == (True, [])
    with writer.transaction() as again:
        again.execute("INSERT INTO t VALUES (1)")
    assert again is not db


def test_a_thread_that_is_writing_cannot_rest(writer):
    with writer.transaction():
        rested = writer.rest(60.0)

    assert not rested
