"""How rows and history may differ."""

import pytest

from perdure.kernel.run import Attempt, Failure, Run, Status
from perdure.testing.simulation.standing import differences
from tests.testing.simulation.scenes import ONE_STEP, TWO_STEPS


def test_what_is_the_same_differs_in_nothing():
    assert differences(ONE_STEP, Run(id="run-1"), Run(id="run-1")) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("paused", True),
        ("cursor", "a"),
        ("deadline", 9.0),
        ("open", {"a": Attempt(1, 1)}),
        ("failure", Failure("a", "error", "oops")),
    ],
)
def test_each_difference_is_told_by_its_name(name, value):
    told = Run(id="run-1")
    setattr(told, name, value)

    (wrong,) = differences(ONE_STEP, told, Run(id="run-1"))

    assert wrong.startswith(f"{name}: ")


def test_what_a_running_graph_has_to_follow_is_compared_in_any_order():
    told, found = (
        Run(id="run-1", status=Status.RUNNING, ready=list(ready)) for ready in ((0, 1), (1, 0))
    )
    other = Run(id="run-1", status=Status.RUNNING)

    assert differences(TWO_STEPS, told, found) == []
    assert differences(TWO_STEPS, told, other)[-1].startswith("ready: ")
