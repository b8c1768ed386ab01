"""Everything that one process runs: what it takes up, when it looks again, how it leaves."""

from perdure.kernel import messages
from perdure.kernel.directives import Complete, Sleep
from perdure.kernel.plan import StepPlan
from perdure.runtime import process as processes
from perdure.runtime.records import dump_message
from tests.runtime.scenes import LEASE, TroubledStore, machine, scene, signal_row

PLAN = machine("a", "b")


class Checkpointed(TroubledStore):
    """Counts how often it was asked to keep its log short."""

    checkpoints = 0

    def checkpoint(self):
        self.checkpoints += 1


def test_what_others_left_is_taken_up_when_it_opens():
    """A run whose message was accepted, and a job that nobody has begun."""
    here = scene()
    told, waiting = here.start(PLAN), here.start(PLAN)
    here.store.put([signal_row(told, dump_message(messages.Pause()))])
    here.process.leave()

    there = scene(PLAN, store=here.store.sibling(), clock=here.clock)

    assert there.loaded(told).row.paused
    assert [work.run for work in there.hands.works] == [waiting]


def test_it_looks_again_when_the_first_of_its_duties_wants_to():
    play = scene(PLAN)
    play.tick()
    play.start()

    play.report(play.work(), Sleep(0.001, "b"))
    wake_at = play.process.tick(play.clock.now())

    assert wake_at == play.clock.now() + 0.001


def test_a_deadline_of_an_attempt_is_told_in_the_wall_clocks_time():
    play = scene(machine(StepPlan(name="a", timeout=0.01)))
    play.start()

    assert play.process.tick(play.clock.now()) <= play.clock.now() + 0.01


def test_beats_that_a_turn_under_way_will_take_up_bring_no_tick():
    """A slow commit would have the duties look again and again for as long as it takes."""
    play = scene(machine("a"))
    play.start()
    work = play.work()
    work.pulse(work, 0.5, None)
    turning = play.process.ledger._mutex
    with turning:
        wake_at = play.process.tick(play.clock.now())

    assert wake_at > play.clock.now()


def test_its_lease_is_renewed_every_third_of_it():
    play = scene(PLAN)
    play.tick()
    (before,) = play.store.workers()

    play.tick(LEASE / 3)

    (after,) = play.store.workers()
    assert after.lease_until == before.lease_until + LEASE / 3


def test_the_stores_log_is_kept_short_while_things_are_committed():
    store = Checkpointed.quiet()
    play = scene(PLAN, store=store)
    play.tick()
    before = store.checkpoints

    play.start()
    play.tick(processes.CHECKPOINT_SECONDS)
    after = store.checkpoints
    play.tick(processes.CHECKPOINT_SECONDS)

    assert after == before + 1
    assert store.checkpoints - after <= 1, "the claim of the last tick, and no more"


def test_it_leaves_nothing_claimed():
    play = scene(PLAN)
    runs = [play.start() for _ in range(3)]

    handed = play.process.leave()

    assert handed == 3
    assert [play.loaded(run).jobs[0].owner for run in runs] == [None] * 3
    assert play.store.workers() == []


def test_what_is_reported_after_it_left_is_not_wanted():
    play = scene(PLAN)
    run = play.start()
    work = play.work()
    play.process.leave()

    play.report(work, Complete())

    assert play.status(run) == "running"
    assert play.store.steps(run) == []
