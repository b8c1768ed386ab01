"""The data key of a run that wants it goes with the run's end, in the same transaction."""

import pytest

from perdure.kernel import messages
from perdure.kernel.directives import Fail, Next
from perdure.kernel.plan import StepPlan
from perdure.ports.vault import KeyGone
from perdure.wire.sealed import Settings, with_vault
from tests.runtime.scenes import NOW, begun, graph, reported, told

PLAN = graph(StepPlan(name="a"))
DELETES = with_vault(Settings(deletes=True), {})
ENDS = [
    (reported("a", Next()), 1),
    (reported("a", Fail("no")), 1),
    (messages.Cancel(), None),
]


@pytest.mark.parametrize(("message", "token"), ENDS)
def test_the_key_goes_with_any_end(message, token):
    """S004-69"""
    hot = begun(PLAN, context=DELETES)

    commit = told(hot, message, token=token).finish()

    assert commit.data_keys_gone == [KeyGone("run_1", NOW, "secure_deletion")]


@pytest.mark.parametrize("context", ["{}", with_vault(Settings(), {})])
def test_any_other_run_keeps_its_key(context):
    hot = begun(PLAN, context=context)

    assert told(hot, reported("a", Next()), token=1).finish().data_keys_gone == []


def test_a_run_that_goes_on_keeps_its_key():
    hot = begun(graph(StepPlan(name="a"), StepPlan(name="b", needs=("a",))), context=DELETES)

    assert told(hot, reported("a", Next()), token=1).finish().data_keys_gone == []
