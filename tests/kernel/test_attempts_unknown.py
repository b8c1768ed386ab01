"""What a step that is run at most once comes to where nobody knows what an attempt has done."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.plan import RetryPolicy
from perdure.kernel.run import Attempt, Unsettled
from tests.kernel.scenes import DIED, NOW, error, payment, report, started, unknown, when


def test_a_lost_attempt_is_not_run_again():
    scene = started(payment())

    made = unknown(scene)

    assert made == [history.OutcomeUnknown("pay", 1, 1, "worker_died", DIED)]
    assert scene.run.open == {"pay": Unsettled(1, 1)}
    assert scene.run.working == 0
    assert scene.run.is_resting(NOW)


@pytest.mark.parametrize("kind", ["timeout", "outcome_unknown", "worker_died"])
def test_nor_is_one_whose_time_was_over_or_that_cannot_say_itself(kind):
    scene = started(payment())

    made = when(scene, report("pay", error(kind)))

    assert made == [history.OutcomeUnknown("pay", 1, 1, kind, f"{kind} happened")]


def test_an_attempt_that_says_it_failed_has_failed_and_is_not_run_again():
    """Whatever its policy says: that is for the asking."""
    scene = started(payment(verify=True, retry=RetryPolicy(max_attempts=9)))

    made = when(scene, report("pay", error(retry_after=5.0)))

    assert made[0] == history.StepFailed("pay", 1, 1, "oops", "oops happened")
    assert made[-1] == history.RunFailed("pay", "oops", "oops happened")


def test_where_code_can_be_asked_the_next_attempt_asks_first():
    scene = started(payment(verify=True))

    made = unknown(scene)

    assert made == [
        history.AttemptFailed("pay", 1, 1, "worker_died", DIED),
        history.VerifyScheduled("pay", 1, 2, NOW),
    ]
    assert scene.run.open == {"pay": Attempt(1, 2, NOW, verify=True)}
    assert scene.run.working == 1


def test_after_a_failure_it_waits_as_the_policy_says_before_it_asks():
    scene = started(payment(verify=True, retry=RetryPolicy(base_delay=4.0)))

    made = when(scene, report("pay", error("timeout")))
    later = when(started(payment(verify=True)), report("pay", error("timeout", retry_after=60.0)))

    assert made[-1] == history.VerifyScheduled("pay", 1, 2, NOW + 4.0)
    assert later[-1] == history.VerifyScheduled("pay", 1, 2, NOW + 60.0)


def test_it_is_asked_so_often_and_then_rests():
    scene = started(payment(verify=True, retry=RetryPolicy(max_attempts=4, base_delay=0.0)))
    unknown(scene)

    made = [
        when(scene, report("pay", error("outcome_unknown"), attempt=attempt))[-1]
        for attempt in (2, 3, 4)
    ]

    assert made == [
        history.VerifyScheduled("pay", 1, 3, NOW),
        history.VerifyScheduled("pay", 1, 4, NOW),
        history.OutcomeUnknown("pay", 1, 4, "outcome_unknown", "outcome_unknown happened"),
    ]


def test_what_somebody_says_failed_has_failed_whatever_it_failed_of():
    """Else it would be unknown again, and be said again."""
    scene = started(payment())
    unknown(scene)

    said = messages.Settle(step="pay", visit=1, attempt=1, outcome=error("timeout"))

    assert when(scene, said)[1] == history.StepFailed("pay", 1, 1, "timeout", "timeout happened")
