"""The worker of a process: claimed means begun, slots are never exceeded, time is kept."""

import pytest

from perdure.authoring import offered
from perdure.kernel import messages
from perdure.kernel.directives import Complete, Goto
from perdure.kernel.plan import RetryPolicy, StepPlan
from tests.runtime.scenes import Hands, graph, machine, scene, workflow

AGAIN = RetryPolicy(max_attempts=3, base_delay=0.0)
PLAN = machine("a", "b")


def owners(play, run=None):
    return [job.owner for job in play.loaded(run).jobs]


# -- slots ----------------------------------------------------------------------------------
def test_an_attempt_with_a_free_slot_begins_when_its_run_is_born():
    play = scene(PLAN)

    play.start()

    assert play.held == ["a"]
    assert owners(play) == [play.process.crew.incarnation]


@pytest.mark.parametrize("slots", [1, 3, 7])
def test_slots_are_never_exceeded(slots):
    play = scene(PLAN, slots=slots)

    for _ in range(10):
        play.start()

    assert len(play.hands.works) == slots
    assert sum(owners(play, run) != [None] for run in play.runs) == slots


def test_claimed_means_begun_and_what_waits_is_begun_as_slots_fall_free():
    play = scene(machine("a"), slots=2)
    for _ in range(5):
        play.start()

    for count in range(1, 6):
        play.report(play.hands.works[count - 1], Complete())

        claimed = [run for run in play.runs if owners(play, run) not in ([], [None])]
        assert sorted(claimed) == sorted(work.run for work in play.process.crew.holding())
    assert play.statuses() == {"completed": 5}


def test_a_job_that_waits_is_not_overtaken_by_one_that_is_born_later():
    play = scene(machine("a"), slots=1)
    first, second = play.start(), play.start()
    play.put(play.work(run=first), Complete())
    play.process.ledger.put(play.birth())

    play.drive()

    assert [work.run for work in play.process.crew.holding()] == [second]


def test_what_has_the_higher_priority_begins_first():
    play = scene(machine("a"), slots=1)
    play.start()
    low, high = play.start(priority=1), play.start(priority=9)

    play.report(play.hands.works[0], Complete())
    play.report(play.work(), Complete())

    assert [work.run for work in play.hands.works[1:]] == [high, low]


def test_each_lane_has_its_own_slots():
    quick, slow = Hands(), Hands()
    steps = (StepPlan(name="a", lane="async"), StepPlan(name="b"), StepPlan(name="c"))
    plan = graph(*steps)
    play = scene(workflow(plan), lanes={"async": (quick, 5), "thread": (slow, 1)})

    play.start()

    assert [work.path for work in quick.works] == ["a"]
    assert [work.path for work in slow.works] == ["b"]


def test_a_step_of_a_lane_that_is_not_here_waits_for_a_process_that_has_it():
    play = scene(machine(StepPlan(name="a", lane="gpu")))

    play.start()

    assert play.held == []
    assert owners(play) == [None]


def test_code_that_is_not_here_is_left_to_a_process_that_has_it():
    here = scene(PLAN)
    there = scene(store=here.store.sibling(), clock=here.clock)

    there.start(PLAN)
    there.tick(60.0)
    here.tick()

    assert there.held == []
    assert here.held == ["a"]


def test_a_workflow_that_is_hosted_later_has_its_jobs_claimed_then():
    play = scene()
    play.start(PLAN)
    before = play.held

    play.process.registry.add(workflow(PLAN))
    play.drive()

    assert (before, play.held) == ([], ["a"])


def test_a_process_that_does_not_accept_begins_nothing():
    play = scene(PLAN)
    play.process.crew.slots.accepts = False

    play.start()

    assert play.held == []
    assert owners(play) == [None]


def test_what_was_claimed_as_one_stopped_accepting_is_not_begun():
    """The commit was under way; who leaves hands the job back."""
    play = scene(PLAN)
    play.process.ledger.on_due = lambda _due: None
    turn = play.process.ledger._settle

    def settle(*known):
        play.process.crew.slots.accepts = False
        turn(*known)

    play.process.ledger._settle = settle
    play.start()
    play.process.leave()

    assert play.hands.works == []
    assert owners(play) == [None]


def test_a_claimed_job_of_a_graph_that_nobody_makes_a_body_for_is_handed_back(caplog):
    """Another process has a kind of steps that this one has not."""
    plan = graph(StepPlan(name="a", kind="odd"))
    here = scene()
    here.start(plan)
    there = scene(graph(StepPlan(name="b")), store=here.store.sibling(), clock=here.clock)

    there.tick(11.0)
    there.tick(11.0)

    assert there.held == []
    assert owners(here) in ([None], [there.process.crew.incarnation])
    assert "no code here for step 'a' of 'web'" in caplog.text


def test_a_claimed_job_whose_plan_is_gone_is_handed_back(caplog):
    here = scene()
    run = here.start(PLAN)
    store = here.store.sibling()
    store.plan = lambda _hash: None
    there = scene(workflow(PLAN), store=store, clock=here.clock)

    there.tick(11.0)
    there.tick(11.0)

    assert there.held == []
    assert here.status(run) == "running"
    assert "plan cannot be read" in caplog.text


# -- reports and stops ----------------------------------------------------------------------
def test_a_cancel_asks_the_attempt_to_stop_and_its_slot_is_free_when_it_has():
    play = scene(PLAN, slots=1)
    run = play.start()
    work = play.work()

    play.tell(run, messages.Cancel())
    play.tell(run, messages.Cancel())
    waiting = play.start()
    before = play.work().run
    play.report(work, Goto("b"))

    assert play.hands.stopped == [(work, "cancel")]
    assert (before, play.work().run) == (run, waiting)
    assert play.status(run) == "cancelled"


def test_an_attempt_of_a_cancel_that_did_not_pass_is_not_stopped_before_it_does():
    """Another process moved the run meanwhile: the cancel is decided anew, under the lock."""
    here = scene(PLAN)
    there = scene(PLAN, store=here.store.sibling(), clock=here.clock)
    run = here.start()
    there.tell(run, messages.Pause())

    answer = here.tell(run, messages.Cancel())

    assert answer.events
    assert here.hands.stopped == [(here.work(), "cancel")]
    assert here.status(run) == "cancelled"


def test_an_attempt_that_others_took_for_lost_gives_way_to_the_one_that_follows():
    play = scene(PLAN)
    run = play.start()
    first = play.work("a")

    play.tell(run, messages.Lost("a", 1, 1), token=1)
    second = play.work("a")
    play.report(first, Goto("b"))

    assert (second.attempt, second.token) == (2, 2)
    assert play.hands.stopped == [(first, "lost")]
    assert play.process.crew.working() == [second]


def test_an_attempt_that_has_ended_is_not_stopped_any_more():
    play = scene(PLAN)
    play.start()
    work = play.work("a")
    play.report(work, Goto("b"))

    play.process.crew.stop_all([work], "lease")

    assert play.hands.stopped == []


def test_a_report_of_an_attempt_that_is_not_held_means_nothing():
    play = scene(PLAN)
    play.start()
    work = play.work()
    play.report(work, Goto("b"))

    play.report(work, Goto("b"))

    assert [step.step for step in play.store.steps(play.runs[0])] == ["a"]
    assert play.held == ["b"]


def test_a_run_is_held_until_its_report_is_committed():
    """Else it would leave the memory between two of its steps."""
    play = scene(PLAN)
    run = play.start()

    play.put(play.work(), Complete())
    before = play.process.crew.holds(run)
    play.drive()

    assert (before, play.process.crew.holds(run)) == (True, False)


def test_of_two_attempts_of_one_run_the_other_is_still_held():
    play = scene(graph(StepPlan(name="a"), StepPlan(name="b")))
    run = play.start()

    play.report(play.work("a"))

    assert play.process.crew.holds(run)
    assert play.held == ["b"]


def test_a_slot_is_given_back_where_an_executor_cannot_begin():
    class Broken(Hands):
        def submit(self, work, body):
            if not self.works:
                self.works.append(work)
                raise RuntimeError("can't start new thread")
            super().submit(work, body)

    broken = Broken()
    play = scene(machine("a"), lanes={"thread": (broken, 1)})
    play.hands = broken

    play.start()

    assert play.held == []


def test_a_step_is_left_to_a_process_that_has_its_function(monkeypatch):
    """Whoever claims it without would only fail it as `function_unavailable`."""
    monkeypatch.setattr(offered, "_offered", set())
    play = scene(graph(StepPlan(name="a", host="function:loud")), slots=2)
    run = play.start()

    assert owners(play, run) == [None]

    offered.offer("loud")
    play.drive()

    assert [work.run for work in play.hands.works] == [run]
