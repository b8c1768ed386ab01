"""Steps that rest ask for it first, and make a result of what has ended it."""

from dataclasses import replace

import pytest

from perdure.authoring.graphs.failures import WaitTimeoutError, WorkflowUnavailableError
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.graphs.resting import (
    SleepBody,
    WaitBody,
    WorkflowBody,
    moment_of,
    seconds_of,
)
from perdure.authoring.plans import dump
from perdure.errors import (
    ChildFailedError,
    InvalidInputError,
    OutsideStepError,
    UnknownWorkflowError,
)
from perdure.ids import child_id
from perdure.kernel.directives import Join, Sleep, Wait
from perdure.kernel.plan import StepPlan
from perdure.ports.woken import Woken, pack_woken
from perdure.testing.single import Ended, Household
from perdure.wire.encoding import decode
from tests.authoring.graphs.support import attempt, functions, graph, value_of, work_on

PLAN = graph(StepPlan(name="s", rests=True))
SIGNAL = {"waits_for": "signal", "name": "ok"}


def work(woken=None, payload=None, *, since=None, **inputs):
    made = attempt(PLAN, "s", inputs=inputs)
    made.payload = pack_woken(woken, payload, since) if woken is not None else None
    return made


def asked(body, **inputs):
    return body(work(**inputs)).outcome


# -- wait ------------------------------------------------------------------------------------
def test_a_wait_is_for_a_signal_with_a_key_and_what_it_accepts():
    config = {**SIGNAL, "key": "${workflow.input.k}", "accepts": "{}", "timeout": 9.0}

    assert asked(WaitBody.of(config), k=5) == Wait(name="ok", key="5", accepts="{}", timeout=9.0)


@pytest.mark.parametrize("entity", [5, "5", {"id": 5, "name": "x"}])
def test_a_wait_is_for_an_event_of_an_entity_that_fits(entity):
    config = {
        "waits_for": "event",
        "name": "paid",
        "key": "${workflow.input.e}",
        "match": {"a": "${workflow.input.a}"},
    }

    made = asked(WaitBody.of(config), e=entity, a=[1])

    assert made == Wait(name="paid", kind="event", key="5", match='{"a":[1]}')


@pytest.mark.parametrize(
    ("kind", "key", "said"),
    [
        ("signal", True, "^key: must be text"),
        ("signal", "", "^key: must be text"),
        ("signal", {"id": 1}, "^key: must be text"),
        ("event", {"name": "x"}, "^entity: has no 'id'"),
        ("event", [1], "^entity: must be text"),
    ],
)
def test_what_is_no_key_is_told(kind, key, said):
    with pytest.raises(InvalidInputError, match=said):
        asked(WaitBody.of({"waits_for": kind, "name": "ok", "key": key}))


def test_the_result_of_a_wait_is_what_a_signal_or_an_event_has_brought():
    body = WaitBody.of(SIGNAL)
    woken = Woken("signal", "ok", "k")

    made = body(work(woken, '{"a":1}', since=7.0))

    assert value_of(made) == {"a": 1}
    assert made.meta == {"woken_by": "signal", "name": "ok", "key": "k"}
    assert made.since == 7.0
    assert value_of(body(work(woken))) == {}
    assert value_of(body(work(Woken("event", "paid"), '[{"b":2},"id"]'))) == {"b": 2}


def test_a_wait_whose_time_is_up_fails_or_has_its_default():
    config = {**SIGNAL, "timeout": 9.0}
    late = Woken("timeout")
    with pytest.raises(WaitTimeoutError, match="no signal 'ok' came within 9 s"):
        WaitBody.of(config)(work(late))

    made = WaitBody.of({**config, "goes_on": True, "default": "${workflow.input.d}"})(
        work(late, d=[2])
    )

    assert value_of(made) == [2]
    assert made.meta == {"woken_by": "timeout"}


# -- sleep -----------------------------------------------------------------------------------
def test_a_sleep_is_for_seconds_or_until_a_moment():
    assert asked(SleepBody.of({"seconds": "${workflow.input.n}"}), n=3) == Sleep(3.0)
    until = SleepBody.of({"until": "2025-01-01T01:00:00+01:00"})
    assert asked(until) == Sleep(0.0, until=1_735_689_600.0)
    assert until(work(Woken("sleep"))).output == "null"


@pytest.mark.parametrize("value", [True, "3", None, -1, 1e12, float("inf")])
def test_what_is_no_span_is_told(value):
    with pytest.raises(InvalidInputError, match="^seconds: must be"):
        seconds_of(value)


@pytest.mark.parametrize("value", [3, "soon", "2025-01-01T00:00:00", "2025-01-01"])
def test_what_is_no_moment_is_told(value):
    with pytest.raises(InvalidInputError, match="^until: must be a moment"):
        moment_of(value)


# -- workflow --------------------------------------------------------------------------------
CHILD, _ = load_definition(
    {"name": "child", "steps": [work_on("a", "${workflow.input.t}")]},
    functions=functions(),
    providers=[],
)
INLINE = {
    "workflow": "child", "plan": [CHILD.plan.hash, dump(CHILD.plan)],
    "inputs": {"t": "${workflow.input.t}"}, "timeout": 30.0,
}  # fmt: skip


class Family(Household):
    """One that knows no workflow, and whose child has this end."""

    def __init__(self, *ended, **changes):
        super().__init__(ended, None)
        self.changes = changes

    def wanted(self, workflow, inputs, **options):
        raise UnknownWorkflowError(f"no workflow {workflow!r}")

    def child(self, run):
        self.asked = run
        rows = self.children(run)
        return replace(rows[0], **self.changes) if rows else None


def in_family(family, woken=None, **more):
    made = work(woken, **more)
    made.family = family
    return made


def test_a_workflow_that_is_written_within_is_started_with_its_inputs_and_time():
    made = WorkflowBody.of(INLINE)(in_family(Family(), t="x"))

    assert made.outcome == Join()
    (child,) = made.children
    assert (child.plan.hash, child.deadline) == (CHILD.plan.hash, 30.0)
    assert decode(child.context) == {"t": "x"}


def test_inputs_that_it_cannot_take_and_names_that_nobody_knows_are_told():
    with pytest.raises(InvalidInputError, match="workflow 'child': inputs.t: is needed"):
        WorkflowBody.of({**INLINE, "inputs": {}})(in_family(Family()))
    with pytest.raises(WorkflowUnavailableError, match="no workflow 'gone'"):
        WorkflowBody.of({"workflow": "gone"})(in_family(Family()))


def test_its_result_is_that_of_the_child():
    family = Family(Ended(workflow="child", result={"a": 1}))
    made = WorkflowBody.of(INLINE)(in_family(family, Woken("children"), since=5.0))

    assert value_of(made) == {"a": 1}
    assert family.asked == child_id("run_1", "s", 1, 0)
    assert made.since == 5.0


@pytest.mark.parametrize(
    ("family", "said"),
    [
        (Family(), "not there any more"),
        (Family(Ended(workflow="child", failed=("oops", "it broke"))), r"\(oops\): it broke"),
        (Family(Ended(workflow="child"), status="cancelled"), "was cancelled"),
        (Family(Ended(workflow="child"), status="failed"), "None"),
    ],
)
def test_a_child_that_did_not_complete_fails_the_step(family, said):
    with pytest.raises(ChildFailedError, match=said):
        WorkflowBody.of(INLINE)(in_family(family, Woken("children")))


def test_a_step_that_runs_alone_starts_no_run():
    with pytest.raises(OutsideStepError):
        WorkflowBody.of(INLINE)(work())


def test_the_steps_that_are_read_are_known_before():
    assert WaitBody.of({**SIGNAL, "key": "${a.result}", "default": "${b.result}"}).steps == (
        "a",
        "b",
    )
    assert SleepBody.of({"seconds": "${a.result}"}).steps == ("a",)
    assert WorkflowBody.of({**INLINE, "inputs": {"t": "${a.result}"}}).steps == ("a",)
