"""What it means that a step of a graph chooses one of its branches."""

import pytest

from perdure.kernel import history
from perdure.kernel.directives import Choose, Next, Spread
from tests.kernel.scenes import (
    NOW,
    TWICE,
    decided,
    each,
    error,
    fork,
    graph,
    machine,
    report,
    started,
    step,
    when,
)

SUCCEEDED = history.StepSucceeded("ask", 1, 1)


def skipped(name):
    return history.StepSkipped(name, broken=False)


@pytest.mark.parametrize(
    ("choice", "left"),
    [("yes", [skipped("no")]), ("no", [skipped("yes")]), (None, [skipped("yes"), skipped("no")])],
)
def test_what_is_not_chosen_is_skipped_before_the_step_has_ended(choice, left):
    assert decided(started(fork()), report("ask", Choose(choice))) == [*left, SUCCEEDED]


def test_what_needs_the_step_goes_on_after_the_branch_that_ran():
    scene = started(fork())
    when(scene, report("ask", Choose("no")))

    assert when(scene, report("no", Next()))[-1] == history.StepScheduled("end", 1, 1, NOW)
    assert when(scene, report("end", Next()))[-1] == history.RunCompleted()


def test_what_needs_the_step_goes_on_if_no_branch_runs():
    """The step itself was not skipped."""
    made = when(started(fork()), report("ask", Choose(None)))

    assert made[-1] == history.StepScheduled("end", 1, 1, NOW)


@pytest.mark.parametrize(
    ("plan", "outcome", "why"),
    [
        (fork(), Next(), "step 'ask' did not say which branch to run"),
        (fork(), Choose("maybe"), "step 'ask' has no branch 'maybe'"),
        (graph(step("ask")), Choose("yes"), "step 'ask' has no branch 'yes'"),
        (machine("ask"), Choose("yes"), "step 'ask' cannot ask for choose"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(plan, outcome, why):
    made = decided(started(plan), report("ask", outcome))

    assert made[0] == history.StepFailed("ask", 1, 1, "invalid_output", why)


def test_a_step_that_fails_and_may_has_chosen_nothing():
    scene = started(fork(continue_on_error=True))

    made = when(scene, report("ask", error(retryable=False)))

    assert made[:3] == [
        skipped("yes"),
        skipped("no"),
        history.StepFailed("ask", 1, 1, "oops", "oops happened"),
    ]
    assert made[3] == history.StepScheduled("end", 1, 1, NOW)


def test_the_branches_of_a_step_that_failed_cannot_run_until_a_retry_of_the_run():
    scene = started(fork())

    made = when(scene, report("ask", error(retryable=False)))

    assert made[1:4] == [history.StepSkipped(name, broken=True) for name in ("yes", "no", "end")]
    assert made[4] == history.RunFailed("ask", "oops", "oops happened")


def test_a_step_that_is_tried_again_has_not_chosen_yet():
    scene = started(fork(retry=TWICE))

    assert [type(event) for event in decided(scene, report("ask", error()))] == [
        history.AttemptFailed,
        history.StepScheduled,
    ]


# -- loops -----------------------------------------------------------------------------------
def test_a_loop_begins_with_the_items_that_its_attempt_has_counted():
    assert decided(started(each()), report("each", Spread(4, 1))) == [
        history.ScopeBegun("each", 1, 1, 4, NOW, 1)
    ]


@pytest.mark.parametrize(
    ("plan", "outcome", "why"),
    [
        (each(), Next(), "step 'each' did not say over how many items it goes"),
        (each(), Spread(-1), "step 'each' is no loop over -1 items"),
        (graph(step("each")), Spread(3), "step 'each' is no loop over 3 items"),
    ],
)
def test_what_a_loop_cannot_ask_for_is_refused(plan, outcome, why):
    made = decided(started(plan), report("each", outcome))

    assert made[0] == history.StepFailed("each", 1, 1, "invalid_output", why)


def test_a_machine_is_no_loop():
    made = decided(started(machine("ask")), report("ask", Spread(3)))

    assert made[0].error == "step 'ask' cannot ask for spread"
