"""The judge of keys sees each way of giving a visit another one."""

import pytest

from perdure.kernel import history
from perdure.kernel.evolve import evolve
from perdure.ports.executor import Work
from perdure.testing.simulation.keyring import KeyRules
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.scenes import ONE_STEP

FIRST = history.StepScheduled("a", 1, 1, 0.0)
AGAIN = history.StepScheduled("a", 2, 1, 0.0)


def judged(*events):
    """Return a run to which this has happened, and the judge that has seen it."""
    track, rules = Track("run-1", ONE_STEP), KeyRules()
    for event in events:
        evolve(ONE_STEP, track.run, event)
        rules.happened(track, [event])
    return track, rules


def back(keys):
    return history.RunRewound("a", 1, "", "", None, keys)


def work(visit, keyed=None):
    return Work(
        "run-1", ONE_STEP, ONE_STEP.step("a"), "a", visit, 1, 1, "{}", None, lambda *_: {},
        keyed=keyed,
    )  # fmt: skip


@pytest.mark.parametrize(("keys", "keyed"), [({"a": [[2, 1, 1]]}, 1), (None, None)])
def test_a_visit_that_comes_again_has_its_key_or_a_new_one(keys, keyed):
    track, rules = judged(FIRST, back(keys), AGAIN)

    rules.begins(track, work(2, keyed))


def test_an_attempt_that_is_told_another_key_is_seen():
    track, rules = judged(FIRST, back({"a": [[2, 1, 1]]}), AGAIN)

    with pytest.raises(Violation, match="K1"):
        rules.begins(track, work(2))


@pytest.mark.parametrize("keys", [{}, {"a": [[2, 1, 7]]}])
def test_a_key_that_was_to_be_kept_and_is_not_is_seen(keys):
    with pytest.raises(Violation, match="K2"):
        judged(FIRST, back(keys), AGAIN)


def test_a_visit_that_was_retried_comes_again_under_the_key_of_its_retry():
    failed = (history.StepFailed("a", 1, 1, "x", "y"), history.RunFailed("a", "x", "y"))
    retried = (FIRST, *failed, history.RunRetried("ann"), AGAIN)

    judged(*retried, back({"a": [[3, 1, 2]]}), history.StepScheduled("a", 3, 1, 0.0))
    with pytest.raises(Violation, match="K2"):
        judged(*retried, back({"a": [[3, 1, 1]]}), history.StepScheduled("a", 3, 1, 0.0))


def test_what_comes_later_may_have_any_key():
    judged(FIRST, back({"a": [[2, 1, 1]]}), AGAIN, history.StepScheduled("a", 3, 1, 0.0))
