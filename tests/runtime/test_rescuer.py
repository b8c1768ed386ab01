"""A dead process's attempts are taken over, and a process that was taken for dead begins again."""

from perdure.errors import CommitUnknownError
from perdure.kernel import messages
from perdure.kernel.directives import Complete, Goto
from perdure.kernel.plan import RetryPolicy, StepPlan
from perdure.runtime import rescuer as rescuers
from perdure.stores.sqlite import SqliteStore
from tests.runtime.scenes import LEASE, Hands, TroubledStore, graph, machine, scene

PLAN = machine(StepPlan(name="a", retry=RetryPolicy(max_attempts=9)), "b")


def beside(play, *held, **options):
    """Return another process on the same store."""
    return scene(*(held or (PLAN,)), store=play.store.sibling(), clock=play.clock, **options)


def ticks(play, seconds, every=LEASE / 3):
    """Let time pass for one process, and stand still for the others."""
    for _ in range(round(seconds / every)):
        play.tick(every)


def test_the_attempts_of_a_process_whose_lease_has_ended_are_tried_again():
    dead = scene(PLAN)
    dead.start()
    other = beside(dead)

    ticks(other, LEASE * 3)

    assert (other.work("a").attempt, other.work("a").token) == (2, 2)
    (failed,) = dead.store.attempts(dead.runs[0])
    assert '"worker_died"' in failed.error


def test_a_process_whose_lock_is_free_is_not_waited_for(tmp_path):
    """On one SQLite file it is seen at once that its process is gone."""
    store = SqliteStore(tmp_path / "perdure.db")
    dead = scene(PLAN, store=store)
    dead.start()
    store.close()

    other = scene(PLAN, store=SqliteStore(tmp_path / "perdure.db"), clock=dead.clock)

    assert other.work("a").attempt == 2
    other.store.close()


def test_a_living_process_keeps_its_attempts():
    here = scene(PLAN)
    here.start()
    other = beside(here)

    for _ in range(9):
        here.tick(LEASE / 3)
        other.tick()

    assert other.held == []
    assert here.held == ["a"]


def test_a_process_that_was_itself_stalled_waits_a_lease_before_it_rescues():
    """It cannot know whether the others were stalled, too: the whole machine may have slept."""
    here, other = scene(PLAN), None
    here.start()
    other = beside(here)
    here.clock.go(LEASE * 5)

    other.tick()
    at_once = other.held
    here.tick()
    ticks(other, LEASE / 3)

    assert at_once == []
    assert other.held == []


def test_an_attempt_that_keeps_killing_its_worker_ends_as_failed():
    first = scene(machine(StepPlan(name="a", retry=RetryPolicy(max_attempts=3))))
    run = first.start()
    last = first

    for _ in range(3):
        last = beside(last, *first.plans)
        ticks(last, LEASE * 3)

    assert first.status(run) == "failed"
    assert '"worker_died"' in first.loaded(run).row.error
    assert [attempt.attempt for attempt in first.store.attempts(run)] == [1, 2]


def test_what_a_process_reports_after_it_was_taken_for_dead_is_refused():
    here = scene(PLAN)
    run = here.start()
    late = here.work("a")
    other = beside(here)
    ticks(other, LEASE * 3)

    here.report(late, Goto("b"), output='"late"')
    other.report(other.work("a"), Goto("b"), output='"in time"')

    assert [step.output for step in here.store.steps(run)] == ['"in time"']


def test_a_process_that_lost_its_lease_stops_everything_and_begins_again_as_somebody_new():
    here = scene(PLAN)
    here.start()
    before = here.process.crew.incarnation
    work = here.work("a")
    other = beside(here)
    ticks(other, LEASE * 3)

    here.tick()

    assert here.hands.stopped == [(work, "lease")]
    assert here.process.crew.incarnation > before
    assert here.process.ledger.hot_runs == 0
    assert not here.process.rescuer.fenced()


def test_it_works_on_after_that():
    here = scene(PLAN)
    here.start()
    other = beside(here)
    ticks(other, LEASE * 3)
    here.tick()

    run = here.start()
    here.report(here.work("a", run), Complete())

    assert here.status(run) == "completed"


def test_a_process_stops_its_attempts_by_its_own_clock_before_its_lease_ends():
    play = scene(PLAN, store=TroubledStore.quiet())
    play.start()
    work = play.work("a")
    play.process.rescuer.tick = lambda now: now + LEASE  # it does not come to renew

    play.tick(LEASE * 0.89)
    before = list(play.hands.stopped)
    play.tick(LEASE * 0.02)

    assert before == []
    assert play.hands.stopped == [(work, "lease")]


def test_what_was_stopped_for_the_leases_sake_counts_as_lost():
    """It had begun, so it may have done what it does: unlike a job that nobody has begun."""
    play = scene(PLAN, store=TroubledStore.quiet())
    run = play.start()
    tick, play.process.rescuer.tick = play.process.rescuer.tick, lambda now: now
    play.tick(LEASE * 0.95)

    play.process.rescuer.tick = tick
    play.tick(0.1)

    (failed,) = play.store.attempts(run)
    assert failed.attempt == 1
    assert (play.work("a").attempt, play.work("a").token) == (2, 2)


def test_a_process_that_alone_was_asleep_goes_on_with_what_it_has():
    play = scene(PLAN)
    play.start()

    play.tick(LEASE * 10)

    assert play.hands.stopped == []
    assert play.held == ["a"]


def test_renewing_takes_care_of_that():
    play = scene(PLAN)
    play.start()

    ticks(play, LEASE * 5)

    assert play.hands.stopped == []
    assert play.held == ["a"]


def test_a_job_in_our_name_that_nobody_works_on_is_given_back_after_two_looks():
    """It was claimed by a commit whose end was not known."""
    store = TroubledStore.quiet()
    here = scene(machine("a"), store=store, slots=1)
    first, second = here.start(), here.start()
    here.tick()
    store.then((CommitUnknownError("the line went dead"), "after"))
    here.report(here.work(run=first), Complete())
    (stray,) = here.loaded(second).jobs

    here.tick(LEASE / 3)
    once = here.loaded(second).jobs[0].owner
    here.tick(LEASE / 3)

    assert stray.owner == once == here.process.crew.incarnation
    assert here.work().run == second
    assert (here.work().attempt, here.work().token) == (1, 2), "uncounted"


def test_a_job_whose_report_is_on_its_way_is_no_stray():
    """The disk is full for longer than two looks take: what ran is not run again for that."""
    play = scene(PLAN)
    run = play.start()
    play.put(play.work(), Complete())

    for _ in range(3):
        play.process.tick(play.clock.go(LEASE / 3))
    owner = play.loaded(run).jobs[0].owner
    play.drive()

    assert owner == play.process.crew.incarnation
    assert play.status(run) == "completed"
    assert len(play.hands.works) == 1


def test_an_attempt_whose_run_another_process_cancelled_is_stopped():
    here = scene(PLAN)
    run = here.start()
    work = here.work("a")
    beside(here).tell(run, messages.Cancel())

    here.tick(LEASE / 3)

    assert here.hands.stopped == [(work, "cancel")]


def test_more_orphans_than_are_told_at_once_are_told_soon():
    count = rescuers.MOST_ORPHANS + 100
    wide = graph(*(StepPlan(name=f"s{n}") for n in range(count)))
    dead = scene(wide, slots=5000)
    dead.start()
    other = beside(dead, wide, slots=5000)
    ticks(other, LEASE)
    other.clock.go(LEASE / 3)

    soon = other.process.rescuer.tick(other.clock.now()) - other.clock.now()
    other.drive()
    other.process.rescuer.tick(other.clock.now())
    other.drive()

    assert soon < 1.0
    assert len(other.held) == count


def test_orphans_that_were_told_and_wait_are_not_told_over_and_over():
    dead = scene(PLAN)
    dead.start()
    other = beside(dead)
    other.process.ledger.put_all(other.birth() for _ in range(rescuers.MOST_ORPHANS + 1))

    other.clock.go(LEASE * 3)
    told = other.process.rescuer.rescue(other.clock.now())

    assert told == 0


def test_who_leaves_in_good_order_has_nothing_to_be_rescued():
    here = scene(PLAN)
    here.start()
    here.process.leave()

    other = beside(here)

    assert (other.work("a").attempt, here.store.workers()) == (1, other.store.workers())
    assert len(other.store.workers()) == 1


def test_leaving_twice_is_leaving_once():
    here = scene(PLAN)
    here.process.leave()
    here.process.rescuer.leave()

    assert here.store.workers() == []
    assert here.process.rescuer.tick(here.clock.now()) == here.clock.now() + LEASE


def test_only_the_dead_are_buried():
    here = scene(PLAN)
    other = beside(here, slots=1)

    for _ in range(9):
        here.tick(LEASE / 3)
        other.tick()

    assert {row.id for row in here.store.workers()} == {
        here.process.crew.incarnation,
        other.process.crew.incarnation,
    }
    assert Hands().works == []
