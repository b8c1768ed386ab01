"""Bodies that follow a script."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.kernel.directives import Complete, Failed, Goto, Next
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.ports.executor import Work
from perdure.stores.rows import encode_rows
from perdure.testing.simulation.executor import PoisonError
from perdure.testing.simulation.scripts import Act, Script, result_of
from perdure.wire.encoding import decode
from tests.testing.simulation.scenes import ONE_STEP

GRAPH = Plan(workflow="web", kind=PlanKind.GRAPH, steps=(StepPlan(name="a"),))
GO = Act(outcome=Goto("b"))


def work(*, visit=1, attempt=1, context='{"trail":[]}', payload=None, outputs=None, plan=ONE_STEP):
    return Work(
        "run-1", plan, StepPlan(name="a"), "a", visit, attempt, 1, context, payload,
        lambda _run, steps: {step: (outputs or {}).get(step) for step in steps},
    )  # fmt: skip


def test_each_visit_has_its_act_and_the_last_one_is_repeated():
    script = Script((GO, Act(outcome=Complete())))

    assert [script.act(visit).outcome for visit in (1, 2, 3)] == [Goto("b"), Complete(), Complete()]


def test_a_visit_leaves_its_mark_in_the_context():
    result = Script((GO,))(work(context='{"trail":[["z",1]]}', payload='{"said-1":1}'))

    assert result.outcome == Goto("b")
    assert decode(result.context) == {"trail": [["z", 1], ["a", 1]], "said-1": 1}


def test_a_flaky_act_fails_as_often_as_it_says():
    script = Script((Act(outcome=Complete(), flaky=2),))
    outcomes = [script(work(attempt=attempt)).outcome for attempt in (1, 2, 3)]

    assert [isinstance(outcome, Failed) for outcome in outcomes] == [True, True, False]
    assert outcomes[0].retryable


def test_a_fatal_act_is_not_to_be_tried_again():
    assert not Script((Act(outcome=Complete(), fatal=True),))(work()).outcome.retryable


def test_a_poisonous_act_takes_its_process_with_it():
    with pytest.raises(PoisonError):
        Script((Act(outcome=Complete(), poison=True),))(work())


@pytest.mark.parametrize("outcome", [Complete(), Next()])
def test_what_an_unkeepable_act_gives_no_store_takes(outcome):
    result = Script((Act(outcome=outcome, unkeepable=True),))(work())

    with pytest.raises((StoreRefusedError, ValueError)):
        encode_rows([(result.context, result.output)])


def test_a_graphs_result_depends_on_all_that_it_needs():
    script = Script((Act(outcome=Next()),), ("x", "y"))
    one = script(work(outputs={"x": "1", "y": "2"}, plan=GRAPH)).output
    other = script(work(outputs={"x": "1", "y": "3"}, plan=GRAPH)).output

    assert one == result_of("a", ["1", "2"])
    assert one != other
