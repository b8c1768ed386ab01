"""What parents and children write."""

import pytest

from perdure.kernel import history
from perdure.kernel.brood import Brood
from perdure.kernel.plan import Plan, StepPlan
from perdure.kernel.run import Run
from perdure.ports.commit import CalledOff, Mail
from perdure.runtime.hotrun import HotRun, Kin
from perdure.runtime.kin import begin_join, call_off_children, tell_parent
from tests.runtime.scenes import a_draft

PLAN = Plan(workflow="w", steps=(StepPlan(name="a"),), start="a")


@pytest.fixture
def draft():
    return a_draft(free=False, now=5.0)


def hot(**but):
    return HotRun(run=Run(id="r1", **but), plan=PLAN, seq=1, context="{}")


def test_a_wait_for_children_is_one_row_and_its_timeout_a_timer(draft):
    begin_join(draft, hot(), history.JoinBegun("a", 1, 1, 2, 9.0, "b", None), None)

    (wait,) = draft.finish().waits_made
    assert (wait.kind, wait.name, wait.key, wait.due, wait.then) == ("children", "", "2", 9.0, "b")
    assert [timer.kind for timer in draft.commit.timers_made] == ["children"]


def test_the_end_of_a_child_is_told_to_its_parent(draft):
    child = hot()
    child.kin = Kin("p1", 3, 7)

    tell_parent(draft, child, ok=False)
    tell_parent(draft, hot(), ok=True)  # it is nobody's

    assert draft.commit.mail == [Mail("r1", "p1", '["ChildEnded","r1",3,7,false]')]


def test_only_a_run_that_had_children_calls_them_off(draft):
    call_off_children(draft, hot(), "ended")
    call_off_children(draft, hot(brood=Brood(1, 2)), "ended")

    told = '["Cancel","parent","its parent r1 ended"]'
    assert draft.commit.called_off == [CalledOff("r1", told)]
