"""Decide: what a message means for a run, apart from failures (`test_attempts`) and signals (`test_waits`)."""

from dataclasses import replace

import pytest

from perdure.kernel import history, messages
from perdure.kernel.directives import Complete, Fail, Goto, Next, Sleep, Wait
from perdure.kernel.run import Status
from tests.kernel.scenes import (
    NOW,
    TWICE,
    decided,
    diamond,
    error,
    given,
    graph,
    machine,
    report,
    started,
    step,
)

PLAN = machine(step("ask", retry=TWICE), "publish", "undo", on_cancel="undo")
ASKING = (history.RunStarted(NOW + 500), history.StepScheduled("ask", 1, 1, NOW))
SUCCEEDED = history.StepSucceeded("ask", 1, 1)
ASKED = (*ASKING, SUCCEEDED)
WAITING = (*ASKED, history.WaitBegun("ask", 1, "approved", None, NOW + 60, "publish", "undo"))
SLEEPING = (*ASKED, history.SleepBegun("ask", 1, NOW + 60, "publish"))
CALLED_OFF = history.TimerEnded("", 0, "deadline", fired=False)
CANCELLING = (
    *ASKED,
    CALLED_OFF,
    history.CancelRequested("ann", ""),
    history.StepScheduled("undo", 1, 1, NOW),
)
ENDED = {
    "completed": (*ASKED, CALLED_OFF, history.RunCompleted()),
    "failed": (*ASKED, CALLED_OFF, history.RunFailed("ask", "failed", "no")),
    "cancelled": (history.RunStarted(), history.CancelRequested("", ""), history.RunCancelled()),
}


def test_a_run_starts_once():
    scene = given(PLAN)

    assert decided(scene, messages.Start()) == [history.RunStarted(None)]
    assert decided(given(PLAN, *ASKING), messages.Start()) == []


def test_a_deadline_is_counted_from_the_start():
    scene = given(machine("ask", deadline=0.5))

    assert decided(scene, messages.Start()) == [history.RunStarted(NOW + 0.5)]


# -- reports ---------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [messages.Report, messages.Lost])
@pytest.mark.parametrize(
    ("path", "visit", "attempt"),
    [("ask", 2, 1), ("ask", 1, 2), ("publish", 1, 1), ("nobody", 1, 1)],
)
def test_what_is_told_of_an_attempt_that_is_not_open_means_nothing(kind, path, visit, attempt):
    what = (Complete(),) if kind is messages.Report else ()

    assert decided(given(PLAN, *ASKING), kind(path, visit, attempt, *what)) == []


@pytest.mark.parametrize("told", [report("ask", Complete()), messages.Lost("ask", 1, 1)])
@pytest.mark.parametrize("then", [SLEEPING, WAITING])
def test_a_visit_that_rests_has_no_attempt_to_tell_of(then, told):
    assert decided(given(PLAN, *then), told) == []


def test_a_machine_goes_where_its_step_says():
    made = decided(given(PLAN, *ASKING), report("ask", Goto("publish")))

    assert made == [SUCCEEDED, history.Moved("publish")]


@pytest.mark.parametrize(
    ("asked", "due", "then"),
    [
        (Sleep(60.0), NOW + 60, "ask"),
        (Sleep(60.0, "publish"), NOW + 60, "publish"),
        (Sleep(-5.0), NOW, "ask"),
    ],
)
def test_a_sleep_lasts_for_its_seconds_and_leads_to_its_own_step_or_another(asked, due, then):
    made = decided(given(PLAN, *ASKING), report("ask", asked))

    assert made == [SUCCEEDED, history.SleepBegun("ask", 1, due, then)]


def test_a_completed_run_needs_no_deadline():
    made = decided(given(PLAN, *ASKING), report("ask", Complete()))

    assert made == [SUCCEEDED, CALLED_OFF, history.RunCompleted()]


def test_a_step_can_fail_the_run_and_is_not_tried_again():
    made = decided(given(PLAN, *ASKING), report("ask", Fail("no budget")))

    assert made == [SUCCEEDED, CALLED_OFF, history.RunFailed("ask", "failed", "no budget")]


@pytest.mark.parametrize(
    ("outcome", "error_"),
    [
        (Next(), "step 'ask' did not say where to go"),
        (Goto("publsh"), "step 'ask' leads to unknown step 'publsh'"),
        (Goto(""), "step 'ask' leads to unknown step ''"),
        (Sleep(1.0, "publsh"), "step 'ask' leads to unknown step 'publsh'"),
        (Sleep(1.0, ""), "step 'ask' leads to unknown step ''"),
        (Wait(name="a", then="x"), "step 'ask' leads to unknown step 'x'"),
        (Wait(name="a", then="ask", on_timeout="y"), "step 'ask' leads to unknown step 'y'"),
    ],
)
def test_a_directive_that_leads_nowhere_fails_its_step_at_once(outcome, error_):
    made = decided(given(PLAN, *ASKING), report("ask", outcome))

    assert made == [
        history.StepFailed("ask", 1, 1, "invalid_output", error_),
        CALLED_OFF,
        history.RunFailed("ask", "invalid_output", error_),
    ]


def test_a_step_of_a_graph_just_ends():
    made = decided(started(diamond()), report("top", Next()))

    assert made == [history.StepSucceeded("top", 1, 1)]


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Goto("left"), "goto"),
        (Sleep(1.0), "sleep"),
        (Wait(name="a"), "wait"),
        (Complete(), "complete"),
    ],
)
def test_a_step_of_a_graph_cannot_direct_the_run(outcome, word):
    why = f"step 'top' of a graph cannot ask for {word}"

    assert decided(started(diamond()), report("top", outcome)) == [
        history.StepFailed("top", 1, 1, "invalid_output", why)
    ]


def test_a_step_of_a_graph_that_gives_up_is_not_tried_again():
    scene = started(graph(step("a", retry=TWICE)))

    assert decided(scene, report("a", Fail("no data"))) == [
        history.StepFailed("a", 1, 1, "failed", "no data")
    ]


# -- cancelling, continue -----------------------------------------------
@pytest.mark.parametrize("outcome", [Complete(), Goto("nowhere"), Fail("no"), Sleep(9.0), Next()])
def test_what_the_clean_up_asks_for_is_not_done(outcome):
    made = decided(given(PLAN, *CANCELLING), report("undo", outcome))

    assert made == [history.StepSucceeded("undo", 1, 1)]


def test_a_clean_up_that_fails_does_not_fail_the_run():
    made = decided(given(PLAN, *CANCELLING), report("undo", error(retryable=False)))

    assert [type(event) for event in made] == [history.StepFailed]


def test_a_clean_up_is_tried_again_like_any_step():
    made = decided(given(PLAN, *CANCELLING), messages.Lost("undo", 1, 1))

    assert made[-1] == history.StepScheduled("undo", 1, 2, NOW)


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
@pytest.mark.parametrize(
    "told",
    [
        messages.Start(),
        messages.Cancel(),
        messages.Pause(),
        messages.Resume(),
        messages.Signal(id=7, name="approved"),
        messages.Fire("", 0, "deadline"),
    ],
)
def test_an_ended_run_has_nothing_more_to_record(status, told):
    scene = given(PLAN, *ENDED[status])
    scene.run.paused = told == messages.Resume()

    assert scene.run.status is Status(status)
    assert decided(scene, told, 9e9) == []


def test_a_continue_means_nothing_by_itself():
    assert decided(given(PLAN, *ASKING), messages.Continue()) == []


def test_a_pause_and_a_retry_are_decided_where_all_that_people_ask_for_is():
    assert decided(given(PLAN, *ASKING), messages.Pause("ann")) == [history.RunPaused("ann", "")]
    assert decided(given(PLAN, *ENDED["failed"]), messages.Retry()) == [history.RunRetried("")]


def test_a_run_that_is_tried_by_a_plan_whose_step_is_gone_is_stranded():
    """All else of adopting is in its own tests."""
    scene = started(machine("ask"))
    wanted = replace(machine("say"), hash="plan_b")

    (event,) = decided(scene, messages.Adopt("ask", 1, 1, wanted))

    assert isinstance(event, history.RunStranded)


def test_a_run_that_finds_no_place_waits_in_line():
    assert decided(given(PLAN), messages.LineUp()) == [history.RunLinedUp()]
