"""Going back and forking: what users may rely on."""

import threading

import pytest
from pydantic import BaseModel

from perdure.app.engine import Engine
from perdure.app.rewinding import place_of, point_of
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import get_context, idempotency_key
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto, wait
from perdure.authoring.steps.retry import Retry
from perdure.errors import CannotRewindError, InvalidValueError, RunNotFoundError
from tests.app.scenes import PATIENCE, until

KEYS = []


def hosted():
    registry = Registry()

    @workflow("order", registry=registry)
    class Order:
        class Context(BaseModel):
            price: int = 10
            paid: int = 0
            log: list[str] = []

        @step(start=True)
        def quote(self):
            get_context().log.append(f"quoted {get_context().price}")
            return wait.for_signal("paid", then=self.ship)

        @step(retry=Retry.none())
        def ship(self):
            KEYS.append(idempotency_key())
            if get_context().paid < get_context().price:
                raise ValueError("too little was paid")
            get_context().log.append("shipped")
            return goto(self.end)

        @step
        def end(self):
            get_context().log.append("ended")
            return complete()

        @step(on_cancel=True)
        def release(self):
            get_context().log.append("released")

    return registry


@pytest.fixture(params=["memory", "file"])
def engine(request, tmp_path):
    place = ":memory:" if request.param == "memory" else str(tmp_path / "s.db")
    with Engine(place, registry=hosted()) as made:
        yield made


def run_of(engine, paid):
    run = engine.start("order", tags=["vip"])
    until(lambda: run.refresh().status == "waiting")
    engine.signal("paid", {"paid": paid}, run_id=run.id)
    run.wait(PATIENCE)
    return run


def test_a_failed_run_goes_back_with_a_corrected_context_and_completes(engine):
    run = run_of(engine, paid=3)
    assert run.status == "failed"

    back = engine.rewind(run.id, "ship", context={"price": 3}, by="ann", why="rebate")

    assert back.result(PATIENCE)["log"] == ["quoted 10", "shipped", "ended"]
    assert "rebate" in str(engine.store.history(run.id))


def test_a_step_that_is_come_to_anew_has_a_new_key(engine):
    run = run_of(engine, paid=10)
    KEYS.clear()

    for _ in range(2):
        engine.rewind(run.id, "ship").result(PATIENCE)

    assert len(set(KEYS)) == 2


def test_a_step_comes_anew_under_the_key_that_it_had_if_keys_are_kept(engine):
    run = run_of(engine, paid=10)
    first = KEYS[-1]
    KEYS.clear()

    for _ in range(2):
        engine.rewind(run.id, "ship", keep_keys=True).result(PATIENCE)
    engine.rewind(run.id, "ship").result(PATIENCE)
    fresh = KEYS[-1]
    engine.rewind(run.id, "ship", visit=1, keep_keys=True).result(PATIENCE)

    assert [first, first, fresh, first] == KEYS
    assert fresh != first


def test_a_failed_visit_that_keeps_its_key_keeps_it_when_it_is_retried(engine):
    run = run_of(engine, paid=3)
    KEYS.clear()
    engine.rewind(run.id, "ship", keep_keys=True).wait(PATIENCE)

    engine.retry(run.id)
    run.wait(PATIENCE)

    assert run.refresh().status == "failed"
    assert len(KEYS) == 2
    assert len(set(KEYS)) == 1


def test_steps_that_come_again_have_their_keys_and_what_is_new_has_one_of_its_own():
    flow = Registry()
    keys = []

    @workflow("reminds", registry=flow)
    class Reminds:
        class Context(BaseModel):
            most: int
            sent: int = 0

        @step(start=True)
        def remind(self):
            keys.append(idempotency_key())
            ctx = get_context()
            ctx.sent += 1
            return goto(self.remind) if ctx.sent < ctx.most else complete()

    with Engine(":memory:", registry=flow) as engine:
        run = engine.start("reminds", most=3)
        run.wait(PATIENCE)
        before, keys[:] = list(keys), []

        engine.rewind(run.id, "remind", visit=2, context={"most": 5}, keep_keys=True)
        run.wait(PATIENCE)

        assert keys[:2] == before[1:]
        assert len(set(before + keys)) == 3 + 2
        assert run.refresh().data == {"most": 5, "sent": 5}


def test_a_visit_of_another_run_has_no_key_to_keep(engine):
    run = run_of(engine, paid=10)
    fork = engine.fork(run.id, "ship")
    fork.result(PATIENCE)
    KEYS.clear()

    engine.rewind(fork.id, "ship", keep_keys=True).result(PATIENCE)

    assert len(KEYS) == 1, "it began there"


def test_an_ended_run_goes_back_to_any_visit_with_what_that_began_with(engine):
    run = run_of(engine, paid=10)

    again = engine.rewind(run.id, "ship", visit=1)

    assert again.result(PATIENCE) == run.data
    assert engine.rewind(run.id, "end").result(PATIENCE) == run.data
    back = engine.rewind(run.id, "quote", context={"price": 5})
    until(lambda: back.refresh().status == "waiting")
    assert back.data == {"price": 5, "paid": 0, "log": ["quoted 5"]}


def test_a_fork_leaves_the_other_run_alone_and_is_found_like_it(engine):
    run = run_of(engine, paid=10)

    fork = engine.fork(run.id, "ship", context={"price": 7})

    assert fork.result(PATIENCE)["log"] == ["quoted 10", "shipped", "ended"]
    assert (fork.refresh().data["price"], run.refresh().data["price"]) == (7, 10)
    assert {view.id for view in engine.runs(where={"tag": "vip"})} == {run.id, fork.id}


def test_a_fork_of_a_schedules_run_is_not_the_schedules(engine):
    engine.schedules.create("nightly", "order", every=3600)
    run = engine.schedules.run_now("nightly")
    until(lambda: run.refresh().status == "waiting")

    fork = engine.fork(run.id, "quote")

    assert [view.id for view in engine.runs(where={"schedule": "nightly"})] == [run.id]
    assert fork.id != run.id


def test_a_run_that_waits_goes_back_and_its_wait_is_over(engine):
    run = engine.start("order")
    until(lambda: run.refresh().status == "waiting")

    engine.rewind(run.id, "quote", context={"price": 1})
    until(lambda: run.refresh().data["log"] == ["quoted 1"])

    assert engine.signal("paid", {"paid": 1}, run_id=run.id).woken == (run.id,)
    assert run.result(PATIENCE)["log"] == ["quoted 1", "shipped", "ended"]


def test_a_cancelled_run_goes_back_to_before_what_its_hook_did(engine):
    run = engine.start("order")
    until(lambda: run.refresh().status == "waiting")
    engine.cancel(run.id)
    run.wait(PATIENCE)

    back = engine.rewind(run.id, "quote")

    until(lambda: back.refresh().status == "waiting")
    assert back.data["log"] == ["quoted 10"]


@pytest.mark.parametrize(
    ("step_", "visit", "why"),
    [
        ("nowhere", None, "no such step. It has: quote, ship, end, release"),
        ("release", None, "that is a hook"),
        ("ship", None, "has not come to this step"),
        ("quote", 2, "it has no visit 2; the last one is 1"),
        ("quote", 0, "it has no visit 0"),
    ],
)
def test_a_visit_that_is_none_is_named(engine, step_, visit, why):
    run = engine.start("order")
    until(lambda: run.refresh().status == "waiting")

    for go_back in (engine.rewind, engine.fork):
        with pytest.raises(CannotRewindError, match=why):
            go_back(run.id, step_, visit=visit)


def test_a_run_that_has_not_begun_cannot_go_back(engine):
    run = engine.start("order", delay=60)

    with pytest.raises(CannotRewindError, match="it is pending"):
        engine.rewind(run.id, "quote")


def test_what_the_context_cannot_have_is_refused(engine):
    run = run_of(engine, paid=10)

    with pytest.raises(InvalidValueError, match="price"):
        engine.rewind(run.id, "quote", context={"price": "much"})
    with pytest.raises(RunNotFoundError):
        engine.fork("run_nobody", "quote")


def test_what_was_not_kept_is_said(engine):
    """Runs of before perdure kept it; here the row is taken away."""
    run = run_of(engine, paid=10)
    traces = engine.store.traces

    class Forgetful:
        def __getattr__(self, name):
            return getattr(engine_store, name)

        def traces(self, *asked):
            return [row._replace(context=None) for row in traces(*asked)]

    engine_store = engine.store
    loaded = engine.loaded(run.id)
    plan = engine.process.plans.get(loaded.row.plan)
    with pytest.raises(CannotRewindError, match="is not known"):
        point_of(Forgetful(), loaded, plan, "quote", None)


def test_a_step_and_a_visit_are_read_from_one_text():
    assert place_of("ship") == ("ship", None)
    assert place_of("ship#2") == ("ship", 2)
    with pytest.raises(InvalidValueError, match="is no STEP#VISIT"):
        place_of("ship#last")


# -- visits that were stopped ------------------------------------------------------------------
def test_the_first_visit_of_a_run_that_its_deadline_stopped_can_be_gone_back_to():
    """Its hook has changed the context since; the visit began with what the hook found."""
    flow = Registry()
    began = threading.Event()

    @workflow("hangs", registry=flow)
    class Hangs:
        class Context(BaseModel):
            ready: bool = False
            log: list[str] = []

        @step(start=True)
        def work(self):
            if not get_context().ready:
                began.wait(PATIENCE)
            get_context().log.append("worked")
            return complete()

        @step(on_fail=True)
        def undo(self):
            get_context().log.append("undone")

    with Engine(":memory:", registry=flow) as engine:
        run = engine.start("hangs", deadline=0.1)
        run.wait(PATIENCE)
        began.set()
        failed = (run.refresh().status, run.data["log"])
        back = engine.rewind(run.id, "work", context={"ready": True})

        assert failed == ("failed", ["undone"])
        assert back.result(PATIENCE)["log"] == ["worked"]
        assert engine.fork(run.id, "work", visit=1, context={"ready": True}).result(PATIENCE) == {
            "ready": True, "log": ["worked"],
        }  # fmt: skip


# -- what is not kept any more -----------------------------------------------------------------
def test_a_visit_of_which_nothing_is_kept_any_more_cannot_be_gone_back_to():
    flow = Registry()

    @workflow("polls", registry=flow)
    class Polls:
        class Context(BaseModel):
            n: int = 0
            log: str = "x" * 300

        @step(start=True)
        def poll(self):
            ctx = get_context()
            ctx.n += 1
            return goto(self.poll) if ctx.n < 200 else wait.for_signal("go", then=self.end)

        @step
        def end(self):
            return complete()

    with Engine(":memory:", registry=flow) as engine:
        run = engine.start("polls")
        until(lambda: run.refresh().status == "waiting")
        (long,) = engine.store.archive.long(0, 100, 1)
        engine.store.archive.cut(long, 100, 1000)

        with pytest.raises(CannotRewindError, match="is not kept any more"):
            engine.rewind(run.id, "poll", visit=5)
        with pytest.raises(CannotRewindError, match="not kept, or not any more"):
            engine.rewind(run.id, "poll", visit=105)
        with pytest.raises(CannotRewindError, match="how the run began is not kept"):
            engine.rewind(run.id, "poll", visit=199, keep_keys=True)
        back = engine.rewind(run.id, "poll", visit=199)
        until(lambda: back.refresh().status == "waiting")
        assert (back.data["n"], len(engine.store.history(run.id)) > 100) == (200, True)
