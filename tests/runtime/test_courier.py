"""Outboxes are emptied: at least once, so once in effect, and soon where somebody waits for it."""

import logging

import pytest

from perdure.errors import CommitUnknownError, OutboxTroubleError, StoreBusyError
from perdure.kernel import messages
from perdure.ports.commit import InboxMade
from perdure.ports.outbox import Posted
from perdure.ports.rows import Announced
from perdure.runtime import courier as couriers
from perdure.runtime.courier import LOOK_SECONDS, SOON_SECONDS
from perdure.runtime.posts import post_birth, post_broadcast, post_message
from perdure.runtime.records import dump_message
from tests.runtime.scenes import NOW, TroubledStore, machine, scene

PLAN = machine("a", "b")
GO = dump_message(messages.Signal(id=0, name="go", addressed=True))


class Rows:
    """An outbox in memory. `trouble` is raised once, by the verb that it names."""

    def __init__(self, *rows):
        self.rows = {row.id: row for row in rows}
        self.read_times = 0
        self.trouble = {}

    def read(self, after, most):
        self.read_times += 1
        self._meet("read")
        return [row for id_, row in sorted(self.rows.items()) if id_ > after][:most]

    def forget(self, ids):
        self._meet("forget")
        for id_ in ids:
            del self.rows[id_]

    def _meet(self, verb):
        if (error := self.trouble.pop(verb, None)) is not None:
            raise error


def playing(*rows, store=None):
    play = scene(PLAN, store=store)
    outbox = Rows(*rows)
    play.process.registry.outboxes.append(outbox)
    return play, outbox


def start_row(play):
    birth = play.birth()
    return post_birth(birth, with_plan=True)


def fill(play, outbox, count):
    rows = [start_row(play) for _ in range(count)]
    outbox.rows |= {row.id: row for row in rows}
    return rows


def carry(play, seconds=0.0):
    wake_at = play.process.courier.tick(play.clock.go(seconds))
    play.drive()
    return wake_at


def test_starts_are_brought_and_deleted():
    play, outbox = playing()
    fill(play, outbox, 3)

    carry(play)

    assert play.statuses() == {"running": 3}
    assert outbox.rows == {}


def test_signals_reach_the_run_and_broadcasts_those_that_wait():
    play, outbox = playing()
    run = play.start()
    everyone = Announced("go", GO, None, None, None, NOW)
    for row in (
        post_message("signal_1", InboxMade(run, GO, None, None), NOW),
        post_broadcast("signal_2", everyone, None),
    ):
        outbox.rows[row.id] = row

    carry(play)

    assert [row.message for row in play.loaded(run).inbox] == []
    assert [kept.name for kept in play.loaded(run).kept] == ["go"]
    assert outbox.rows == {}


def test_many_are_brought_a_slice_at_a_time(monkeypatch):
    monkeypatch.setattr(couriers, "SLICE", 2)
    play, outbox = playing()
    fill(play, outbox, 5)

    carry(play)

    assert play.statuses() == {"running": 5}
    assert outbox.read_times == 3


@pytest.mark.parametrize("verb", ["read", "forget"])
def test_a_database_that_is_down_is_tried_again_and_nothing_is_done_twice(verb, caplog):
    play, outbox = playing()
    (row,) = fill(play, outbox, 1)
    outbox.trouble[verb] = OutboxTroubleError("it is down")

    wake_at = carry(play)
    assert wake_at > play.clock.now()
    carry(play, LOOK_SECONDS)

    assert play.statuses() == {"running": 1}
    assert outbox.rows == {}
    assert [r.levelno for r in caplog.records] == [logging.WARNING]
    assert row.id in play.store.load([row.id])


def test_signals_are_told_once_though_they_are_brought_twice():
    play, outbox = playing()
    run = play.start()
    rows = [
        post_message("signal_1", InboxMade(run, GO, '{"n":1}', None), NOW),
        post_broadcast("signal_2", Announced("go", GO, '{"n":2}', None, None, NOW), None),
    ]
    for _ in range(2):
        outbox.rows = {row.id: row for row in rows}
        carry(play, LOOK_SECONDS)

    assert [kept.payload for kept in play.loaded(run).kept] == ['{"n":1}']


@pytest.mark.parametrize("when", ["before", "undone", "after"])
def test_a_store_that_cannot_say_has_the_rows_stay(when):
    store = TroubledStore.quiet()
    play, outbox = playing(store=store)
    fill(play, outbox, 2)
    error = StoreBusyError("busy") if when == "before" else CommitUnknownError("unknown")
    store.then((error, when))

    with pytest.raises(type(error)):
        carry(play)
    assert len(outbox.rows) == 2
    carry(play, LOOK_SECONDS)

    assert play.statuses() == {"running": 2}
    assert outbox.rows == {}


def test_a_signal_whose_run_is_gone_is_dropped_and_told_and_holds_up_nobody(caplog):
    play, outbox = playing()
    fill(play, outbox, 2)
    row = post_message("signal_1", InboxMade("run_gone", GO, None, None), NOW)
    outbox.rows[row.id] = row

    carry(play)

    assert play.statuses() == {"running": 2}
    assert outbox.rows == {}
    assert "signal_1 of an outbox is dropped: there is no run 'run_gone'" in caplog.text


def test_what_cannot_be_read_stays_for_who_can_and_is_told_once(caplog):
    play, outbox = playing(Posted("a", "haul", "[]", NOW))
    fill(play, outbox, 2)

    carry(play)
    carry(play, LOOK_SECONDS)

    assert play.statuses() == {"running": 2}
    assert list(outbox.rows) == ["a"]
    assert len(caplog.records) == 1


def test_it_looks_often_for_a_while_after_somebody_began_a_transaction():
    play, outbox = playing()
    carry(play)
    play.process.courier.expect()

    pauses = [carry(play) - play.clock.now()]
    for _ in range(12):
        pauses.append(carry(play, pauses[-1]) - play.clock.now())

    assert pauses[0] == pytest.approx(SOON_SECONDS)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LOOK_SECONDS


def test_it_does_not_look_before_it_is_time():
    play, outbox = playing()
    carry(play)
    carry(play)
    assert outbox.read_times == 1

    play.process.courier.hint()
    carry(play)
    assert outbox.read_times == 2


def test_one_outbox_that_is_down_does_not_hold_up_another():
    play, outbox = playing()
    second = Rows()
    play.process.registry.outboxes.append(second)
    fill(play, second, 1)
    outbox.trouble["read"] = OutboxTroubleError("it is down")

    carry(play)

    assert play.statuses() == {"running": 1}


def test_it_is_wanted_where_there_is_an_outbox():
    assert not scene(PLAN).process.courier.is_wanted
    assert playing()[0].process.courier.is_wanted
