"""How an attempt fails, and what that leads to."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.attempts import skip_branches
from perdure.kernel.directives import Failed
from perdure.kernel.plan import MIN_LOST_ATTEMPTS, NO_RETRY, RetryPolicy
from tests.kernel.scenes import (
    DIED,
    NOW,
    TWICE,
    decided,
    diamond,
    error,
    fork,
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
CALLED_OFF = history.TimerEnded("", 0, "deadline", fired=False)
ASKED = (*ASKING, SUCCEEDED)


def test_a_failed_attempt_is_followed_by_another_after_the_policys_delay():
    made = decided(given(PLAN, *ASKING), report("ask", error()))

    assert made == [
        history.AttemptFailed("ask", 1, 1, "oops", "oops happened"),
        history.StepScheduled("ask", 1, 2, NOW + 10),
    ]


@pytest.mark.parametrize(("after", "due"), [(3.0, NOW + 10), (25.0, NOW + 25), (None, NOW + 10)])
def test_an_error_may_put_off_the_next_attempt_but_not_bring_it_forward(after, due):
    made = decided(given(PLAN, *ASKING), report("ask", error(retry_after=after)))

    assert made[-1] == history.StepScheduled("ask", 1, 2, due)


def test_an_attempt_may_follow_at_once():
    scene = started(graph(step("a", retry=RetryPolicy(base_delay=0.0))))

    assert decided(scene, report("a", error()))[-1] == history.StepScheduled("a", 1, 2, NOW)


def test_the_delay_differs_by_run_step_visit_and_attempt():
    """What stands in the seed keeps a thousand runs from trying again at one moment."""
    retry = RetryPolicy(max_attempts=9, base_delay=100.0, backoff_factor=1.0, jitter=1.0)
    plan = machine(step("a", retry=retry), step("b", retry=retry))
    seen = {
        retry.delay(attempt, f"run_1/{name}/{visit}/{attempt}"): decided(
            given(plan, history.RunStarted(), history.StepScheduled(name, visit, attempt, NOW)),
            report(name, error(), visit=visit, attempt=attempt),
        )[-1]
        for name, visit, attempt in [("a", 1, 1), ("a", 1, 2), ("a", 2, 1), ("b", 1, 1)]
    }

    assert len(seen) == 4
    assert all(scheduled.due == NOW + delay for delay, scheduled in seen.items())


@pytest.mark.parametrize(
    ("attempt", "options"), [(2, {}), (1, {"retryable": False}), (3, {"retry_after": 5.0})]
)
def test_a_machine_fails_with_its_step_when_no_attempt_may_follow(attempt, options):
    scene = given(PLAN, ASKING[0], history.StepScheduled("ask", 1, attempt, NOW))

    assert decided(scene, report("ask", error(**options), attempt=attempt)) == [
        history.StepFailed("ask", 1, attempt, "oops", "oops happened"),
        CALLED_OFF,
        history.RunFailed("ask", "oops", "oops happened"),
    ]


@pytest.mark.parametrize(("kind", "again"), [("timeout", False), ("oops", True)])
def test_a_policy_may_leave_out_attempts_that_took_too_long(kind, again):
    impatient = RetryPolicy(max_attempts=3, on_timeout=False)
    scene = started(machine(step("ask", retry=impatient)))

    made = decided(scene, report("ask", error(kind)))

    assert isinstance(made[-1], history.StepScheduled) is again


def test_a_graph_goes_on_after_a_failed_step():
    scene = started(diamond())

    assert decided(scene, report("top", error(retryable=False))) == [
        history.StepFailed("top", 1, 1, "oops", "oops happened")
    ]


def test_an_attempt_whose_worker_died_is_followed_by_another_at_once():
    made = decided(given(PLAN, *ASKING), messages.Lost("ask", 1, 1))

    assert made == [
        history.AttemptFailed("ask", 1, 1, "worker_died", DIED),
        history.StepScheduled("ask", 1, 2, NOW),
    ]


@pytest.mark.parametrize("attempt", range(1, MIN_LOST_ATTEMPTS))
def test_a_step_that_is_never_retried_survives_the_death_of_its_worker(attempt):
    """It is not the step that failed."""
    plan = machine(step("ask", retry=NO_RETRY))
    scene = given(plan, history.RunStarted(), history.StepScheduled("ask", 1, attempt, NOW))

    assert decided(scene, messages.Lost("ask", 1, attempt)) == [
        history.AttemptFailed("ask", 1, attempt, "worker_died", DIED),
        history.StepScheduled("ask", 1, attempt + 1, NOW),
    ]


def test_the_death_of_a_steps_own_process_counts_like_that_of_a_worker():
    plan = machine(step("ask", retry=NO_RETRY))
    scene = given(plan, history.RunStarted(), history.StepScheduled("ask", 1, 1, NOW))
    died = Failed(kind="worker_died", error="SIGSEGV")

    failed, again = decided(scene, report("ask", died))

    assert failed == history.AttemptFailed("ask", 1, 1, "worker_died", "SIGSEGV")
    assert (again.step, again.attempt) == ("ask", 2)


def test_a_step_that_kills_its_workers_is_given_up():
    last = MIN_LOST_ATTEMPTS
    scene = given(PLAN, ASKING[0], history.StepScheduled("ask", 1, last, NOW))

    assert decided(scene, messages.Lost("ask", 1, last)) == [
        history.StepFailed("ask", 1, last, "worker_died", DIED),
        CALLED_OFF,
        history.RunFailed("ask", "worker_died", DIED),
    ]


def test_the_death_of_a_worker_whose_attempt_is_not_open_any_more_means_nothing():
    assert decided(given(PLAN, *ASKING), messages.Lost("ask", 1, 2)) == []


def test_a_step_with_branches_that_fails_for_good_skips_them_only_if_the_run_goes_on():
    """Else they are broken like all that needs it."""
    failed_ = history.StepFailed("ask", 1, 1, "oops", "oops happened")
    told = report("ask", error(retryable=False))

    assert decided(started(fork()), told) == [failed_]
    assert decided(started(fork(continue_on_error=True)), told) == [
        history.StepSkipped("yes", broken=False),
        history.StepSkipped("no", broken=False),
        failed_,
    ]


def test_all_branches_are_skipped_but_the_one_that_was_chosen():
    assert list(skip_branches(fork(), "ask", "yes")) == [history.StepSkipped("no", broken=False)]


HELD = Failed(kind="budget_exceeded", error="too dear", retryable=False, pauses=True)
DEAR = history.AttemptFailed("ask", 1, 1, "budget_exceeded", "too dear")
AGAIN = history.StepScheduled("ask", 1, 2, NOW)


def test_an_attempt_that_pauses_holds_the_run_with_its_step_to_be_done():
    made = decided(given(PLAN, *ASKING), report("ask", HELD))

    assert made == [DEAR, history.RunPaused("budget_exceeded", "too dear"), AGAIN]


def test_a_run_that_is_held_already_is_not_held_twice():
    scene = given(PLAN, *ASKING, history.RunPaused("ada", "lunch"))

    assert decided(scene, report("ask", HELD)) == [DEAR, AGAIN]


def test_what_is_run_at_most_once_is_not_run_again_though_it_says_that_it_did_nothing():
    once = machine(step("ask", at_most_once=True), "publish")

    made = decided(given(once, *ASKING), report("ask", HELD))

    assert AGAIN not in made
    assert made[0] == history.StepFailed("ask", 1, 1, "budget_exceeded", "too dear")


def test_a_run_that_is_being_cancelled_is_not_held():
    scene = given(PLAN, *ASKING, history.CancelRequested("", ""))

    made = decided(scene, report("ask", HELD))

    assert history.RunPaused("budget_exceeded", "too dear") not in made
