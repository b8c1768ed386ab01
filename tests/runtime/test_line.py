"""What is written of a run in line."""

from perdure.kernel import messages
from perdure.ports.claims import rank
from perdure.ports.limits import LimitRow
from perdure.runtime import line
from perdure.runtime.draft import ADMITS
from tests.runtime.scenes import NOW, machine, scene

PLAN = machine("a")


def test_a_run_in_line_has_a_wait_under_its_workflow_that_is_due_at_its_rank():
    play = scene(PLAN)
    play.store.limits.put(LimitRow(PLAN.workflow, None, 1, 1, 1, 1), ADMITS)
    play.start()
    run = play.start(priority=3)

    (wait,) = play.store.load([run])[run].waits

    assert (wait.kind, wait.name, wait.step, wait.visit) == (line.LINE, PLAN.workflow, "", 0)
    assert wait.due == rank(NOW, 3)


def test_a_cancelled_run_leaves_the_line():
    play = scene(PLAN)
    play.store.limits.put(LimitRow(PLAN.workflow, None, 1, 1, 1, 1), ADMITS)
    play.start()
    run = play.start()
    play.tell(run, messages.Cancel())

    assert not play.store.load([run])[run].waits
    assert play.statuses() == {"running": 1, "cancelled": 1}


def test_only_what_would_have_a_run_begin_becomes_a_wait_in_line():
    pause, fire = messages.Pause(), messages.Fire("a", 1, "sleep")

    assert line.instead(messages.Start(3.0)) == messages.LineUp()
    assert line.instead(messages.Fire("", 0, "start")) == messages.LineUp()
    assert (line.instead(pause), line.instead(fire)) == (pause, fire)
