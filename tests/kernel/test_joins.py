"""Joins: children are started with a visit's end, counted, and waited for."""

from dataclasses import replace

import pytest

from perdure.kernel import history, messages
from perdure.kernel.brood import MOST_CHILDREN
from perdure.kernel.directives import Complete, Fail, Goto, Join, Wait
from perdure.kernel.ways import CHILDREN, Way
from tests.kernel.scenes import NOW, decided, given, graph, machine, started, step, when

PLAN = machine("split", "collect", "late")
SPLITTING = (history.RunStarted(), history.StepScheduled("split", 1, 1, NOW))
SPLIT = (*SPLITTING, history.StepSucceeded("split", 1, 1))
STARTED = history.ChildrenStarted("split", 1, 1, 0, 2)
WAITING = history.JoinBegun("split", 1, 1, None, NOW + 60, "collect", "late")
BOTH = (*SPLIT, STARTED, WAITING)
CALLED_OFF = history.TimerEnded("split", 1, "children", fired=False)


def report(outcome, children=0):
    return messages.Report("split", 1, 1, outcome, children)


def ended(place, *, ok=True, brood=1):
    return messages.ChildEnded(f"child-{place}", brood, place, ok)


def counted(place, *, ok=True, brood=1):
    return history.ChildEnded(f"child-{place}", brood, place, ok)


# -- started ---------------------------------------------------------------------------------
def test_children_are_started_when_their_step_has_ended_well():
    made = decided(given(PLAN, *SPLITTING), report(Goto("collect"), 2), NOW)

    assert made == [history.StepSucceeded("split", 1, 1), STARTED, history.Moved("collect")]


def test_children_of_a_later_visit_come_after_those_before():
    events = (*SPLIT, STARTED, history.Moved("collect"), history.StepScheduled("collect", 1, 1, 0))
    told = messages.Report("collect", 1, 1, Goto("late"), 3)
    made = decided(given(PLAN, *events), told, NOW)

    assert made[1] == history.ChildrenStarted("collect", 1, 1, 2, 3)


def test_a_step_that_fails_starts_none():
    over = MOST_CHILDREN + 1
    made = decided(given(PLAN, *SPLITTING), report(Goto("collect"), over), NOW)

    error = f"step 'split' would make more than {MOST_CHILDREN} children to wait for"
    assert made[0] == history.StepFailed("split", 1, 1, "invalid_output", error)
    assert not any(isinstance(event, history.ChildrenStarted) for event in made)


@pytest.mark.parametrize("asked", [Complete(), Fail("no")])
def test_a_run_that_ends_with_the_start_of_children_waits_for_none(asked):
    scene = given(PLAN, *SPLITTING)
    made = when(scene, report(asked, 2))

    assert made[1] == STARTED
    assert isinstance(made[-1], history.ENDINGS)
    assert scene.run.brood.open == 0


# -- waited for ------------------------------------------------------------------------------
def test_a_step_waits_for_the_children_that_it_starts():
    asked = Join(timeout=60.0, then="collect", on_timeout="late")
    made = decided(given(PLAN, *SPLITTING), report(asked, 2), NOW)

    assert made == [history.StepSucceeded("split", 1, 1), STARTED, WAITING]


def test_a_run_that_begins_to_wait_drops_the_broadcasts_it_kept():
    kept = history.SignalKept(7, "go", None, False)
    made = decided(given(PLAN, SPLITTING[0], kept, SPLITTING[1]), report(Join(), 1), NOW)

    assert made[-1] == history.SignalDropped(7, "go")


def test_the_last_child_leads_to_the_next_step():
    run = given(PLAN, *BOTH, counted(1, ok=False))
    made = decided(run, ended(0), NOW)

    assert made == [
        counted(0),
        history.JoinEnded("split", 1, met=True),
        CALLED_OFF,
        history.Moved("collect"),
    ]


def test_a_child_that_is_not_the_last_one_is_counted():
    assert decided(given(PLAN, *BOTH), ended(1, ok=False), NOW) == [counted(1, ok=False)]


def test_one_child_is_enough_for_a_wait_for_any():
    begun = history.JoinBegun("split", 1, 1, 1, None, "collect", None)
    made = decided(given(PLAN, *SPLIT, STARTED, begun), ended(1), NOW)

    assert made[1:] == [history.JoinEnded("split", 1, met=True), history.Moved("collect")]


def test_a_wait_that_leads_nowhere_completes_the_run():
    begun = history.JoinBegun("split", 1, 1, 1, None, None, None)
    made = decided(given(PLAN, *SPLIT, STARTED, begun), ended(1), NOW)

    assert made[-1] == history.RunCompleted()


def test_a_wait_for_children_that_have_all_ended_is_no_wait():
    events = (*SPLIT, STARTED, counted(0), counted(1), history.Moved("collect"))
    run = given(PLAN, *events, history.StepScheduled("collect", 1, 1, NOW))
    made = decided(run, messages.Report("collect", 1, 1, Join(then="late", timeout=5.0)), NOW)

    assert made[1:] == [
        history.JoinBegun("collect", 1, 1, None, NOW + 5, "late", None),
        history.JoinEnded("collect", 1, met=True),
        history.TimerEnded("collect", 1, "children", fired=False),
        history.Moved("late"),
    ]


def test_a_wait_for_none_goes_on_and_does_not_see_the_children_of_the_last_one():
    joined = (*BOTH, counted(0), counted(1), history.JoinEnded("split", 1, met=True), CALLED_OFF)
    run = given(PLAN, *joined, history.StepScheduled("collect", 1, 1, NOW))
    made = decided(run, messages.Report("collect", 1, 1, Join(then="late")), NOW)

    assert made[1] == history.JoinBegun("collect", 1, 2, None, None, "late", None)
    assert made[-1] == history.Moved("late")


def test_a_wait_may_ask_for_the_rest_of_the_same_children():
    begun = history.JoinBegun("split", 1, 1, 1, None, "collect", None)
    met = (counted(0), history.JoinEnded("split", 1, met=True), history.Moved("collect"))
    run = given(PLAN, *SPLIT, STARTED, begun, *met, history.StepScheduled("collect", 1, 1, NOW))
    made = decided(run, messages.Report("collect", 1, 1, Join(again=True, then="late")), NOW)

    assert made[1:] == [history.JoinBegun("collect", 1, 1, None, None, "late", None)]


def test_a_wait_without_a_way_on_goes_where_the_plan_says():
    plan = machine(PLAN.steps[0].__class__(name="split", then="late"), "late")
    made = decided(given(plan, *SPLITTING), report(Join(), 1), NOW)

    assert made[-1] == history.JoinBegun("split", 1, 1, None, None, "late", None)


# -- what means nothing ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("events", "told"),
    [
        ((*BOTH, counted(0)), ended(0)),
        (BOTH, ended(0, brood=2)),
        (BOTH, ended(2)),
        ((*BOTH, history.CancelRequested("ann", "")), ended(0)),
        ((*BOTH, CALLED_OFF, history.RunFailed("split", "failed", "no")), ended(0)),
    ],
)
def test_the_end_of_a_child_that_nobody_waits_for_means_nothing(events, told):
    assert decided(given(PLAN, *events), told, NOW) == []


# -- time, and a cancel ----------------------------------------------------------------------
def test_children_that_take_too_long_lead_to_the_timeouts_step():
    fire = messages.Fire("split", 1, "children")

    assert decided(given(PLAN, *BOTH), fire, NOW + 59) == []
    assert decided(given(PLAN, *BOTH), fire, NOW + 60) == [
        history.TimerEnded("split", 1, "children", fired=True),
        history.Moved("late"),
    ]


def test_a_timeout_without_a_step_fails_the_run():
    begun = history.JoinBegun("split", 1, 1, None, NOW + 60, "collect", None)
    run = given(PLAN, *SPLIT, STARTED, begun)
    made = decided(run, messages.Fire("split", 1, "children"), NOW + 60)

    error = "the children did not end in time"
    assert made[-1] == history.RunFailed("split", "wait_timeout", error)


def test_a_cancel_ends_the_wait():
    made = decided(given(PLAN, *BOTH), messages.Cancel("ann"), NOW)

    assert made == [
        history.CancelRequested("ann", ""),
        CALLED_OFF,
        history.JoinEnded("split", 1, met=False),
    ]


def test_a_run_that_is_retried_does_not_wait_for_children_that_were_called_off():
    failed = history.RunFailed("collect", "error", "oops")
    events = (*SPLIT, STARTED, history.Moved("collect"), failed, history.RunRetried(""))
    run = given(PLAN, *events, history.StepScheduled("collect", 1, 1, NOW))
    made = decided(run, messages.Report("collect", 1, 1, Join(then="late")), NOW)

    assert made[-2:] == [history.JoinEnded("collect", 1, met=True), history.Moved("late")]


def test_the_next_step_begins_once_the_children_have_ended():
    made = when(given(PLAN, *BOTH, counted(0)), ended(1))

    assert made[-1] == history.StepScheduled("collect", 1, 1, NOW)


# -- one way out among others ----------------------------------------------------------------
def either(*, need=None, timeout=60.0, then="collect", **more):
    """Wait for the children, or for a signal."""
    way = Way(kind=CHILDREN, name="", key=need, then=then)
    late = "late" if timeout else None
    return Wait(name="go", then="late", timeout=timeout, on_timeout=late, also=(way,), **more)


def begun(asked, children=2, *events):
    """A run that waits so, after these events."""
    scene = given(PLAN, SPLITTING[0], *events, SPLITTING[1])
    return scene, when(scene, report(asked, children))


WAIT_CALLED_OFF = history.TimerEnded("split", 1, "wait", fired=False)
AWAITED = history.ChildrenAwaited("split", 1, 1)


def test_a_wait_may_be_for_children_or_a_signal():
    scene, made = begun(either())

    assert [type(event).__name__ for event in made[-3:]] == [
        "ChildrenStarted", "WaitBegun", "ChildrenAwaited",
    ]  # fmt: skip
    assert made[-1] == AWAITED
    assert scene.run.open["split"].children.then == "collect"


def test_its_last_child_ends_it_and_calls_off_the_timeout():
    scene, _ = begun(either())
    assert when(scene, ended(0)) == [counted(0)]

    made = when(scene, ended(1, ok=False))

    assert made[:4] == [
        counted(1, ok=False), history.JoinEnded("split", 1, met=True), WAIT_CALLED_OFF,
        history.Moved("collect"),
    ]  # fmt: skip


def test_so_does_the_first_one_where_one_is_needed_and_the_run_may_be_complete_then():
    scene, _ = begun(either(need="1", timeout=None, then=None))

    made = when(scene, ended(1))

    assert made == [
        counted(1), history.JoinEnded("split", 1, met=True), history.RunCompleted(),
    ]  # fmt: skip


def test_a_signal_ends_it_and_the_children_that_end_later_are_counted_only():
    scene, _ = begun(either())
    when(scene, messages.Signal(id=7, name="go"))

    made = when(scene, ended(0))

    assert scene.run.cursor == "late"
    assert made == [counted(0)]


def test_its_timeout_says_what_did_not_come():
    scene, _ = begun(replace(either(), on_timeout=None))

    made = when(scene, messages.Fire("split", 1, "wait"), NOW + 60)

    assert made[-1].error == "no signal 'go' or children came in time"


def test_a_signal_that_was_kept_goes_before_children_that_have_ended():
    kept = history.SignalKept(7, "go", None, True)
    _, made = begun(either(), 0, kept)

    assert history.SignalTaken("split", 1, 7, "go", "signal", None) in made


def test_children_that_have_ended_end_it_as_it_begins():
    kept = history.SignalKept(7, "other", None, False)
    scene, made = begun(either(then=None), 0, kept)

    assert made[-4:] == [
        history.JoinEnded("split", 1, met=True), WAIT_CALLED_OFF,
        history.SignalDropped(7, "other"), history.RunCompleted(),
    ]  # fmt: skip
    assert scene.run.open == {}


def test_it_may_be_for_the_rest_of_the_children_that_were_waited_for():
    scene, _ = begun(either(need="1"))
    when(scene, ended(0))
    again = messages.Report("collect", 1, 1, either(again=True))

    made = when(scene, again)

    assert made[-1] == history.ChildrenAwaited("collect", 1, 1)
    assert history.Moved("collect") in when(scene, ended(1))


def test_a_cancel_ends_it_with_all_its_ways():
    scene, _ = begun(either())

    made = when(scene, messages.Cancel())

    assert history.AttemptStopped("split", 1, 0) in made
    assert WAIT_CALLED_OFF in made


# -- in a graph ------------------------------------------------------------------------------
def test_in_a_graph_each_visit_waits_for_its_own_child():
    scene = started(graph(step("one", rests=True), step("two", rests=True)))
    for name in ("one", "two"):
        when(scene, messages.Report(name, 1, 1, Join(), 1))

    made = when(scene, ended(0, brood=2))

    assert made[1:] == [
        history.JoinEnded("two", 1, met=True),
        history.StepScheduled("two", 1, 2, NOW),
    ]
    assert when(scene, ended(0, brood=2)) == []
    assert when(scene, ended(0, brood=3)) == []


def test_a_graph_that_is_cancelled_waits_for_no_child():
    scene = started(graph(step("one", rests=True), step("two")))
    when(scene, messages.Report("one", 1, 1, Join(), 1))
    when(scene, messages.Cancel())

    assert when(scene, ended(0)) == []
