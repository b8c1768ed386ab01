"""Follow: what a run's standing calls for."""

import pytest

from perdure.kernel import history
from perdure.kernel.ends import ending
from perdure.kernel.follow import follow
from perdure.kernel.plan import NO_RETRY, Plan, PlanKind
from perdure.kernel.run import Mark
from tests.kernel.scenes import (
    LONG,
    NOW,
    diamond,
    each,
    followed,
    fork,
    given,
    graph,
    happened,
    machine,
    started,
    step,
)

PLAN = machine("ask", "publish", "undo", on_cancel="undo")
STARTED = history.RunStarted()


def scheduled(name, visit=1, due=NOW):
    return history.StepScheduled(name, visit, 1, due)


def succeeded(name):
    return history.StepSucceeded(name, 1, 1)


def test_a_run_that_has_not_begun_calls_for_nothing():
    assert followed(given(PLAN)) == []


@pytest.mark.parametrize(
    "end",
    [history.RunCompleted(), history.RunFailed(None, "oops", "it broke"), history.RunCancelled()],
)
@pytest.mark.parametrize("plan", [PLAN, diamond()])
def test_a_run_that_has_ended_calls_for_nothing(plan, end):
    assert followed(given(plan, STARTED, end)) == []


# -- machines --------------------------------------------------------------------------------
def test_a_machine_calls_for_an_attempt_at_its_cursor_now():
    assert followed(given(PLAN, STARTED)) == [scheduled("ask")]


def test_a_machine_that_is_open_somewhere_calls_for_nothing():
    waiting = (
        succeeded("ask"),
        history.WaitBegun("ask", 1, "approved", None, None, None, None),
    )

    assert followed(started(PLAN)) == []
    assert followed(started(PLAN, *waiting)) == []


def test_a_machine_comes_to_a_step_again_in_a_new_visit():
    scene = started(PLAN, succeeded("ask"), history.Moved("ask"))

    assert followed(scene) == [scheduled("ask", visit=2)]


def test_a_machine_without_a_cursor_calls_for_nothing():
    scene = given(PLAN, STARTED)
    scene.run.cursor = None

    assert followed(scene) == []


# -- graphs ----------------------------------------------------------------------------------
def test_a_graph_calls_for_all_that_needs_nothing():
    scene = given(graph(step("a"), step("b"), step("c", "a")), STARTED)

    assert followed(scene) == [scheduled("a"), scheduled("b")]


def test_a_graph_calls_for_what_its_needs_allow_and_no_more():
    scene = started(diamond(), succeeded("top"))

    assert followed(scene, NOW + 5) == [
        scheduled("left", due=NOW + 5),
        scheduled("right", due=NOW + 5),
    ]


def test_a_join_is_called_for_when_the_last_that_it_needs_has_ended():
    scene = started(diamond(), succeeded("top"))
    followed(scene)

    assert followed(happened(scene, succeeded("right"))) == []
    assert followed(happened(scene, succeeded("left"))) == [scheduled("bottom")]


def test_no_more_steps_work_at_once_than_the_plan_allows():
    scene = given(graph(step("a"), step("b"), step("c"), max_parallel=2), STARTED)

    assert followed(scene) == [scheduled("a"), scheduled("b")]
    assert followed(scene) == []
    assert followed(happened(scene, succeeded("b"))) == [scheduled("c")]


def test_a_step_that_awaits_its_retry_takes_its_place():
    scene = given(
        graph(step("a"), step("b"), max_parallel=1),
        STARTED,
        scheduled("a"),
        history.AttemptFailed("a", 1, 1, "oops", "it broke"),
        history.StepScheduled("a", 1, 2, LONG),
    )

    assert followed(scene) == []


def test_what_needs_a_failed_step_is_skipped_all_the_way_down():
    scene = started(
        graph(step("a"), step("b", "a"), step("c", "b"), step("d")),
        history.StepFailed("a", 1, 1, "oops", "it broke"),
    )

    assert followed(scene) == [
        history.StepSkipped("b", broken=True),
        history.StepSkipped("c", broken=True),
    ]
    assert scene.run.marks == [Mark.BROKEN, Mark.BROKEN, Mark.BROKEN, Mark.PENDING]


def test_one_failed_need_of_several_is_enough_and_needs_no_place():
    scene = started(
        graph(step("a"), step("b"), step("c", "a", "b"), step("d"), max_parallel=3),
        history.StepFailed("a", 1, 1, "oops", "it broke"),
        succeeded("b"),
    )

    assert followed(scene) == [history.StepSkipped("c", broken=True)]


def test_a_step_is_skipped_when_all_that_it_needs_was():
    scene = given(graph(step("a"), step("b"), step("c", "a", "b"), step("d", "a")), STARTED)
    run = scene.run
    run.marks = [Mark.SKIPPED, Mark.SKIPPED, Mark.PENDING, Mark.PENDING]
    run.ready, run.pending = [2, 3], 2

    assert followed(scene) == [
        history.StepSkipped("c", broken=False),
        history.StepSkipped("d", broken=False),
        history.RunCompleted(),
    ]


@pytest.mark.parametrize("marks", [(Mark.SKIPPED, Mark.DONE), (Mark.DONE, Mark.SKIPPED)])
def test_a_step_runs_when_one_of_its_needs_did(marks):
    scene = given(graph(step("a"), step("b"), step("c", "a", "b")), STARTED)
    run = scene.run
    run.marks = [*marks, Mark.PENDING]
    run.ready, run.pending = [2], 1

    assert followed(scene) == [scheduled("c")]


def test_a_graph_is_completed_when_every_step_has_ended():
    scene = given(graph(step("a"), step("b")), history.RunStarted(NOW + 9))
    followed(scene)

    assert followed(happened(scene, succeeded("a"))) == []
    assert followed(happened(scene, succeeded("b"))) == [
        history.TimerEnded("", 0, "deadline", fired=False),
        history.RunCompleted(),
    ]


def test_a_graph_without_steps_is_completed_as_it_starts():
    plan = Plan(workflow="empty", kind=PlanKind.GRAPH)

    assert followed(given(plan, STARTED)) == [history.RunCompleted()]


def test_a_graph_with_a_failure_fails_when_the_other_branches_have_ended():
    scene = started(
        graph(step("a"), step("b"), step("c", "a")),
        history.StepFailed("a", 1, 1, "oops", "it broke"),
    )

    assert followed(scene) == [history.StepSkipped("c", broken=True)]
    assert followed(happened(scene, succeeded("b"))) == [history.RunFailed("a", "oops", "it broke")]


def test_a_graph_that_goes_on_after_an_error_completes():
    scene = started(
        graph(step("a", continue_on_error=True, retry=NO_RETRY), step("b", "a")),
        history.StepFailed("a", 1, 1, "oops", "it broke"),
    )

    assert followed(scene) == [scheduled("b")]
    assert followed(happened(scene, succeeded("b"))) == [history.RunCompleted()]


def test_a_loop_that_is_open_below_a_graph_holds_its_end_back():
    scene = given(graph(step("a")), STARTED, scheduled("a"))
    scene.run.open["a[1]"] = scene.run.open["a"]

    assert followed(happened(scene, succeeded("a"))) == []


# -- pause and cancel --------------------------------------------------------------------------
@pytest.mark.parametrize("plan", [PLAN, diamond()])
def test_a_paused_run_calls_for_nothing(plan):
    assert followed(given(plan, STARTED, history.RunPaused("", ""))) == []


@pytest.mark.parametrize("paused", [(), (history.RunPaused("", ""),)])
def test_a_cancel_calls_for_the_clean_up_and_is_not_held_up_by_a_pause(paused):
    scene = given(PLAN, STARTED, *paused, history.CancelRequested("", ""))

    assert followed(scene, NOW + 5) == [scheduled("undo", due=NOW + 5)]
    assert followed(scene) == []
    assert followed(happened(scene, succeeded("undo"))) == [history.RunCancelled()]


def test_a_clean_up_that_ran_before_is_a_new_visit():
    scene = started(
        machine("undo", on_cancel="undo"),
        history.CancelRequested("", ""),
        history.AttemptStopped("undo", 1, 1),
    )

    assert followed(scene) == [scheduled("undo", visit=2)]


def test_a_cancel_without_a_clean_up_ends_the_run_and_drops_what_was_kept():
    scene = given(
        diamond(),
        history.SignalKept(7, "a", None, addressed=True),
        history.SignalKept(8, "b", None, addressed=False),
        STARTED,
        history.CancelRequested("", ""),
    )

    assert followed(scene) == [
        history.SignalDropped(7, "a"),
        history.SignalDropped(8, "b"),
        history.RunCancelled(),
    ]


def test_nothing_is_looked_at_before_it_is_asked_for():
    """Each event must be folded before the next one is made, so none is made ahead."""
    scene = given(graph(step("a"), step("b")), STARTED)
    going = follow(scene.plan, scene.run, NOW)

    assert next(going) == scheduled("a")
    scene.run.ready = [1]
    assert next(going) == scheduled("b")


def test_an_end_leaves_nothing_behind():
    run = given(PLAN, history.RunStarted(NOW + 9), history.SignalKept(7, "a", None, True)).run

    assert list(ending(run, history.RunCompleted())) == [
        history.SignalDropped(7, "a"),
        history.TimerEnded("", 0, "deadline", fired=False),
        history.RunCompleted(),
    ]


# -- branches --------------------------------------------------------------------------------
def test_a_branch_runs_when_it_was_chosen_and_what_needs_both_when_it_has_ended():
    scene = started(fork(), history.StepSkipped("no", broken=False), succeeded("ask"))

    assert followed(scene) == [scheduled("yes")]
    assert followed(happened(scene, succeeded("yes"))) == [scheduled("end")]


def test_a_branch_of_a_step_that_was_skipped_is_skipped_whatever_else_it_needs():
    plan = graph(
        step("top", branches=("ask",)),
        step("x"),
        step("ask", "top", within="top", branches=("yes",)),
        step("yes", "ask", "x", within="ask"),
    )
    scene = started(
        plan, history.StepSkipped("ask", broken=False), succeeded("top"), succeeded("x")
    )

    assert followed(scene)[0] == history.StepSkipped("yes", broken=False)


# -- loops -----------------------------------------------------------------------------------
def test_items_follow_while_there_is_room_and_the_end_needs_none():
    begun = history.ScopeBegun("each", 1, 1, 2, NOW)
    scene = started(each(window=1, most=1), begun)

    assert followed(scene) == [scheduled("each[0]")]
    assert followed(happened(scene, succeeded("each[0]"))) == [scheduled("each[1]")]
    assert followed(happened(scene, succeeded("each[1]")))[0] == (
        history.ScopeEnded("each", 1, 1, 2, NOW)
    )


def test_an_item_waits_for_a_place_among_the_plans_steps():
    plan = graph(step("each", window=3), step("b"), max_parallel=2)
    scene = started(plan, history.ScopeBegun("each", 1, 1, 3, NOW))

    assert followed(scene) == [scheduled("each[0]")]
    assert followed(scene) == []
