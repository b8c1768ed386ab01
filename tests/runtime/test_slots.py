"""The slots of a worker: what begins where it is made, and what waits for a claim."""

import pytest

from perdure.kernel.directives import Complete, Goto
from perdure.kernel.plan import StepPlan
from tests.runtime.scenes import Hands, graph, machine, scene, workflow

MAIL = machine(StepPlan(name="a", queue="mail"), name="mailer")
PLAIN = machine("a", name="plain")


def test_a_step_of_a_queue_is_claimed_and_never_born_claimed():
    """Only in the claim's transaction is it known what the queue's limits allow."""
    play = scene(MAIL)
    play.start()

    (work,) = play.hands.works
    assert play.held == ["a"]
    assert work.token == 1
    assert play.store.queues.standing(play.clock.now())[0].running == 1


def test_a_limit_holds_in_one_process_and_its_end_lets_the_next_one_begin():
    play = scene(MAIL)
    play.store.queues.limit_concurrency("mail", 2)
    for _ in range(5):
        play.start()

    begun = []
    for work in (play.hands.works[n] for n in range(5)):
        begun.append(len(play.process.crew.holding()))
        play.report(work, Complete())

    assert begun == [2, 2, 2, 2, 1]
    assert play.statuses() == {"completed": 5}


def test_a_limit_holds_over_processes():
    one = scene(MAIL)
    other = scene(MAIL, store=one.store.sibling(), clock=one.clock)
    one.store.queues.limit_concurrency("mail", 1)
    for play in (one, other):
        play.start()
        play.start()

    (busy,) = [play for play in (one, other) if play.held]
    busy.report(busy.work(), Complete())

    assert len(one.held) + len(other.held) == 1


def test_a_rate_is_kept_and_the_next_one_begins_in_time():
    play = scene(MAIL)
    play.store.queues.limit_rate("mail", 2, 10.0)
    for _ in range(3):
        play.start()
    before = len(play.hands.works)

    for work in list(play.hands.works):
        play.report(work, Complete())
    wake_at = play.tick()
    while len(play.hands.works) < 3:
        assert wake_at - play.clock.now() <= 10.0
        wake_at = play.tick(max(wake_at - play.clock.now(), 0.001))

    assert before == 2
    assert play.clock.now() == pytest.approx(1_000_010.0)


def test_a_held_queue_holds_up_nothing_else():
    play = scene(MAIL, PLAIN)
    play.store.queues.limit_concurrency("mail", 0)
    play.start(MAIL)
    play.start(PLAIN)

    assert [work.plan.workflow for work in play.hands.works] == ["plain"]


def test_a_worker_that_serves_some_queues_begins_nothing_of_others():
    play = scene(MAIL, PLAIN, queues=("mail",))
    play.start(PLAIN)
    play.start(MAIL)

    assert [work.plan.workflow for work in play.hands.works] == ["mailer"]
    assert [row.queues for row in play.store.workers()] == ['["mail"]']


def test_a_worker_that_serves_the_default_queue_alone_has_steps_born_claimed():
    play = scene(MAIL, PLAIN, queues=("default",))
    play.start(MAIL)
    play.start(PLAIN)

    assert [work.plan.workflow for work in play.hands.works] == ["plain"]


def test_a_run_with_a_fair_key_takes_its_turn_on_the_default_queue():
    play = scene(PLAIN, slots=1)
    first = play.start(fair="ann")
    runs = [play.start(fair=key) for key in ("ann", "ann", "bob")]

    order = [first]
    for _ in range(3):
        play.report(play.work(), Complete())
        order.append(play.work().run)

    assert order == [first, runs[2], runs[0], runs[1]]


def test_a_queue_may_have_steps_on_several_lanes():
    """The end of one lets one of another lane begin."""
    quick, slow = Hands(), Hands()
    steps = (
        StepPlan(name="a", queue="mail", lane="async"),
        StepPlan(name="b", queue="mail", needs=()),
    )
    play = scene(workflow(graph(*steps)), lanes={"async": (quick, 5), "thread": (slow, 1)})
    play.store.queues.limit_concurrency("mail", 1)
    play.start()
    (first,) = [*quick.works, *slow.works]

    play.report(first)

    assert len([*quick.works, *slow.works]) == 2


def test_a_step_that_leads_to_a_queue_waits_there():
    plan = machine("a", StepPlan(name="b", queue="mail"))
    play = scene(plan)
    play.store.queues.limit_concurrency("mail", 0)
    play.start()
    play.report(play.work(), Goto("b"))

    assert play.held == []
    assert play.store.queues.standing(play.clock.now())[0].waiting == 1


def test_who_finds_no_job_writes_nothing_and_looks_no_more():
    play = scene(MAIL)
    slots = play.process.crew.slots
    before = play.process.ledger.batches
    seen = play.store.sibling().change()
    slots.backlog()

    play.drive()

    assert not any(lane.backlog for lane in slots.lanes.values())
    assert play.process.ledger.batches == before + 1
    assert play.store.sibling().change() == seen


def test_a_job_for_any_lane_is_found_by_one_look():
    play = scene(MAIL)
    slots = play.process.crew.slots
    slots.accepts = False
    play.start()
    slots.accepts = True
    slots.backlog()

    play.drive()

    assert play.held == ["a"]


def test_what_is_said_of_a_lane_while_the_store_is_asked_is_kept():
    """Threads end attempts and see others' commits meanwhile: a job of theirs must not wait."""
    play = scene(MAIL)
    slots = play.process.crew.slots
    slots.backlog()
    known = play.store.queues.may_give

    def asked(wanted, now):
        found = known(wanted, now)
        slots.backlog()
        play.store.queues.may_give = known
        return found

    play.store.queues.may_give = asked
    play.process.ledger.turn()

    assert all(lane.backlog for lane in slots.lanes.values())
