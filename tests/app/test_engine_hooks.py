"""Hooks of runs on an engine: what a user may rely on when a run fails or is cancelled."""

import threading

import pytest
from pydantic import BaseModel

from perdure.app.engine import Engine
from perdure.authoring.heartbeats import cancel_requested
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto, wait
from perdure.authoring.steps.hooks import get_failure
from perdure.authoring.steps.retry import Retry
from perdure.errors import RunFailedError
from tests.app.scenes import PATIENCE, until


@pytest.fixture(params=["memory", "file"])
def engine(request, tmp_path):
    place = ":memory:" if request.param == "memory" else str(tmp_path / "s.db")
    with Engine(place, registry=hosted()) as made:
        yield made


def hosted():
    registry = Registry()

    @workflow("order", registry=registry)
    class Order:
        class Context(BaseModel):
            paid: int = 0
            back: bool = False
            bad_hook: bool = False
            log: list[str] = []

        @step(start=True)
        def begin(self):
            get_context().log.append("begin")
            return wait.for_signal("paid", then=self.ship)

        @step(retry=Retry.none())
        def ship(self):
            if get_context().log[-1] != "again":
                raise ValueError("no stock")
            return complete()

        @step(on_fail=True, retry=Retry.none())
        def refund(self):
            failure = get_failure()
            get_context().log.append(f"refund {failure.step} {failure.kind}")
            if get_context().bad_hook:
                raise RuntimeError("the hook is broken, too")
            if get_context().back:
                get_context().log.append("again")
                return goto(self.ship)
            return None

        @step(on_cancel=True)
        def release(self):
            get_context().log.append(f"release {get_failure()}")
            return complete(released=True)

    declare_busy(registry)
    return registry


def declare_busy(registry):
    """Put a workflow into a registry whose step and hook go on until they are called off."""

    @workflow("busy", registry=registry)
    class Busy:
        @step(start=True)
        def work(self):
            while not cancel_requested():
                threading.Event().wait(0.01)
            return complete(seen=True)

        @step(on_cancel=True)
        def hang(self):
            while not cancel_requested():
                threading.Event().wait(0.01)


def failed(engine, **inputs):
    run = engine.start("order", **inputs)
    until(lambda: run.refresh().status == "waiting")
    engine.signal("paid", {"paid": 3}, run_id=run.id)
    run.wait(PATIENCE)
    return run.refresh()


def test_a_run_that_fails_has_its_hook_behind_it_and_tells_why_it_failed(engine):
    run = failed(engine)

    assert run.status == "failed"
    assert run.data["log"] == ["begin", "refund ship error"]
    assert run.data["paid"] == 3, "the hook began with what the failed step had"
    assert (run.error["message"], run.current_step) == ("no stock", "ship")


def test_a_hook_that_goes_on_saves_the_run(engine):
    run = failed(engine, back=True)

    assert run.status == "completed"
    assert run.error is None


def test_a_broken_hook_hides_nothing_and_its_changes_are_discarded(engine):
    run = failed(engine, bad_hook=True)

    assert run.error["message"] == "no stock"
    assert run.data["log"] == ["begin"]
    with pytest.raises(RunFailedError, match="no stock"):
        run.result(PATIENCE)


def test_a_run_that_failed_is_retried_at_what_failed(engine):
    run = failed(engine)

    assert engine.retry(run.id)
    assert run.wait(PATIENCE)
    assert run.refresh().data["log"] == ["begin", "refund ship error", "refund ship error"]


def test_a_run_that_is_cancelled_ends_with_its_hook(engine):
    run = engine.start("order")
    until(lambda: run.refresh().status == "waiting")
    engine.cancel(run.id)
    run.wait(PATIENCE)

    assert (run.refresh().status, run.data["released"]) == ("cancelled", True)
    assert run.data["log"] == ["begin", "release None"]


def test_a_step_in_a_thread_can_see_that_it_is_cancelled_and_a_hook_that_hangs_can_be_ended(engine):
    run = engine.start("busy")
    until(lambda: run.refresh().current_step == "work")

    assert engine.cancel(run.id)
    assert not engine.cancel(run.id)
    assert run.refresh().status == "cancelling"
    assert engine.cancel(run.id, by="ann", why="it hangs", force=True)
    assert run.wait(PATIENCE)

    assert run.refresh().status == "cancelled"
