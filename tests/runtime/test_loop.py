"""The threads of a real process: they end when told to, and live on after any trouble."""

import logging
import threading
import time

import pytest

from perdure.app.clock import SystemClock
from perdure.errors import StoreBusyError, StoreError, StoreFullError, StoreLostError
from perdure.kernel import messages
from perdure.kernel.directives import Complete, Sleep
from perdure.runtime import loop as loops
from perdure.runtime.envelopes import Ticket, Told
from perdure.runtime.loop import Loop
from tests.runtime.scenes import TroubledStore, machine, scene

PLAN = machine("a", "b")
LONG = 20.0  # a guard, not a time that anything takes


class RealClock(SystemClock):
    """The clock of real processes, as scenes want one."""

    def go(self, _seconds):
        return self.now()


@pytest.fixture
def running(monkeypatch):
    """Return what starts a loop over a scene; all of them are stopped after the test."""
    monkeypatch.setattr(loops, "PAUSE_AFTER_ERROR", 0.005)
    started = []

    def start(*held, store=None, start_=True):
        play = scene(*(held or (PLAN,)), store=store or TroubledStore.quiet(), clock=RealClock())
        lost = []
        loop = Loop(play.process, lost.append)
        play.process.mailbox.connect(play.process.crew, play.process.ledger, loop.drive)
        started.append(loop)
        if start_:
            loop.start()
        return play, loop, lost

    yield start
    for loop in started:
        loop.stop(LONG)


def asked(play, loop, message):
    """Tell a run something, and return the answer when it comes."""
    ticket = Ticket()
    play.process.ledger.put(Told(play.runs[-1], message, reply=ticket))
    loop.drive()
    return ticket.wait(LONG)


def begin(play):
    """Start a run, and return when its first attempt has begun: another thread may turn."""
    run = play.start()
    pause, until = threading.Event(), time.monotonic() + LONG
    while not play.hands.works and time.monotonic() < until:
        pause.wait(0.002)
    return run


def ended(play):
    """Return an event that is set when a run ends."""
    event = threading.Event()
    play.process.ledger.on_ended = lambda _hot, _at: event.set()
    return event


def test_it_fires_timers_by_itself(running):
    play, _, _ = running()
    begin(play)
    over = ended(play)
    first = play.work("a")
    began = threading.Event()
    submit = play.hands.submit
    play.hands.submit = lambda work, body: (submit(work, body), began.set())

    play.report(first, Sleep(0.01, "b"))
    woken = began.wait(LONG)
    play.report(play.work("b"), Complete())

    assert woken
    assert over.wait(LONG)


def test_a_timer_that_is_made_wakes_it_from_a_long_sleep(running):
    """It sleeps until what it knew to be due; what is made now may be due before that."""
    play, loop, _ = running()
    begin(play)
    loop._process.tick = lambda now: now + 3600.0
    loop.ring()
    ticked = threading.Event()

    def tick(now):
        ticked.set()
        return now + 3600.0

    loop._sleeps_until = float("inf")
    loop._process.tick = tick
    play.process.ledger.on_due(play.clock.now())

    assert ticked.wait(LONG)


def test_where_others_write_its_own_thread_waits(running):
    play, loop, _ = running()
    begin(play)
    play.store.then((StoreBusyError("others write"), "before"))

    answer = asked(play, loop, messages.Pause())

    assert answer.events


@pytest.mark.parametrize("error", [StoreFullError("no room"), StoreError("not now")])
def test_after_a_trouble_of_the_store_what_was_told_is_tried_again(running, error):
    play, loop, lost = running()
    begin(play)
    play.store.then(*[(error, "before")] * 3)

    answer = asked(play, loop, messages.Pause())

    assert answer.events
    assert lost == []


def test_a_trouble_is_logged_once_with_its_traceback_and_not_each_time(running, caplog):
    play, loop, _ = running(start_=False)
    begin(play)
    play.store.then(*[(StoreFullError("no room"), "before")] * 5)
    play.process.ledger.put(Told(play.runs[0], messages.Pause()))

    for _ in range(5):
        loop.drive()

    told = [record for record in caplog.records if record.name == "perdure.loop"]
    assert [str(record.exc_info[1]) for record in told] == ["no room"]


def test_a_busy_store_is_nothing_to_tell(running, caplog):
    play, loop, _ = running()
    begin(play)
    play.store.then((StoreBusyError("others write"), "before"))

    asked(play, loop, messages.Pause())

    assert [record for record in caplog.records if record.name == "perdure.loop"] == []


def test_a_duty_that_fails_is_tried_again(running, caplog):
    play, loop, _ = running(start_=False)
    tick, failures = play.process.tick, [RuntimeError("a defect"), StoreBusyError("others write")]
    ticked = threading.Event()

    def ticks(now):
        if failures:
            raise failures.pop(0)
        ticked.set()
        return tick(now)

    play.process.tick = ticks
    with caplog.at_level(logging.ERROR):
        loop.start()
        lives = ticked.wait(LONG)

    assert lives
    assert "a defect" in caplog.text


def test_a_lost_store_ends_it_and_says_so(running):
    play, loop, lost = running()
    begin(play)
    error = StoreLostError("the disk is gone")
    play.store.then((error, "before"))
    play.process.ledger.put(Told(play.runs[0], messages.Pause()))

    loop.drive()

    assert lost == [error]
    for thread in loop._threads:
        thread.join(LONG)
        assert not thread.is_alive()


def test_a_duty_that_finds_the_store_lost_ends_it_too(running):
    play, loop, lost = running(start_=False)
    error = StoreLostError("the disk is gone")

    def tick(_now):
        raise error

    play.process.tick = tick
    loop.start()
    loop._threads[0].join(LONG)

    assert lost == [error]


def test_a_thread_that_waits_and_finds_the_store_lost_ends_it_too(running):
    play, loop, lost = running()
    begin(play)
    error = StoreLostError("the disk is gone")
    play.store.then((StoreBusyError("others write"), "before"), (error, "before"))
    play.process.ledger.put(Told(play.runs[0], messages.Pause()))

    loop.drive()
    for thread in loop._threads:
        thread.join(LONG)

    assert lost == [error]


def test_it_stops_when_it_is_told_to(running):
    _, loop, lost = running()

    loop.stop(LONG)

    assert not any(thread.is_alive() for thread in loop._threads)
    assert lost == []


def test_a_store_that_was_closed_is_not_lost(running):
    """A step's thread that ends after the engine was closed finds the store closed."""
    play, loop, lost = running()
    begin(play)
    loop.stop(LONG)
    play.store.then((StoreLostError("was closed"), "before"))
    play.process.ledger.put(Told(play.runs[0], messages.Pause()))

    loop.drive()

    assert lost == []


def test_a_thread_can_stop_it_from_within(running):
    play, loop, _ = running(start_=False)
    stopped = threading.Event()

    def tick(now):
        loop.stop(LONG)
        stopped.set()
        return now

    play.process.tick = tick
    loop.start()

    assert stopped.wait(LONG)


def test_what_is_due_has_fired_when_it_was_asked_to(running):
    play, loop, _ = running(start_=False)
    run = begin(play)
    play.report(play.work("a"), Sleep(0.0, "b"))
    loop.drive()
    assert play.store.due_timers(play.process.clock.now(), 1)
    loop.start()

    loop.process_scheduled()

    assert not play.store.due_timers(play.process.clock.now(), 1)
    assert play.store.load([run])[run].row.cursor == "b"


def test_what_is_due_is_not_waited_for_once_the_loop_has_stopped(running):
    play, loop, _ = running(start_=False)
    begin(play)
    play.report(play.work("a"), Sleep(0.0, "b"))
    loop.drive()
    loop.stop(LONG)

    loop.process_scheduled()

    assert play.store.due_timers(play.process.clock.now(), 1)
