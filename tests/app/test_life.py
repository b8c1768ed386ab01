"""The engine where a store gives way, where answers are late, and where results are a graph's."""

import asyncio
import threading

import pytest

from perdure.app import life as module
from perdure.app.shown import show
from perdure.authoring import plans
from perdure.authoring.registry import Workflow
from perdure.errors import (
    EngineClosedError,
    RunFailedError,
    RunNotFoundError,
    StoreFullError,
    StoreLostError,
)
from perdure.kernel.directives import Complete, Next
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.ports.executor import Result
from perdure.runtime.envelopes import Ticket
from tests.app.scenes import (
    PATIENCE,
    Body,
    adding,
    begin,
    blocking,
    done,
    engine_of,
    flow,
    until,
)
from tests.runtime.scenes import TroubledStore


def joining() -> Workflow:
    """A graph of two steps and one that needs both."""
    options = {"kind": "said", "lane": "thread"}
    steps = (
        StepPlan(name="a", **options),
        StepPlan(name="b", **options),
        StepPlan(name="c", needs=("a", "b"), **options),
    )
    plan = plans.seal(Plan(workflow="joining", kind=PlanKind.GRAPH, steps=steps))
    return Workflow(plan=plan, begin=begin)


def said(_plan, _step):
    def call(work):
        parts = work.outputs(["a", "b"]) if work.path == "c" else {"": f'"{work.path}"'}
        text = "".join(part.strip('"') for part in parts.values())
        return Result(outcome=Next(), output=f'"{text}"')

    return Body(call)


@pytest.fixture
def trouble(monkeypatch):
    """Return a store that fails as the test says, and what opens engines over it."""
    store = TroubledStore.quiet()
    monkeypatch.setattr(module.hold.__globals__["compose"], "open_store", lambda *_, **__: store)
    return store


def test_a_workflow_may_be_started_by_its_class():
    class Adding:
        __perdure_workflow__ = "adding"

    with engine_of(adding()) as engine:
        assert engine.start(Adding, n=1).result(PATIENCE) == {"n": 2}


def test_a_class_without_a_name_of_its_own_is_called_as_it_is():
    class Plain:
        pass

    plain = flow("Plain", {"a": lambda work: Result(outcome=Complete(), context=work.context)})
    with engine_of(plain) as engine:
        assert engine.start(Plain, n=1).result(PATIENCE) == {"n": 1}


def test_a_graph_comes_to_the_result_of_its_last_step():
    with engine_of(joining()) as engine:
        engine.registry.add_kind("said", said)
        run = engine.start("joining")

        assert run.result(PATIENCE) == "ab"


def test_a_result_can_be_had_where_the_workflow_is_not_known(tmp_path):
    path = str(tmp_path / "s.db")
    with engine_of(adding(), path=path) as engine:
        run = engine.start("adding", n=1).wait(PATIENCE)

    with engine_of(path=path) as other:
        assert other.run(run.id).result(PATIENCE) == {"n": 2}


def test_on_a_full_disk_a_start_is_refused_and_nothing_is_left_of_it(trouble):
    with engine_of(adding(), inline=True) as engine:
        trouble.then((StoreFullError("no room"), "before"))

        with pytest.raises(StoreFullError):
            engine.start("adding", n=1)

        assert engine.runs() == []
        assert engine.start("adding", n=1).result(PATIENCE) == {"n": 2}


def test_on_a_full_disk_what_runs_is_not_lost(trouble):
    made, began, go = blocking()
    with engine_of(made) as engine:
        run = engine.start("blocking")
        began.wait(PATIENCE)
        trouble.then(*[(StoreFullError("no room"), "before")] * 3)
        go.set()

        assert run.result(PATIENCE) == {"attempt": 1}


def test_a_start_whose_answer_is_the_stores_error_raises_it(trouble):
    with engine_of(adding()) as engine:
        until(lambda: engine.quiet)
        trouble.then(*[(StoreFullError("no room"), "before")] * 2)

        with pytest.raises(StoreFullError):
            engine.start("adding", n=1)


def test_a_lost_store_ends_the_engine_and_whoever_waits_is_told(trouble):
    made, began, go = blocking()
    engine = engine_of(made)
    run = engine.start("blocking")
    began.wait(PATIENCE)
    trouble.then(*[(StoreLostError("the disk is gone"), "before")] * 3)
    go.set()

    with pytest.raises(StoreLostError, match="the disk is gone"):
        run.result(PATIENCE)
    with pytest.raises(StoreLostError, match="open another"):
        engine.start("blocking")
    engine.close()


def test_an_answer_that_is_late_is_waited_for(monkeypatch):
    monkeypatch.setattr(module, "END_POLL", 0.001)
    waits = []

    def wait(self, timeout=None):
        waits.append(timeout)
        return Ticket.answer.fget(self) if len(waits) > 2 else None

    with engine_of(adding()) as engine:
        monkeypatch.setattr(Ticket, "wait", wait)
        run = engine.start("adding", n=1)
        monkeypatch.undo()

        assert len(waits) >= 3
        assert run.result(PATIENCE) == {"n": 2}


def test_a_run_whose_key_is_free_again_is_not_found(monkeypatch):
    with engine_of(adding()) as engine:
        engine.start("adding", n=1, idempotency_key="k")
        monkeypatch.setattr(engine.store, "by_start_key", lambda _key: None, raising=False)

        with pytest.raises(RunNotFoundError, match="'k' was taken and is free again"):
            engine.start("adding", n=1, idempotency_key="k")


# -- attempts that take too long --------------------------------------------------------------
def test_a_coroutine_that_takes_too_long_is_cancelled():
    cancelled = threading.Event()

    async def call(_work):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    late = flow("late", {"a": call}, lane="async", a={"timeout": 0.05})
    with engine_of(late) as engine:
        run = engine.start("late")

        with pytest.raises(RunFailedError, match=r"the attempt took longer than 0\.05 s"):
            run.result(PATIENCE)
        assert cancelled.wait(PATIENCE)
        until(lambda: engine.process.crew.holding() == [])


def test_a_thread_that_takes_too_long_is_left_behind_and_what_it_says_later_is_not_heard():
    go = threading.Event()

    def call(work):
        go.wait(PATIENCE)
        return done(work, late=True)

    late = flow("late", {"a": call}, a={"timeout": 0.05})
    with engine_of(late) as engine:
        run = engine.start("late").wait(PATIENCE)
        kept = len(engine.process.crew.holding())
        go.set()
        until(lambda: engine.process.crew.holding() == [])

        assert (run.status, kept) == ("failed", 1), "its slot is taken for as long as it runs"
        assert run.refresh().data == {}


def test_a_step_may_start_and_signal_other_runs():
    """It runs in a thread of the engine's, which must not wait for itself."""
    made = {}

    def call(work):
        other = made["engine"].start("adding", n=1)
        return done(work, other=other.result(PATIENCE)["n"])

    with engine_of(flow("outer", {"a": call}), adding()) as engine:
        made["engine"] = engine

        assert engine.start("outer").result(PATIENCE) == {"other": 2}


def test_what_a_running_step_says_of_itself_shows_in_the_view():
    go_on = threading.Event()

    def slow(work):
        work.pulse(work, 0.25, '"a quarter"')
        go_on.wait(PATIENCE)
        return done(work)

    with engine_of(flow("slow", {"only": slow})) as engine:
        run = engine.start("slow")
        until(lambda: run.refresh().heartbeat is not None)
        beat = run.heartbeat
        (step,) = show(engine.store, run.id).steps
        go_on.set()
        run.wait(PATIENCE)

        assert (beat.step, beat.progress, beat.detail) == ("only", 0.25, "a quarter")
        assert (step.progress, step.detail) == (0.25, "a quarter")
        assert step.beat_at == pytest.approx(beat.at.timestamp(), abs=1e-3)
        assert run.heartbeat is None


def test_what_runs_when_the_engine_closes_is_handed_back_and_goes_on_uncounted(tmp_path):
    """The attempt that an orderly exit cut off does not count: the next one has its number."""
    path = str(tmp_path / "s.db")
    flow, began, go = blocking()
    engine = engine_of(flow, path=path)
    run = engine.start("blocking")
    began.wait(PATIENCE)
    engine.close(timeout=0.0)
    go.set()

    with engine_of(flow, path=path) as reopened:
        assert reopened.run(run.id).result(PATIENCE) == {"attempt": 1}


def test_an_engine_without_a_worker_starts_and_another_one_executes(tmp_path):
    path = str(tmp_path / "s.db")
    with engine_of(adding(), path=path, worker=False) as starter:
        run = starter.start("adding", n=1)
        assert run.refresh().status == "running"
        starter.close()

    with engine_of(adding(), path=path) as worker:
        assert worker.run(run.id).result(PATIENCE) == {"n": 2}


def test_a_closed_engine_says_so():
    engine = engine_of(adding())
    engine.close()
    engine.close()

    with pytest.raises(EngineClosedError):
        engine.start("adding", n=1)
