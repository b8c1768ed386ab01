"""What becomes of a run with an attempt of which nobody knows."""

from perdure.kernel import history
from perdure.kernel.run import Attempt, Unsettled
from tests.kernel.scenes import NOW, machine, started


def test_an_attempt_of_which_nobody_knows_is_not_worked_on():
    scene = started(machine("pay"), history.OutcomeUnknown("pay", 1, 1, "timeout", "late"))

    assert scene.run.open == {"pay": Unsettled(1, 1)}
    assert scene.run.working == 0


def test_one_that_was_not_done_gives_way_to_the_next():
    scene = started(
        machine("pay"),
        history.OutcomeUnknown("pay", 1, 1, "timeout", "late"),
        history.OutcomeSettled("pay", 1, 1, "not_done", "ann", ""),
    )

    assert (scene.run.open, scene.run.working) == ({}, 0)


def test_any_other_is_open_again_until_its_end_follows():
    scene = started(
        machine("pay"),
        history.OutcomeUnknown("pay", 1, 1, "timeout", "late"),
        history.OutcomeSettled("pay", 1, 1, "done", "ann", ""),
    )

    assert (scene.run.open, scene.run.working) == ({"pay": Attempt(1, 1)}, 1)


def test_an_attempt_that_asks_first_is_an_open_one():
    scene = started(
        machine("pay"),
        history.AttemptFailed("pay", 1, 1, "timeout", "late"),
        history.VerifyScheduled("pay", 1, 2, NOW),
    )

    assert scene.run.open == {"pay": Attempt(1, 2, NOW, verify=True)}
    assert scene.run.working == 1
