"""A broadcast finds a machine that a pause holds between two visits."""

from perdure.kernel import messages
from perdure.kernel.directives import Goto, Wait
from perdure.kernel.plan import StepPlan
from perdure.ports.commit import WaitGone, WaitMade
from perdure.ports.rows import Announced
from perdure.runtime.hotrun import HotRun
from perdure.runtime.parking import coming
from perdure.runtime.records import dump_message
from tests.runtime.scenes import NOW, begun, machine, reported, scene, told

PLAN = machine("start", StepPlan(name="ask", coming=("go",)), "end")


def held():
    """Return a run that was paused while it worked, and now stands before `ask`."""
    hot = begun(PLAN)
    told(hot, messages.Pause())
    return hot, told(hot, reported("start", Goto("ask")), token=1).finish()


def test_what_may_come_is_entered_while_a_pause_holds_the_run():
    hot, commit = held()

    row = WaitMade("run_1", "ask", 0, "coming", "go", None, None, None, None, "flow")
    assert [made._replace(workflow="flow") for made in commit.waits_made] == [row]
    assert hot.parked == "ask"


def test_it_is_entered_once_and_goes_when_the_run_goes_on():
    hot, _ = held()

    still = told(hot, messages.Signal(id=7, name="other"), inbox=7).finish()
    commit = told(hot, messages.Resume()).finish()

    assert (still.waits_made, still.waits_gone) == ([], [])
    assert commit.waits_gone == [WaitGone("run_1", "ask", 0, "coming", 0)]
    assert [(made.step, made.visit) for made in commit.waits_made] == [("ask", 1)]
    assert hot.parked is None


def test_it_goes_with_the_run():
    hot, _ = held()

    commit = told(hot, messages.Cancel()).finish()

    assert commit.waits_gone == [WaitGone("run_1", "ask", 0, "coming", 0)]
    assert commit.waits_made == []


def test_a_paused_run_whose_visit_is_open_has_nothing_entered():
    hot = begun(PLAN)

    commit = told(hot, messages.Pause()).finish()

    assert (commit.waits_made, commit.waits_gone, hot.parked) == ([], [], None)


def test_before_a_step_that_waits_for_nothing_there_is_nothing_to_enter():
    hot = begun(PLAN)
    told(hot, messages.Pause())

    there = told(hot, reported("start", Goto("end")), token=1).finish()
    gone = told(hot, messages.Resume()).finish()

    assert (there.waits_made, gone.waits_gone) == ([], [])


def test_a_row_says_which_wait_may_come():
    hot = HotRun(run=begun(PLAN).run, plan=PLAN, seq=1, context="{}")

    made = coming(hot, "ask", 3, "go")

    assert (made.step, made.visit, made.kind, made.name) == ("ask", 3, "coming", "go")
    assert made.workflow == PLAN.workflow


def test_a_broadcast_to_the_held_run_is_kept_and_taken_at_its_wait():
    play = scene(PLAN)
    run = play.start()
    (work,) = play.hands.works
    play.tell(run, messages.Pause())
    play.put(work, Goto("ask"))
    play.drive()
    go = dump_message(messages.Signal(id=0, name="go", addressed=False))

    reached = play.process.herald.proclaim(Announced("go", go, '{"ok":true}', None, None, NOW)).runs
    play.drive()
    kept = [row.name for row in play.loaded(run).kept]
    play.tell(run, messages.Resume())
    play.put(play.hands.works[-1], Wait(name="go", then="end"))
    play.drive()

    assert reached == [(run, "coming")]
    assert kept == ["go"]
    assert play.hands.works[-1].brought == '{"ok":true}'
    assert not [row for row in play.loaded(run).waits if row.kind == "coming"]
