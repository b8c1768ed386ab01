"""Settling: somebody says what came of an attempt of which nobody knew."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.directives import Complete, Failed, Goto, Next
from perdure.kernel.run import Attempt
from tests.kernel.scenes import (
    LOST,
    NOW,
    error,
    graph,
    machine,
    payment,
    report,
    started,
    step,
    unknown,
    when,
)


def settle(outcome=None, *, visit=1, attempt=1):
    return messages.Settle(
        step="pay", visit=visit, attempt=attempt, outcome=outcome, by="ann", why="saw it"
    )


def settled(said, attempt=1):
    return history.OutcomeSettled("pay", 1, attempt, said, "ann", "saw it")


def test_the_step_was_done():
    scene = started(payment())
    unknown(scene)

    made = when(scene, settle(Goto("ship")))

    assert made == [
        settled("done"),
        history.StepSucceeded("pay", 1, 1),
        history.Moved("ship"),
        history.StepScheduled("ship", 1, 1, NOW),
    ]
    assert scene.run.working == 1


def test_the_step_was_not_done_so_it_is_run_again_in_the_same_visit():
    scene = started(payment(verify=True))
    unknown(scene)
    for attempt in (2, 3):
        when(scene, report("pay", error("outcome_unknown"), attempt=attempt))

    made = when(scene, settle(attempt=3))

    assert made == [settled("not_done", 3), history.StepScheduled("pay", 1, 4, NOW)]
    assert scene.run.open == {"pay": Attempt(1, 4, NOW)}
    assert scene.run.working == 1


def test_the_step_has_failed():
    scene = started(payment())
    unknown(scene)

    made = when(scene, settle(Failed(kind="failed", error="no money", retryable=False)))

    assert made == [
        settled("failed"),
        history.StepFailed("pay", 1, 1, "failed", "no money"),
        history.RunFailed("pay", "failed", "no money"),
    ]


def test_what_is_said_twice_or_of_another_attempt_means_nothing():
    scene = started(payment())
    known = when(scene, settle())
    unknown(scene)
    other = when(scene, settle(attempt=2))
    when(scene, settle())

    assert (known, other, when(scene, settle())) == ([], [], [])


def test_what_it_reports_after_it_was_taken_for_lost_means_nothing():
    """Somebody else is to say what it did; a report that came first is believed."""
    scene = started(payment())
    unknown(scene)

    assert when(scene, report("pay", Goto("ship"))) == []
    assert when(scene, LOST) == []


@pytest.mark.parametrize("kind", ["sleep", "wait"])
def test_a_timer_means_nothing_to_it(kind):
    scene = started(payment())
    unknown(scene)

    assert when(scene, messages.Fire("pay", 1, kind)) == []


def test_a_run_that_is_cancelled_lets_it_rest_no_longer():
    scene = started(payment())
    unknown(scene)

    made = when(scene, messages.Cancel())

    assert made[1] == history.AttemptStopped("pay", 1, 1)
    assert made[-1] == history.StepScheduled("ship", 1, 1, NOW)
    assert scene.run.working == 1


def test_a_broadcast_for_a_wait_that_it_leads_to_is_kept():
    """The visit is open as long as nobody knows."""
    scene = started(payment(coming=("paid",)))
    unknown(scene)

    made = when(scene, messages.Signal(id=1, name="paid", addressed=False))

    assert made == [history.SignalKept(1, "paid", None, addressed=False, begun=1)]


def test_in_a_graph_other_branches_go_on_and_the_run_waits_for_an_answer():
    plan = graph(step("pay", at_most_once=True), step("pack"), max_parallel=1)
    scene = started(plan)

    made = unknown(scene)
    packed = when(scene, report("pack", Next()))
    told = when(scene, settle(Next()))

    assert made[-1] == history.StepScheduled("pack", 1, 1, NOW)
    assert packed == [history.StepSucceeded("pack", 1, 1)]
    assert told == [settled("done"), history.StepSucceeded("pay", 1, 1), history.RunCompleted()]


def test_a_clean_up_step_may_be_settled_too():
    scene = started(machine("work", step("pay", at_most_once=True), on_cancel="pay"))
    when(scene, messages.Cancel())
    unknown(scene)

    made = when(scene, settle(Complete()))

    assert made == [settled("done"), history.StepSucceeded("pay", 1, 1), history.RunCancelled()]
