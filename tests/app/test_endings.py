"""A run's end: told by this process, or looked for."""

import threading

import pytest

from perdure.app.endings import Ending, Watched, await_end
from perdure.app.views import Run
from perdure.app.virtual import VirtualClock
from tests.app.scenes import PATIENCE, until
from tests.app.test_views import Reader, a_view, ended_run


def test_who_waits_for_an_end_is_woken_by_it():
    ending, woken = Ending(), threading.Event()
    waiter = threading.Thread(target=lambda: (ending.wait(PATIENCE), woken.set()))
    waiter.start()

    ending.tell(ended_run(), 9.0)

    assert woken.wait(PATIENCE)
    assert ending.is_here


def test_an_end_that_is_there_is_not_waited_for():
    ending = Ending()
    ending.tell(ended_run(), 9.0)

    ending.wait(PATIENCE)

    assert ending.is_here


def test_without_an_end_one_waits_as_long_as_one_said():
    ending = Ending()

    ending.wait(0.001)
    ending.wait(0.001)

    assert not ending.is_here


def test_a_run_that_nobody_holds_is_not_kept():
    watched = Watched()
    watched.add(Run(Reader(a_view()), a_view()))

    watched.ended(ended_run(), 9.0)

    assert len(watched._endings) == 0


def test_who_waits_looks_again_when_another_process_has_committed():
    watched, run = Watched(), Run(Reader(a_view()), a_view())
    watched.add(run)
    looked = threading.Event()
    waiter = threading.Thread(target=lambda: (watched.wait(run, PATIENCE), looked.set()))
    waiter.start()
    until(lambda: watched._waited_for and run.ending._flag)

    watched.changed()

    assert looked.wait(PATIENCE)
    until(lambda: not watched._waited_for)


def test_who_listens_is_called_for_an_end_and_for_news_until_he_stops():
    watched = Watched()
    run = Run(Reader(a_view()), a_view())
    watched.add(run)
    calls = []

    with watched.listening(run, lambda: calls.append("one")):
        with watched.listening(run, lambda: calls.append("two")):
            watched.changed()
        watched.changed()
        watched.ended(ended_run(), 9.0)
    watched.changed()
    watched.ended(ended_run(), 9.0)

    assert sorted(calls) == ["one", "one", "one", "two"]


class Looks:
    """Says after so many looks that the run has ended; time passes with each."""

    def __init__(self, clock, *, ended_after):
        self.clock = clock
        self.left = ended_after

    def __call__(self):
        self.clock.advance(1.0)
        self.left -= 1
        return self.left <= 0


@pytest.mark.parametrize(("ended_after", "came"), [(1, True), (3, True), (9, False)])
def test_an_end_that_nobody_tells_is_looked_for_until_time_is_up(monkeypatch, ended_after, came):
    monkeypatch.setattr("perdure.app.endings.END_POLL", 0.0)
    clock = VirtualClock()
    run = Run(Reader(a_view()), a_view())

    ended = await_end(
        run,
        4.0,
        watched=Watched(),
        clock=clock,
        has_ended=Looks(clock, ended_after=ended_after),
    )

    assert ended is came


def test_an_end_that_is_there_needs_no_look():
    run = Run(Reader(a_view()), a_view())
    run.ending.tell(ended_run(), 9.0)

    assert await_end(run, None, watched=Watched(), clock=VirtualClock(), has_ended=None)
