"""What people ask of runs comes to where its rules are."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.asked import asked
from tests.kernel.scenes import NOW, given, machine

PLAN = machine("a", "b")
BEGUN = (history.RunStarted(), history.StepScheduled("a", 1, 1, NOW))
FAILED = (*BEGUN, history.StepFailed("a", 1, 1, "x", ""), history.RunFailed("a", "x", ""))


@pytest.mark.parametrize(
    ("then", "message", "means"),
    [
        (BEGUN, messages.Cancel(), history.CancelRequested),
        (BEGUN, messages.CancelNow(), history.CancelRequested),
        (BEGUN, messages.Pause(), history.RunPaused),
        ((*BEGUN, history.RunPaused("", "")), messages.Resume(), history.RunResumed),
        (FAILED, messages.Retry(), history.RunRetried),
        (FAILED, messages.Rewind("a", 1, 1), history.RunRewound),
        ((), messages.Fork("run_0", "b", 1), history.RunForked),
    ],
)
def test_each_thing_that_can_be_asked_means_something(then, message, means):
    scene = given(PLAN, *then)

    assert isinstance(next(asked(scene.plan, scene.run, message, NOW)), means)
