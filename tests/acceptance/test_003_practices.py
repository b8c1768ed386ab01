"""S003-63: what a workflow's practice asks for can be done: logs, errors that say why, queues watched."""

import logging
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from perdure import Retry, complete, current_step, get_context, goto, step, workflow
from perdure.authoring.registry import Registry
from perdure.testing import Sandbox

REGISTRY = Registry()
LOG = logging.getLogger("shop.orders")


class PaymentRefusedError(Exception):
    """The bank says no."""


@workflow("order_payment", default_retry=Retry.none(), registry=REGISTRY)
class OrderPayment:
    class Context(BaseModel):
        order_id: int
        card: str
        state: str = "new"

    @step(start=True)
    def pay(self):
        ctx = get_context()
        if ctx.card == "expired":
            raise PaymentRefusedError(f"order {ctx.order_id}: card expired")
        ctx.state = "paid"
        here = current_step()
        LOG.info("order %s is %s", ctx.order_id, ctx.state, extra={"run": here.run_id})
        return goto(self.ship)

    @step(queue="parcels")
    def ship(self):
        return complete(state="shipped")


@pytest.fixture
def engine():
    with Sandbox(registry=REGISTRY) as made:
        yield made


def test_a_step_logs_what_it_changed_and_of_which_run(engine, caplog):
    with caplog.at_level(logging.INFO, "shop"):
        run = engine.start(OrderPayment, order_id=7, card="good")

    (record,) = [each for each in caplog.records if each.name == "shop.orders"]
    assert record.getMessage() == "order 7 is paid"
    assert record.run == run.id


def test_an_error_keeps_what_was_said_of_the_business(engine, caplog):
    run = engine.start(OrderPayment, order_id=7, card="expired").refresh()

    assert run.status == "failed"
    assert run.error["message"] == "order 7: card expired"
    assert (run.error["type"], run.error["step"]) == ("PaymentRefusedError", "pay")
    assert run.id in caplog.text
    assert "order 7: card expired" in caplog.text


def test_what_waits_in_a_queue_and_for_how_long_can_be_watched(engine):
    engine.queues.set("parcels", concurrency=0)
    began = engine.clock.utc
    engine.start(OrderPayment, order_id=7, card="good")

    held = engine.queues.get("parcels")
    engine.queues.set("parcels", concurrency=None)
    engine.process_scheduled()

    assert (held.waiting, held.running, held.waiting_since) == (1, 0, began)
    assert engine.queues.get("parcels").waiting == 0


def test_how_long_each_step_took_can_be_seen(engine):
    run = engine.start(OrderPayment, order_id=7, card="good")

    ended = {row.step: row for row in engine.store.steps(run.id)}

    assert list(ended) == ["pay", "ship"]
    assert all(row.ended_at >= row.started_at for row in ended.values())
    assert datetime.fromtimestamp(ended["ship"].ended_at, UTC) == engine.clock.utc
