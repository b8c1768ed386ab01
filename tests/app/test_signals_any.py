"""Waits with several ways out, from a class to its end: one way wins, and the next step knows it."""

import pytest
from pydantic import BaseModel

from perdure import complete, step, wait, woken_by
from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.compiler import compile_class
from perdure.testing import Sandbox
from tests.app.scenes import PATIENCE, until


class Payment(BaseModel):
    amount: int


class Order:
    class Context(BaseModel):
        amount: int = 0
        by: list[str | None] = []

    @step(start=True)
    def ask(self):
        return wait.any(
            wait.for_signal("paid", accepts=Payment, then=self.ship),
            wait.for_signal("cancelled", key="k"),
            timeout=60,
            on_timeout=self.late,
        )

    @step()
    def told(self):
        return complete(by=list(woken_by()))

    @step()
    def ship(self):
        return complete(by=list(woken_by()))

    @step()
    def late(self):
        return complete(by=list(woken_by()))


@pytest.fixture(params=["memory", "file"])
def engine(request, tmp_path):
    path = ":memory:" if request.param == "memory" else str(tmp_path / "s.db")
    registry = Registry()
    registry.add(compile_class(Order, "order"))
    with Engine(path, registry=registry, worker=True) as engine:
        yield engine


def waiting(engine):
    run = engine.start("order")
    until(lambda: run.refresh().status == "waiting")
    return run


def test_the_first_of_several_signals_wins_and_the_step_is_told_which(engine):
    run = waiting(engine)

    answer = engine.signal("cancelled", key="k")
    late = engine.signal("paid", {"amount": 3}, run_id=run.id)

    assert (answer.woken, late.woken) == ((run.id,), ())
    assert run.result(PATIENCE)["by"] == ["signal", "cancelled", "k"]


def test_each_way_leads_to_its_own_step_with_what_was_brought(engine):
    run = waiting(engine)

    engine.signal("paid", {"amount": 3}, run_id=run.id)

    assert run.result(PATIENCE) == {"amount": 3, "by": ["signal", "paid", None]}


def test_a_payload_that_the_wait_does_not_accept_is_refused_and_the_wait_goes_on(engine):
    """Also one that came before the wait: it is dropped there."""
    run = waiting(engine)

    refused = engine.signal("paid", {}, run_id=run.id)
    engine.signal("paid", {"amount": 3}, run_id=run.id)

    assert refused.refused == ((run.id, '"amount" is a required property'),)
    assert run.result(PATIENCE)["amount"] == 3


def test_the_timeout_of_them_all_is_told_too():
    registry = Registry()
    registry.add(compile_class(Order, "order"))
    with Sandbox(registry=registry) as engine:
        run = engine.start("order")

        engine.clock.advance(seconds=61)

        assert run.refresh().data["by"] == ["timeout", "", None]
