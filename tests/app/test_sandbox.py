"""An engine to try things out with: virtual time, in which attempts last as long as is said."""

from perdure.app.sandbox import Sandbox
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry

SIDE_BY_SIDE = {
    "name": "both",
    "steps": [
        {"id": name, "type": "data_processing", "function": "clean_text", "input": name}
        for name in ("a", "b")
    ]
    + [{"id": "c", "type": "aggregation", "depends_on": ["a", "b"], "timeout": 5}],
}


def run_out(sandbox, run):
    while run.refresh().view.ended_at is None and sandbox.go_on():
        pass
    return run


def seconds(run):
    return (run.view.ended_at - run.view.created_at).total_seconds()


def test_attempts_take_no_time_unless_that_is_said():
    flow, _ = load_definition(SIDE_BY_SIDE)
    with Sandbox() as sandbox:
        run = run_out(sandbox, sandbox.start(flow))

    assert (run.status, seconds(run)) == ("completed", 0.0)


def test_steps_that_run_side_by_side_last_as_long_as_the_longest():
    flow, _ = load_definition(SIDE_BY_SIDE)
    times = iter([2.0, 3.0, 1.0])
    with Sandbox(Registry(), lasted=lambda: next(times)) as sandbox:
        run = run_out(sandbox, sandbox.start(flow))
        steps = {row.step: (row.started_at, row.ended_at) for row in sandbox.store.steps(run.id)}

    began = run.view.created_at.timestamp()
    assert (run.status, seconds(run)) == ("completed", 4.0)
    assert steps["a"] == (began, began + 2)
    assert steps["b"] == (began, began + 3)


def test_one_that_lasts_too_long_is_timed_out():
    flow, _ = load_definition(SIDE_BY_SIDE)
    times = iter([0.0, 0.0, 60.0])
    with Sandbox(lasted=lambda: next(times)) as sandbox:
        run = run_out(sandbox, sandbox.start(flow))

    assert (run.status, run.error["kind"], seconds(run)) == ("failed", "timeout", 5.0)


def test_one_that_lasts_for_days_keeps_its_lease():
    flow, _ = load_definition({**SIDE_BY_SIDE, "steps": SIDE_BY_SIDE["steps"][:1]})
    with Sandbox(lasted=lambda: 7200.0) as sandbox:
        run = run_out(sandbox, sandbox.start(flow))

    assert (run.status, seconds(run)) == ("completed", 7200.0)


def test_where_nothing_is_due_no_time_passes():
    flow, _ = load_definition(SIDE_BY_SIDE)
    with Sandbox() as sandbox:
        began = sandbox.clock.now()
        run = sandbox.start(flow, delay=60.0)

        assert not sandbox.go_on(until=began + 59)
        assert sandbox.clock.now() == began
        assert run_out(sandbox, run).status == "completed"
        assert not sandbox.go_on()
        assert sandbox.clock.now() == began + 60
