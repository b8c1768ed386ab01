"""Timers fire once and never early, and no timer keeps the process busy."""

import pytest

from perdure.errors import StoreFullError
from perdure.kernel import messages
from perdure.kernel.directives import Failed, Sleep, Wait
from perdure.kernel.plan import RetryPolicy, StepPlan
from perdure.runtime import timekeeper as timekeepers
from tests.runtime.scenes import TroubledStore, machine, scene

PLAN = machine(StepPlan(name="a", retry=RetryPolicy(base_delay=9.0)), "b")


def sleeping(seconds=30.0, count=1, **options):
    play = scene(PLAN, slots=5000, **options)
    for _ in range(count):
        play.start()
    for work in list(play.hands.works):
        play.put(work, Sleep(seconds, "b"))
    play.drive()
    return play


def fired(play, run=None):
    return [
        row.message
        for row in play.store.history(run or play.runs[0])
        if row.message.startswith('["Fire"')
    ]


def test_a_timer_fires_when_it_is_due_and_not_before():
    play = sleeping(30.0)

    play.tick(29.999)
    early = fired(play)
    play.tick(0.001)

    assert early == []
    assert fired(play) == ['["Fire","a",1,"sleep"]']
    assert play.held == ["b"]


def test_a_timer_fires_once():
    play = sleeping(30.0)

    for _ in range(5):
        play.tick(30.0)

    assert len(fired(play)) == 1


def test_three_thousand_due_timers_fire_each_once():
    play = sleeping(30.0, count=3000)

    play.tick(31.0)
    while play.process.timekeeper.wake_at <= play.clock.now():
        play.tick()

    assert [len(fired(play, run)) for run in play.runs] == [1] * 3000
    assert len(play.held) == 3000


def test_what_became_due_while_nobody_looked_fires_at_once():
    here = sleeping(30.0)
    here.process.leave()
    here.clock.go(86_400.0)

    there = scene(PLAN, store=here.store.sibling(), clock=here.clock)
    there.tick()

    assert len(fired(here)) == 1
    assert there.held == ["b"]


def test_a_wait_ends_at_its_timeout():
    play = scene(PLAN)
    run = play.start()
    play.report(play.work(), Wait(name="go", timeout=5.0, on_timeout="b"))

    play.tick(5.0)

    assert play.held == ["b"]
    assert play.loaded(run).waits == ()


def test_a_wait_without_a_way_out_fails_at_its_timeout():
    play = scene(PLAN)
    play.start()
    play.report(play.work(), Wait(name="go", timeout=5.0))

    play.tick(5.0)

    assert play.status() == "failed"
    assert '"wait_timeout"' in play.loaded().row.error


def test_a_run_ends_at_its_deadline_whatever_runs():
    play = scene(machine("a", deadline=60.0))
    play.start()
    work = play.work()

    play.tick(60.0)

    assert play.status() == "failed"
    assert play.hands.stopped == [(work, "cancel")]


def test_an_attempt_whose_delay_is_over_begins():
    play = scene(PLAN)
    play.start()
    play.report(play.work(), Failed(kind="oops", error="it broke"))

    play.tick(8.9)
    early = play.held
    play.tick(0.1)

    assert (early, play.held) == ([], ["a"])
    assert play.work().attempt == 2


def test_it_looks_again_when_the_next_one_is_due():
    play = sleeping(3.0)

    assert play.tick() <= play.clock.now() + 3.0
    assert play.process.timekeeper.wake_at == play.clock.now() + 3.0


def test_a_hint_makes_it_look_sooner_and_never_later():
    play = scene(PLAN)
    play.tick()
    keeper = play.process.timekeeper
    poll = keeper.wake_at

    keeper.hint(poll + 60.0)
    later = keeper.wake_at
    keeper.hint(poll - 1.0)

    assert (later, keeper.wake_at) == (poll, poll - 1.0)


def test_without_anything_due_it_looks_from_time_to_time():
    play = scene(PLAN)

    play.tick()

    assert play.process.timekeeper.wake_at == play.clock.now() + timekeepers.POLL_SECONDS


def test_while_timers_are_on_their_way_it_neither_fires_them_again_nor_spins():
    """The disk is full, say: looking at the store over and over would not help."""
    store = TroubledStore.quiet()
    play = sleeping(30.0, store=store)
    play.clock.go(30.0)
    play.process.tick(play.clock.now())
    store.then((StoreFullError("no room"), "before"))
    with pytest.raises(StoreFullError):
        play.drive()

    wake_at = play.process.timekeeper.tick(play.clock.go(5.0))
    waiting = play.process.ledger.waiting
    play.drive()

    assert waiting == 1
    assert wake_at == play.clock.now() + timekeepers.POLL_SECONDS
    assert len(fired(play)) == 1


def test_when_they_have_landed_it_looks_at_once_for_more():
    play = sleeping(30.0)
    play.clock.go(30.0)
    play.process.tick(play.clock.now())

    play.drive()

    assert play.process.timekeeper.wake_at == 0.0


def test_a_timer_that_means_nothing_is_looked_at_again_but_not_at_once():
    """Its run cannot be read, say: asking at once and again would keep the process busy."""
    play = sleeping(30.0)
    store = play.store.sibling()
    store.plan = lambda _hash: None
    there = scene(store=store, clock=play.clock)
    play.process.leave()

    there.tick(30.0)

    assert there.process.timekeeper.wake_at == play.clock.now() + timekeepers.POLL_SECONDS


def test_a_timer_whose_run_was_cancelled_is_gone():
    play = sleeping(30.0)
    play.tell(play.runs[0], messages.Cancel())

    play.tick(30.0)

    assert fired(play) == []
    assert play.status() == "cancelled"
