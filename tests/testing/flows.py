"""Workflows as users write them, for the tests of the test kit; `REGISTRY` has them all."""

from datetime import timedelta

from pydantic import BaseModel

from perdure import (
    Retry,
    complete,
    current_step,
    fail,
    get_context,
    goto,
    sleep,
    step,
    wait,
    workflow,
)
from perdure.authoring.registry import Registry

REGISTRY = Registry()
WEEK = timedelta(days=7)


@workflow("kit_order", registry=REGISTRY)
class Order:
    class Context(BaseModel):
        order_id: int
        paid: bool = False
        log: list[str] = []

    @step(start=True)
    def ask(self):
        get_context().log.append("asked")
        return wait.for_signal("payment", timeout=WEEK, on_timeout="give_up")

    @step(retry=Retry(max_attempts=3, base_delay=timedelta(minutes=1), backoff_factor=10))
    def ship(self):
        ctx = get_context()
        if not ctx.paid:
            return fail("it was not paid")
        if current_step().attempt < 3:
            raise ConnectionError("the carrier does not answer")
        return complete(note="thank you")

    @step()
    def give_up(self):
        return complete(note="no payment came")


@workflow("kit_reminder", registry=REGISTRY)
class Reminder:
    class Context(BaseModel):
        name: str = "reminder"
        every: float = 3600.0
        most: int = 3
        sent: int = 0

    @step(start=True)
    async def remind(self):
        ctx = get_context()
        ctx.sent += 1
        return sleep(ctx.every) if ctx.sent < ctx.most else goto(self.end)

    @step()
    def end(self):
        return complete()


@workflow("kit_endless", registry=REGISTRY)
class Endless:
    @step(start=True)
    def turn(self):
        return sleep(0)
