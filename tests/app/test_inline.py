"""An engine whose steps run in its callers' threads."""

import asyncio

import pytest

from perdure.app.virtual import VirtualClock
from perdure.errors import ResultTimeoutError
from perdure.kernel.directives import Goto, Sleep
from perdure.ports.executor import Result
from tests.app.scenes import adding, asking, done, engine_of, flow, sleeping


def nested(call):
    """Return a workflow whose step calls the engine it runs in."""
    return flow("nested", {"a": call})


@pytest.fixture
def engines():
    """Engines that the steps of a test find here."""
    return []


def opened(engines, *flows, **options):
    engine = engine_of(*flows, inline=True, **options)
    engines.append(engine)
    return engine


def test_a_step_may_start_a_run_which_goes_on_when_the_step_has_ended(engines):
    seen = []

    def call(work):
        child = engines[0].start("adding", n=1)
        seen.append((child, child.refresh().status))
        return done(work)

    with opened(engines, adding(), nested(call)) as engine:
        engine.start("nested")

        (child, status) = seen[0]
        assert status == "running"
        assert child.refresh().data == {"n": 2}


def test_a_step_may_wait_for_the_run_that_it_started(engines):
    def call(work):
        return done(work, child=engines[0].start("adding", n=1).result())

    with opened(engines, adding(), nested(call)) as engine:
        assert engine.start("nested").result() == {"child": {"n": 2}}


def test_a_step_may_signal_its_own_run(engines):
    def call(work):
        engines[0].signal("answer", {"by": "itself"}, run_id=work.run)
        return Result(outcome=Goto("ask"))

    flows = asking()
    both = flow(
        "both",
        {"a": call, **{name: body.call for name, body in flows.bodies.items()}},
        ask={"waits": ("answer",), "coming": ("answer",)},
    )
    with opened(engines, both) as engine:
        assert engine.start("both").result() == {"by": "itself"}


def test_a_chain_of_runs_does_not_grow_the_stack(engines):
    def call(work):
        left = int(work.context.strip('{}"n: '))
        if left:
            engines[0].start("nested", n=left - 1)
        return done(work)

    with opened(engines, nested(call)) as engine:
        engine.start("nested", n=300)

        assert len(engine.runs(limit=500, status="completed")) == 301


def test_many_runs_share_the_slots(engines):
    with opened(engines, adding()) as engine:
        runs = engine.start_many("adding", [{"n": n} for n in range(1000)])

        assert all(run.refresh().status == "completed" for run in runs)


def test_it_works_where_an_event_loop_runs(engines):
    async def call(work):
        await asyncio.sleep(0)
        return done(work, awaited=True)

    async def user():
        with opened(engines, flow("waits", {"a": call}, lane="async")) as engine:
            return engine.start("waits").result()

    assert asyncio.run(user()) == {"awaited": True}


def test_nothing_is_due_before_its_time(engines):
    clock = VirtualClock()
    with opened(engines, sleeping(60), clock=clock) as engine:
        run = engine.start("sleeping")

        assert engine.next_due() == clock.now() + 60
        clock.advance(59)
        engine.process_scheduled()
        assert run.refresh().status == "waiting"
        clock.advance(1)
        engine.process_scheduled()
        assert run.refresh().status == "completed"
        assert engine.next_due() is None


def test_more_timers_than_one_look_finds_are_fired_by_one_call(engines, monkeypatch):
    monkeypatch.setattr("perdure.runtime.timekeeper.MOST_TIMERS", 7)
    monkeypatch.setattr("perdure.app.inline.MOST_TIMERS", 7)
    clock = VirtualClock()
    with opened(engines, sleeping(60), clock=clock) as engine:
        engine.start_many("sleeping", [{}] * 30)
        clock.advance(60)

        engine.process_scheduled()

        assert len(engine.runs(status="completed")) == 30


def test_a_step_that_sleeps_for_no_time_does_not_hold_the_call(engines):
    endless = flow("endless", {"a": lambda _work: Result(outcome=Sleep(0.0))})
    with opened(engines, endless, clock=VirtualClock()) as engine:
        run = engine.start("endless")
        engine.process_scheduled()

        assert run.refresh().status == "waiting"


def test_what_no_waiting_brings_is_told(engines):
    with opened(engines, asking()) as engine:
        run = engine.start("asking")

        with pytest.raises(ResultTimeoutError, match="process_scheduled"):
            run.result()


def test_ctrl_c_in_a_step_comes_to_the_caller_and_the_engine_goes_on(engines):
    calls = []

    def call(work):
        calls.append(work)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return done(work)

    with opened(engines, nested(call), adding()) as engine:
        with pytest.raises(KeyboardInterrupt):
            engine.start("nested")

        assert engine.start("adding", n=1).result() == {"n": 2}
        (_, stopped) = engine.runs()
        assert (stopped.status, stopped.error["message"]) == ("failed", "the attempt was stopped")
