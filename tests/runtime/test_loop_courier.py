"""A real process has a thread for outboxes once there is one, and no other waits for it."""

import logging
import threading

import pytest

from perdure.errors import StoreFullError, StoreLostError
from tests.runtime.test_courier import Rows, start_row
from tests.runtime.test_loop import LONG, begin, running  # noqa: F401 - a fixture

NAME = "perdure-courier"
others = set()


@pytest.fixture(autouse=True)
def _others():
    """Leave aside the couriers of engines that other tests have left open."""
    others.update(threading.enumerate())
    yield
    others.clear()


def carriers():
    found = (thread for thread in threading.enumerate() if thread.name == NAME)
    return [thread for thread in found if thread not in others]


class Slow(Rows):
    """A database that answers when it is let to."""

    def __init__(self, *rows):
        super().__init__(*rows)
        self.asked = threading.Event()
        self.answer = threading.Event()

    def read(self, after, most):
        self.asked.set()
        assert self.answer.wait(LONG)
        return super().read(after, most)


def test_a_process_without_outboxes_has_no_courier(running):  # noqa: F811
    play, _, _ = running()
    begin(play)
    play.process.courier.expect()

    assert carriers() == []


def test_a_hint_has_what_was_committed_brought(running):  # noqa: F811
    play, _, _ = running()
    outbox, ended = Rows(), threading.Event()
    play.process.registry.outboxes.append(outbox)
    outbox.forget = lambda _ids: (outbox.rows.clear(), ended.set())
    row = start_row(play)
    outbox.rows[row.id] = row

    play.process.courier.hint()

    assert ended.wait(LONG)
    assert row.id in play.store.load([row.id])
    assert len(carriers()) == 1


def test_nobody_waits_for_a_database_that_is_slow(running):  # noqa: F811
    play, loop, _ = running()
    outbox = Slow()
    play.process.registry.outboxes.append(outbox)
    play.process.courier.hint()
    assert outbox.asked.wait(LONG)

    run = begin(play)

    assert play.work("a").run == run
    outbox.answer.set()
    loop.stop(LONG)
    assert carriers() == []


def test_a_store_that_is_full_is_told_and_tried_again(running, caplog):  # noqa: F811
    play, _, _ = running()
    outbox, ended = Rows(), threading.Event()
    outbox.forget = lambda _ids: (outbox.rows.clear(), ended.set())
    row = start_row(play)
    outbox.rows[row.id] = row
    play.store.then((StoreFullError("no room"), "before"))
    play.process.registry.outboxes.append(outbox)  # from here on any thread may meet that

    play.process.courier.hint()

    assert ended.wait(LONG)
    assert any(r.levelno == logging.ERROR and "tried again" in r.message for r in caplog.records)


def test_a_store_that_is_lost_ends_it(running):  # noqa: F811
    play, _, lost = running()
    outbox = Rows()
    row = start_row(play)
    outbox.rows[row.id] = row
    play.store.then((StoreLostError("gone"), "before"))
    play.process.registry.outboxes.append(outbox)  # from here on any thread may meet that

    play.process.courier.hint()
    for carrier in carriers():  # it may have ended already
        carrier.join(LONG)

    assert carriers() == []
    assert [str(error) for error in lost] == ["gone"]
