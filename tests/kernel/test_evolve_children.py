"""Evolve, of children: how they are counted, and waited for."""

from perdure.kernel import history
from perdure.kernel.brood import Brood
from perdure.kernel.run import Joining
from tests.kernel.scenes import NOW, given, machine


def test_children_are_counted_and_waited_for():
    plan = machine("a", "b")
    begun = (history.RunStarted(), history.StepScheduled("a", 1, 1, NOW))
    split = (history.StepSucceeded("a", 1, 1), history.ChildrenStarted("a", 1, 1, 0, 2))
    join = history.JoinBegun("a", 1, 1, 1, NOW + 5, "b", None)

    scene = given(plan, *begun, *split, join, history.ChildEnded("c", 1, 1, ok=False))

    assert scene.run.open == {"a": Joining(visit=1, need=1, due=NOW + 5, then="b")}
    assert scene.run.brood == Brood(1, total=2, ended=0b10, failed=1, joined=True)


def test_a_wait_for_children_that_is_over_is_not_open():
    plan = machine("a", "b")
    join = history.JoinBegun("a", 1, 1, None, None, "b", None)

    assert (
        given(plan, history.RunStarted(), join, history.JoinEnded("a", 1, met=True)).run.open == {}
    )


def test_a_wait_with_several_ways_joins_the_brood_that_one_of_them_is_for():
    started = history.ChildrenStarted("a", 1, 1, 0, 2)
    awaited = history.ChildrenAwaited("a", 1, 1)

    scene = given(machine("a"), history.RunStarted(), started, awaited)

    assert scene.run.brood == Brood(1, total=2, joined=True)


def test_nobody_waits_for_the_children_of_a_run_that_has_ended():
    started = history.ChildrenStarted("a", 1, 1, 0, 2)
    for end in (
        history.CancelRequested("", ""),
        history.RunCompleted(),
        history.RunFailed(None, "error", "oops"),
        history.RunCancelled(),
    ):
        assert given(machine("a"), history.RunStarted(), started, end).run.brood.open == 0
