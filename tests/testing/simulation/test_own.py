"""An application's database: its rows are there at once with its commit, or never."""

import random

import pytest

from perdure.errors import OutboxTroubleError
from perdure.ports.outbox import Posted
from perdure.testing.simulation.own import OwnConnection, OwnDatabase

ROW = Posted("run_1", "start", "[]", 1.0)


def database(calm=True):
    made = OwnDatabase(random.Random(1))
    made.is_calm = calm
    return made


@pytest.mark.parametrize(("end", "left"), [("commit", 1), ("rollback", 0), ("close", 0)])
def test_what_is_inserted_is_there_when_it_is_committed(end, left):
    own = database()
    connection = OwnConnection(own.db)

    own.outbox.add(connection, ROW)
    assert own.left == 0
    assert own.outbox.has(connection, ROW.id)
    getattr(connection, end)()

    assert own.left == left
    assert len(own.outbox.read("", 5)) == left


def test_one_that_nobody_uses_has_nothing_left():
    assert database().left == 0


def test_it_is_down_now_and_then_until_all_is_calm():
    own = database(calm=False)
    assert own.db
    refused = 0
    for _ in range(60):
        try:
            own.outbox.read("", 5)
        except OutboxTroubleError:
            refused += 1
    own.is_calm = True

    assert 2 < refused < 30
    assert own.outbox.read("", 5) == []
