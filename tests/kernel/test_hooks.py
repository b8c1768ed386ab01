"""Hooks: what a machine does before it fails, and what may come of that."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.directives import Complete, Fail, Goto, Next, Sleep, Wait
from perdure.kernel.run import Failure
from tests.kernel.scenes import NOW, error, given, happened, machine, report, step, when

PLAN = machine("ask", "publish", step("undo", timeout=5.0), on_fail="undo", deadline=500.0)
ASKING = (history.RunStarted(NOW + 500), history.StepScheduled("ask", 1, 1, NOW))
CALLED_OFF = history.TimerEnded("", 0, "deadline", fired=False)
BROKE = ("ask", "oops", "oops happened")
FATAL = error(retryable=False)
FAILING = (
    history.StepFailed("ask", 1, 1, "oops", "oops happened"),
    CALLED_OFF,
    history.RunFailing(*BROKE),
    history.StepScheduled("undo", 1, 1, NOW),
)
SUCCEEDED = history.StepSucceeded("undo", 1, 1)
KEPT = history.SignalKept(7, "go", None, addressed=True, begun=1)


def failing(*more):
    """Return a run whose hook is open."""
    return given(PLAN, *ASKING, *more, *FAILING)


# -- before it fails -------------------------------------------------------------------------
def test_a_run_that_would_fail_runs_its_hook_first_and_has_no_deadline_then():
    scene = given(PLAN, *ASKING)

    assert tuple(when(scene, report("ask", FATAL))) == FAILING
    assert scene.run.failure == Failure(*BROKE)
    assert (scene.run.status.value, scene.run.cursor) == ("running", "undo")


def test_a_run_without_a_hook_fails_at_once():
    scene = given(machine("ask"), history.RunStarted(), ASKING[1])

    assert when(scene, report("ask", FATAL))[1:] == [history.RunFailed(*BROKE)]


def test_a_step_that_says_fail_has_the_hook_run():
    made = when(given(PLAN, *ASKING), report("ask", Fail("no stock")))

    assert made[2:] == [
        history.RunFailing("ask", "failed", "no stock"),
        history.StepScheduled("undo", 1, 1, NOW),
    ]


def test_a_wait_that_is_over_time_has_the_hook_run():
    begun = history.WaitBegun("ask", 1, "paid", None, NOW + 60, "publish", None)
    scene = given(PLAN, *ASKING, history.StepSucceeded("ask", 1, 1), begun)

    made = when(scene, messages.Fire("ask", 1, "wait"), NOW + 60)

    assert made[2] == history.RunFailing("ask", "wait_timeout", "no signal 'paid' came in time")
    assert made[3].step == "undo"


def test_a_run_that_is_out_of_time_has_its_hook_run_and_what_is_open_called_off():
    made = when(given(PLAN, *ASKING), messages.Fire("", 0, "deadline"), NOW + 500)

    assert made == [
        history.AttemptStopped("ask", 1, 1),
        history.TimerEnded("", 0, "deadline", fired=True),
        history.RunFailing("ask", "deadline", "the run did not end in its time"),
        history.StepScheduled("undo", 1, 1, NOW + 500),
    ]


def test_a_run_that_is_out_of_time_and_has_no_hook_fails_at_once():
    scene = given(machine("ask"), *ASKING, KEPT)

    assert when(scene, messages.Fire("", 0, "deadline"), NOW + 500)[1:] == [
        history.TimerEnded("", 0, "deadline", fired=True),
        history.SignalDropped(7, "go"),
        history.RunFailed("ask", "deadline", "the run did not end in its time"),
    ]


@pytest.mark.parametrize(
    "scene", [failing(), given(PLAN, *ASKING), given(machine("ask"), history.RunStarted())]
)
def test_a_deadline_that_is_not_due_or_is_over_means_nothing(scene):
    assert when(scene, messages.Fire("", 0, "deadline"), NOW + 499.9) == []


def test_a_step_that_is_poison_has_the_hook_run():
    scene = given(PLAN, *ASKING)
    for attempt in (1, 2, 3):
        made = when(scene, messages.Lost("ask", 1, attempt))

    assert made[2].kind == "worker_died"
    assert made[3] == history.StepScheduled("undo", 1, 1, NOW)


def test_what_was_kept_waits_for_what_the_hook_says():
    scene = failing(KEPT)

    assert [kept.signal for kept in scene.run.kept] == [7]
    assert history.SignalDropped(7, "go") in when(scene, report("undo", Next()))


# -- what the hook comes to ------------------------------------------------------------------
def test_a_hook_that_says_nothing_lets_the_run_fail_as_it_would_have():
    scene = failing()

    assert when(scene, report("undo", Next())) == [SUCCEEDED, history.RunFailed(*BROKE)]
    assert scene.run.cursor == "ask"


def test_a_hook_may_give_another_reason():
    made = when(failing(), report("undo", Fail("refunded")))

    assert made == [SUCCEEDED, history.RunFailed("ask", "failed", "refunded")]


def test_a_hook_that_goes_on_takes_the_failure_back_and_gives_the_run_its_time_again():
    scene = failing(KEPT)

    assert when(scene, report("undo", Goto("publish")), NOW + 7) == [
        SUCCEEDED,
        history.RunRecovered(NOW + 507),
        history.Moved("publish"),
        history.StepScheduled("publish", 1, 1, NOW + 7),
    ]
    assert scene.run.failure is None
    assert scene.run.deadline == NOW + 507
    assert [kept.signal for kept in scene.run.kept] == [7]


def test_a_hook_may_complete_the_run():
    made = when(failing(KEPT), report("undo", Complete()))

    assert made == [
        SUCCEEDED,
        history.RunRecovered(),
        history.SignalDropped(7, "go"),
        history.RunCompleted(),
    ]


def test_a_run_that_fails_again_after_it_was_taken_back_has_its_hook_run_again():
    scene = failing()
    when(scene, report("undo", Goto("ask")))

    assert when(scene, report("ask", FATAL, visit=2))[-1] == history.StepScheduled(
        "undo", 2, 1, NOW
    )


@pytest.mark.parametrize("asked", [Sleep(1.0), Wait(name="x")])
def test_a_hook_cannot_rest(asked):
    made = when(failing(), report("undo", asked, attempt=1))

    assert made[0].error.startswith("step 'undo' is a hook and cannot ask for ")
    assert made[-1] == history.RunFailed(*BROKE)


def test_a_hook_that_leads_nowhere_fails():
    made = when(failing(), report("undo", Goto("nowhere")))

    assert made[0].error == "step 'undo' leads to unknown step 'nowhere'"


def test_a_hook_is_tried_again_as_its_policy_says():
    made = when(failing(), report("undo", error()))

    assert made[-1] == history.StepScheduled("undo", 1, 2, NOW + 1)


def test_a_hook_that_fails_changes_nothing_of_why_the_run_failed():
    made = when(failing(), report("undo", error("other", retryable=False)))

    assert made == [
        history.StepFailed("undo", 1, 1, "other", "other happened"),
        history.RunFailed(*BROKE),
    ]


def test_a_step_that_is_no_hook_must_say_where_to_go():
    made = when(given(PLAN, *ASKING), report("ask", Next()))

    assert made[0].error == "step 'ask' did not say where to go"


# -- what people ask meanwhile ---------------------------------------------------------------
def test_a_retry_goes_on_at_what_failed_and_not_at_the_hook():
    scene = happened(failing(), SUCCEEDED, history.RunFailed(*BROKE))

    assert when(scene, messages.Retry())[-1] == history.StepScheduled("ask", 2, 1, NOW)


def test_a_run_whose_hook_runs_has_not_failed_yet():
    assert when(failing(), messages.Retry()) == []


def test_a_paused_run_begins_its_hook_when_it_is_resumed():
    scene = given(PLAN, *ASKING, history.RunPaused("ann", ""))

    assert when(scene, report("ask", FATAL))[-1] == history.RunFailing(*BROKE)
    assert when(scene, messages.Resume())[-1] == history.StepScheduled("undo", 1, 1, NOW)


def test_a_cancel_stops_the_hook_of_a_failure():
    scene = failing()

    assert when(scene, messages.Cancel())[1:] == [
        history.AttemptStopped("undo", 1, 1),
        history.RunCancelled(),
    ]


def test_the_hook_of_a_cancel_may_say_anything_and_leads_nowhere():
    plan = machine("ask", "undo", on_cancel="undo", on_fail="undo")
    for outcome in (Next(), Goto("ask"), Complete(), Fail("x"), Sleep(1.0), Goto("nowhere")):
        scene = given(plan, history.RunStarted(), ASKING[1])
        when(scene, messages.Cancel())

        made = when(scene, report("undo", outcome))

        assert made == [SUCCEEDED, history.RunCancelled()]
