"""Steps of definitions that wait, sleep, or run another workflow, in a real engine."""

from datetime import UTC, datetime, timedelta

import pytest

from perdure.app.engine import Engine
from perdure.app.shown import show
from perdure.authoring.functions import function
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry
from perdure.errors import RunFailedError
from perdure.ports.rows import RunFilter
from perdure.testing.sandbox import Sandbox

PATIENCE = 60.0


@function("test_graphs_double")
def double(number: int) -> int:
    """Return twice the number; a negative one is refused."""
    if number < 0:
        raise ValueError("negative")
    return 2 * number


DOUBLE = {"type": "data_processing", "function": "test_graphs_double"}
CHILD = {"name": "doubler", "steps": [{"id": "d", "input": "${workflow.input.n}", **DOUBLE}]}


def flow_of(*steps, name="graph", **more):
    flow, _ = load_definition({"name": name, "steps": list(steps), **more})
    return flow


@pytest.fixture(params=["memory", "file"])
def engine(request, tmp_path):
    path = tmp_path / "s.db" if request.param == "file" else None
    with Engine(path, registry=Registry()) as made:
        yield made


@pytest.fixture
def inline():
    """An engine in which each step has run when a call returns, under virtual time."""
    with Sandbox(registry=Registry()) as made:
        yield made


@pytest.fixture
def clock(inline):
    return inline.clock


def seconds(run, name):
    step = next(step for step in run_steps(run) if step.step == name)
    return step.ended_at - step.started_at


def run_steps(run):
    return run._engine.store.steps(run.id)


# -- wait ------------------------------------------------------------------------------------
def test_a_wait_for_a_signal_has_what_it_brings_as_its_result(inline, clock):
    wait = {"id": "ok", "type": "wait", "signal": "approved"}
    run = inline.start(flow_of(wait, output="${ok.result.by}"))
    assert run.refresh().waiting_signal == "approved"
    clock.advance(90)

    answer = inline.signal("approved", {"by": "ada"}, run_id=run.id)

    assert answer.woken == (run.id,) or run.id in str(answer)
    assert run.refresh().result() == "ada"
    assert seconds(run, "ok") == 90


def test_a_signal_that_comes_before_its_wait_is_kept(inline):
    sleep = {"id": "first", "type": "sleep", "seconds": 5}
    wait = {"id": "ok", "type": "wait", "signal": "approved", "depends_on": ["first"]}
    run = inline.start(flow_of(sleep, wait))
    inline.signal("approved", {"n": 1}, run_id=run.id)
    assert run.refresh().status == "waiting"


def test_a_form_refuses_what_does_not_fit_and_the_wait_goes_on(inline):
    form = {"approved": {"type": "boolean"}}
    run = inline.start(flow_of({"id": "ok", "type": "wait", "signal": "s", "form": form}))

    inline.signal("s", {"approved": "yes"})
    assert run.refresh().status == "waiting"
    inline.signal("s", {"approved": True})

    assert run.refresh().result() == {"approved": True}


def test_a_key_tells_waits_apart(inline):
    wait = {"type": "wait", "signal": "paid", "key": "${loop.current_item}"}
    loop = {
        "id": "each", "type": "loop", "iterate_over": ["a", "b"], "step": wait, "parallel": True,
    }  # fmt: skip
    run = inline.start(flow_of(loop))

    inline.signal("paid", {"n": 2}, key="b")
    inline.signal("paid", {"n": 1}, key="a")

    assert run.refresh().result() == [{"n": 1}, {"n": 2}]


def test_a_wait_whose_time_is_up_fails_or_goes_on_with_a_default(inline, clock):
    wait = {"id": "ok", "type": "wait", "signal": "s", "timeout": 60}
    failing = inline.start(flow_of(wait))
    going_on = {**wait, "on_timeout": "continue", "default": {"by": "${workflow.input.who}"}}
    other = inline.start(flow_of(going_on, name="other"), who="nobody")

    clock.advance(60)

    assert failing.refresh().error["kind"] == "wait_timeout"
    assert "no signal 's' came within 60 s" in failing.error["message"]
    assert other.refresh().result() == {"by": "nobody"}


def test_a_wait_for_an_event_is_for_one_entity(inline):
    wait = {
        "id": "paid", "type": "wait", "event": "order_paid", "entity": "${workflow.input.order}",
        "match": {"currency": "EUR"},
    }  # fmt: skip
    run = inline.start(flow_of(wait, output="${paid.result.amount}"), order=5)

    inline.emit("order_paid", entity=6, payload={"amount": 1, "currency": "EUR"})
    inline.emit("order_paid", entity=5, payload={"amount": 2, "currency": "USD"})
    assert run.refresh().status == "waiting"
    inline.emit("order_paid", entity=5, payload={"amount": 3, "currency": "EUR"})

    assert run.refresh().result() == 3


def test_a_run_that_waits_can_be_cancelled_paused_and_rewound(inline):
    wait = {"id": "ok", "type": "wait", "signal": "s"}
    after = {"id": "d", "input": "${ok.result.n}", **DOUBLE}
    flow = flow_of(wait, after)
    cancelled = inline.start(flow)
    inline.cancel(cancelled.id)
    paused = inline.start(flow)
    inline.pause(paused.id)
    inline.signal("s", {"n": 1}, run_id=paused.id)
    assert paused.refresh().status != "completed"
    inline.resume(paused.id)

    assert cancelled.refresh().status == "cancelled"
    assert paused.refresh().result() == 2
    inline.rewind(paused.id, "ok")
    assert paused.refresh().status == "waiting"
    inline.signal("s", {"n": 4}, run_id=paused.id)
    assert paused.refresh().result() == 8


# -- sleep -----------------------------------------------------------------------------------
def test_a_sleep_ends_after_its_seconds_or_at_its_moment(inline, clock):
    until = (clock.utc + timedelta(hours=1)).isoformat()
    run = inline.start(
        flow_of(
            {"id": "a", "type": "sleep", "seconds": "${workflow.input.n}"},
            {"id": "b", "type": "sleep", "until": until},
        ),
        n=60,
    )

    clock.advance(60)
    assert [row.step for row in run_steps(run)] == ["a"]
    assert seconds(run, "a") == 60
    clock.advance(3_540)

    assert run.refresh().result() == {"a": None, "b": None}


def test_a_moment_that_has_passed_is_not_waited_for(inline):
    past = datetime(2020, 1, 1, tzinfo=UTC).isoformat()

    run = inline.start(flow_of({"id": "b", "type": "sleep", "until": past}))
    inline.process_scheduled()

    assert run.refresh().status == "completed"


# -- workflow --------------------------------------------------------------------------------
def test_a_workflow_within_is_run_for_its_result(engine):
    step = {
        "id": "w",
        "type": "workflow",
        "workflow": CHILD,
        "inputs": {"n": "${workflow.input.n}"},
    }
    run = engine.start(flow_of(step), n=4)

    assert run.result(PATIENCE) == 8
    (child,) = engine.store.find(RunFilter(parent=run.id))
    assert child.status == "completed"


def test_a_workflow_is_found_by_its_name_also_in_the_store_alone(engine):
    other, _ = load_definition(CHILD)
    assert engine.start(other, n=1).result(PATIENCE) == 2
    engine.registry._workflows.clear()

    step = {"id": "w", "type": "workflow", "workflow": "doubler", "inputs": {"n": 3}}

    assert engine.start(flow_of(step)).result(PATIENCE) == 6


def test_several_workflows_are_run_beside_each_other(engine):
    child = {"type": "workflow", "workflow": CHILD, "inputs": {"n": "${loop.current_item}"}}
    loop = {
        "id": "each", "type": "loop", "iterate_over": list(range(20)), "step": child,
        "parallel": True,
    }  # fmt: skip
    one = {"id": "one", "type": "workflow", "workflow": CHILD, "inputs": {"n": 5}}

    run = engine.start(flow_of(loop, one))

    assert run.result(PATIENCE) == {"each": [2 * n for n in range(20)], "one": 10}


def test_a_workflow_that_fails_fails_its_step_and_says_why(engine):
    step = {"id": "w", "type": "workflow", "workflow": CHILD, "inputs": {"n": -1}}
    with pytest.raises(RunFailedError, match="'w': .*failed .error.: negative"):
        engine.start(flow_of(step)).result(PATIENCE)

    gone = {"id": "w", "type": "workflow", "workflow": "gone"}
    run = engine.start(flow_of(gone, name="other"))
    with pytest.raises(RunFailedError, match="no workflow 'gone'"):
        run.result(PATIENCE)
    assert run.refresh().error["kind"] == "workflow_unavailable"


def test_a_cancel_reaches_the_run_within(inline):
    wait = {"name": "waiting", "steps": [{"id": "ok", "type": "wait", "signal": "s"}]}
    run = inline.start(flow_of({"id": "w", "type": "workflow", "workflow": wait}))

    inline.cancel(run.id)

    (child,) = inline.store.find(RunFilter(parent=run.id))
    assert (run.refresh().status, child.status) == ("cancelled", "cancelled")


def test_a_run_within_has_so_much_time(inline, clock):
    wait = {"name": "waiting", "steps": [{"id": "ok", "type": "wait", "signal": "s"}]}
    step = {"id": "w", "type": "workflow", "workflow": wait, "timeout": 30}
    run = inline.start(flow_of(step))

    clock.advance(30)

    assert run.refresh().error["kind"] == "child_failed"
    assert "deadline" in run.error["message"]


def test_a_step_that_is_come_to_again_starts_another_run(inline):
    wait = {"name": "waiting", "steps": [{"id": "ok", "type": "wait", "signal": "s"}]}
    run = inline.start(flow_of({"id": "w", "type": "workflow", "workflow": wait}))

    inline.rewind(run.id, "w")

    states = sorted(row.status for row in inline.store.find(RunFilter(parent=run.id)))
    assert states == ["cancelled", "waiting"]


# -- conditions in loops ---------------------------------------------------------------------
def test_an_item_is_decided_by_a_condition(engine):
    step = {
        "type": "conditional",
        "condition": "${loop.current_item} > 1",
        "if_true": {**DOUBLE, "input": "${loop.current_item}"},
    }
    run = engine.start(
        flow_of({"id": "each", "type": "loop", "iterate_over": [1, 2, 3], "step": step})
    )

    assert run.result(PATIENCE) == [None, 4, 6]


# -- what is shown ---------------------------------------------------------------------------
def test_a_step_that_rests_is_shown_with_what_it_waits_for(inline, clock):
    wait = {"name": "waiting", "steps": [{"id": "ok", "type": "wait", "signal": "s"}]}
    run = inline.start(
        flow_of(
            {"id": "ask", "type": "wait", "signal": "s", "timeout": 60},
            {"id": "nap", "type": "sleep", "seconds": 30},
            {"id": "sub", "type": "workflow", "workflow": wait},
        )
    )

    shown = {step.step: step for step in show(inline.store, run.id).steps}

    ask, nap, sub = shown["ask"], shown["nap"], shown["sub"]
    assert (ask.status, ask.awaits, ask.due) == ("waiting", "signal 's'", clock.now() + 60)
    assert (nap.status, nap.due, nap.started_at) == ("sleeping", clock.now() + 30, clock.now())
    assert (sub.status, sub.children, sub.ended_at) == ("waiting", True, None)


# -- loops in loops --------------------------------------------------------------------------
def test_loops_stand_in_loops_and_come_to_lists_of_lists(engine):
    inner = {
        "type": "loop", "iterate_over": "${loop.current_item}", "parallel": True,
        "step": {**DOUBLE, "input": "${loop.current_item}"},
    }  # fmt: skip
    outer = {
        "id": "each", "type": "loop", "iterate_over": "${workflow.input.rows}", "step": inner,
        "parallel": True,
    }  # fmt: skip
    rows = [[1, 2, 3], [], [4], list(range(50))]

    run = engine.start(flow_of(outer), rows=rows)

    assert run.result(PATIENCE) == [[2 * number for number in row] for row in rows]


def test_what_failed_in_a_loop_in_a_loop_may_be_collected(engine):
    inner = {
        "type": "loop", "iterate_over": "${loop.current_item}",
        "step": {**DOUBLE, "input": "${loop.current_item}"},
    }  # fmt: skip
    outer = {
        "id": "each", "type": "loop", "iterate_over": [[1], [-1, 2]], "step": inner,
        "on_item_error": "collect", "error_handling": {"retry_failed_steps": False},
    }  # fmt: skip

    first, second = engine.start(flow_of(outer)).result(PATIENCE)

    assert first == [2]
    assert second["error"]["kind"] == "error"
