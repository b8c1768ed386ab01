"""Control: what people ask of a run, and what that means for it."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.run import Run, Status
from tests.kernel.scenes import NOW, Scene, decided, followed, given, graph, machine, step, when

PLAN = machine("ask", "undo", on_cancel="undo", deadline=500.0)
ASKING = (history.RunStarted(), history.StepScheduled("ask", 1, 1, NOW))
ASKED = (*ASKING, history.StepSucceeded("ask", 1, 1))
COMPLETED = (*ASKED, history.RunCompleted())
FAILED = (
    *ASKING,
    history.StepFailed("ask", 1, 1, "oops", "it broke"),
    history.RunFailed("ask", "oops", "it broke"),
)
CANCELLED = (history.RunStarted(), history.CancelRequested("", ""), history.RunCancelled())
CANCELLING = (*ASKING, history.CancelRequested("", ""), history.AttemptStopped("ask", 1, 1))
DELAYED = history.RunDelayed(NOW + 60)
BEGINS = messages.Fire("", 0, "start")
TIMED = (
    history.TimerEnded("", 0, "start", fired=True),
    history.RunStarted(NOW + 560),
    history.StepScheduled("ask", 1, 1, NOW + 60),
)


# -- starts ----------------------------------------------------------------------------------
def test_a_run_begins_at_once_in_the_time_that_its_plan_gives_it():
    assert decided(given(PLAN), messages.Start()) == [history.RunStarted(NOW + 500)]


@pytest.mark.parametrize("at", [NOW, NOW - 9.0])
def test_a_start_whose_time_has_come_is_not_put_off(at):
    assert decided(given(PLAN), messages.Start(at)) == [history.RunStarted(NOW + 500)]


def test_a_start_that_is_still_to_come_waits_for_its_time():
    assert when(given(PLAN), messages.Start(NOW + 60)) == [DELAYED]


def test_a_run_that_is_to_begin_later_does_not_begin_because_it_is_told_again():
    assert decided(given(PLAN, DELAYED), messages.Start()) == []


def test_a_pending_run_begins_when_its_time_has_come_and_has_all_of_its_time():
    assert tuple(when(given(PLAN, DELAYED), BEGINS, NOW + 60)) == TIMED


@pytest.mark.parametrize("then", [(DELAYED,), (), ASKING, (DELAYED, *TIMED)])
def test_a_start_that_is_not_due_or_is_over_means_nothing(then):
    assert decided(given(PLAN, *then), BEGINS, NOW + 59.9) == []


# -- the line --------------------------------------------------------------------------------
IN_LINE = history.RunLinedUp()
TURN = history.TimerEnded("", 0, "line", fired=True)


def test_a_run_that_is_to_wait_in_line_does_not_begin():
    scene = given(PLAN)

    assert when(scene, messages.LineUp()) == [IN_LINE]
    assert (scene.run.status, scene.run.in_line) == (Status.PENDING, True)


def test_a_run_in_line_begins_when_it_is_told_to_start_and_has_all_of_its_time():
    scene = given(PLAN, IN_LINE)

    made = when(scene, messages.Start(), NOW + 9)

    assert made == [
        TURN,
        history.RunStarted(NOW + 509),
        history.StepScheduled("ask", 1, 1, NOW + 9),
    ]
    assert not scene.run.in_line


def test_a_run_in_line_is_not_put_off_by_the_time_of_its_start():
    assert decided(given(PLAN, IN_LINE), messages.Start(NOW + 60))[0] == TURN


def test_a_run_whose_time_has_come_may_have_to_wait_in_line():
    assert when(given(PLAN, DELAYED), messages.LineUp(), NOW + 60) == [
        history.TimerEnded("", 0, "start", fired=True),
        IN_LINE,
    ]


@pytest.mark.parametrize("then", [(IN_LINE,), (DELAYED,), ASKING, CANCELLED])
def test_a_run_lines_up_once_and_only_when_it_was_to_begin(then):
    assert decided(given(PLAN, *then), messages.LineUp()) == []


def test_a_run_in_line_can_be_cancelled_and_leaves_the_line():
    scene = given(PLAN, IN_LINE)

    assert when(scene, messages.Cancel("ann")) == [
        history.CancelRequested("ann", ""),
        history.TimerEnded("", 0, "line", fired=False),
        history.RunCancelled(),
    ]
    assert not scene.run.in_line


# -- starts, again ---------------------------------------------------------------------------
def test_what_a_run_is_given_at_its_start_comes_before_what_its_plan_says():
    scene = Scene(PLAN, Run(id="run_1", allowance=9.0))

    assert decided(scene, messages.Start()) == [history.RunStarted(NOW + 9)]


@pytest.mark.parametrize("plan", [PLAN, graph(step("a"), step("b", "a"))])
def test_a_pending_run_that_is_cancelled_has_nothing_to_clean_up(plan):
    scene = given(plan, DELAYED)

    assert when(scene, messages.Cancel("ann", "not wanted")) == [
        history.CancelRequested("ann", "not wanted"),
        history.TimerEnded("", 0, "start", fired=False),
        history.RunCancelled(),
    ]
    assert scene.run.starts_at is None


def test_a_pending_run_that_is_paused_begins_and_goes_no_further():
    scene = given(PLAN, DELAYED, history.RunPaused("ann", ""))

    assert tuple(when(scene, BEGINS, NOW + 60)) == TIMED[:2]
    assert when(scene, messages.Resume()) == [
        history.RunResumed("", ""),
        history.StepScheduled("ask", 1, 1, NOW),
    ]


# -- pause, resume, retry --------------------------------------------------------------------
def test_a_pause_and_a_resume_are_recorded_once():
    paused = (*ASKING, history.RunPaused("ann", "lunch"))

    assert decided(given(PLAN, *ASKING), messages.Pause("ann", "lunch")) == [paused[-1]]
    assert decided(given(PLAN, *paused), messages.Pause("bob")) == []
    assert decided(given(PLAN, *paused), messages.Resume("bob")) == [history.RunResumed("bob")]
    assert decided(given(PLAN, *ASKING), messages.Resume("bob")) == []


def test_a_failed_run_can_be_retried_in_the_time_that_it_had_from_its_start():
    made = decided(given(PLAN, *FAILED), messages.Retry("ann", "fixed"))

    assert made == [history.RunRetried("ann", "fixed", NOW + 500)]


@pytest.mark.parametrize("then", [ASKING, COMPLETED, CANCELLED, ()])
def test_no_other_run_can_be_retried(then):
    assert decided(given(PLAN, *then), messages.Retry("ann")) == []


def test_a_cancelling_run_cannot_be_cancelled_again():
    assert decided(given(PLAN, *CANCELLING), messages.Cancel()) == []


def test_a_forced_cancel_ends_the_clean_up_that_is_under_way():
    scene = given(PLAN, *CANCELLING, history.StepScheduled("undo", 1, 1, NOW))

    assert when(scene, messages.CancelNow("ann", "it hangs")) == [
        history.AttemptStopped("undo", 1, 1),
        history.CancelForced("ann", "it hangs"),
        history.RunCancelled(),
    ]


def test_a_forced_cancel_begins_no_clean_up():
    made = when(given(PLAN, *ASKING), messages.CancelNow("ann"))

    assert made[-2:] == [history.CancelForced("ann", ""), history.RunCancelled()]
    assert made[0] == history.CancelRequested("ann", "")


def test_a_run_that_has_ended_cannot_be_cancelled_by_force():
    assert decided(given(PLAN, *COMPLETED), messages.CancelNow()) == []


def test_a_run_that_was_paused_and_has_failed_goes_on_when_it_is_retried():
    """Nobody would think of resuming what he has just retried."""
    scene = given(PLAN, *ASKING, history.RunPaused("ann", ""), *FAILED[2:])

    assert when(scene, messages.Retry())[-1] == history.StepScheduled("ask", 2, 1, NOW)
    assert not scene.run.paused
    assert scene.run.deadline == NOW + 500


def test_a_cancel_is_not_held_up_by_a_pause():
    scene = given(PLAN, *ASKING, history.RunPaused("ann", ""))
    when(scene, messages.Cancel())

    assert scene.run.status is Status.CANCELLING
    assert followed(scene) == []
    assert list(scene.run.open) == ["undo"]
