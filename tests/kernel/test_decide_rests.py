"""Decide, of graphs whose steps sleep, wait, or have a run of their own."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.directives import Join, Sleep, Wait
from tests.kernel.scenes import NOW, decided, each, graph, report, started, step

CHAIN = graph(step("rest", rests=True), step("end", "rest"))
RESTED = history.StepRested("rest", 1, 1, NOW)


def test_a_step_that_rests_may_sleep():
    assert decided(started(CHAIN), report("rest", Sleep(-1.0))) == [
        RESTED,
        history.SleepBegun("rest", 1, NOW, "rest"),
    ]


def test_a_step_that_rests_may_wait():
    made = decided(started(CHAIN), report("rest", Wait(name="ok")))

    assert made[0] == RESTED
    assert made[1] == history.WaitBegun("rest", 1, "ok", None, None, None, None)


def test_a_step_that_rests_may_wait_for_a_child_that_it_starts():
    made = decided(started(CHAIN), messages.Report("rest", 1, 1, Join(), 1))

    assert made == [
        history.StepRested("rest", 1, 1, NOW, 1),
        history.ChildrenStarted("rest", 1, 1, 0, 1),
        history.JoinBegun("rest", 1, 1, None, None, None, None),
    ]


@pytest.mark.parametrize("outcome", [Sleep(1.0), Wait(name="ok"), Join()])
def test_no_other_step_may(outcome):
    for plan in (graph(step("rest")), each(rests=True)):
        name = plan.steps[0].name
        made = decided(started(plan), report(name, outcome))
        assert made[0].kind == "invalid_output"
        assert "cannot ask for" in made[0].error


def test_a_wait_that_has_come_already_goes_on_at_once():
    scene = started(CHAIN, history.SignalKept(3, "ok", None, addressed=True, begun=0))

    made = decided(scene, report("rest", Wait(name="ok", timeout=9.0)))

    assert made[2:] == [
        history.SignalTaken("rest", 1, 3, "ok", "signal", None),
        history.TimerEnded("rest", 1, "wait", fired=False),
        history.StepScheduled("rest", 1, 2, NOW),
    ]


def test_a_broadcast_that_others_wait_for_is_kept_while_one_begins_to_wait():
    scene = started(CHAIN, history.SignalKept(3, "other", None, addressed=False, begun=0))

    made = decided(scene, report("rest", Wait(name="ok")))

    assert not any(isinstance(event, history.SignalDropped) for event in made)


def test_a_visit_goes_on_when_its_time_has_come():
    scene = started(CHAIN, RESTED, history.SleepBegun("rest", 1, NOW, "rest"))

    made = decided(scene, messages.Fire("rest", 1, "sleep"))

    assert made[1] == history.StepScheduled("rest", 1, 2, NOW)
