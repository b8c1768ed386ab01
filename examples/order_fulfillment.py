"""An order: wait for its payment, reserve its items with retries, pack, and ship it.

    python examples/order_fulfillment.py [ORDER_ID]

It starts a run, sends the signal that the payment has come, and prints what the run came to. Kill
it at any moment: nothing is lost, no step whose result was recorded is done again, and

    perdure worker examples/order_fulfillment.py

goes on where it was. Without the signal the order is cancelled after two days.
"""

import sys
from datetime import timedelta
from decimal import Decimal

from pydantic import BaseModel

from perdure import (
    Directive,
    Retry,
    complete,
    current_step,
    engine,
    fail,
    get_context,
    goto,
    sleep,
    step,
    wait,
    workflow,
)

PRICES = {"kettle": Decimal("24.90"), "cup": Decimal("4.25")}
PACKING = timedelta(seconds=0.5)
QUICKLY = Retry(max_attempts=5, base_delay=timedelta(milliseconds=200))


class WarehouseBusyError(Exception):
    """The warehouse's service did not answer; the next attempt may find it better."""


class Warehouse:
    """Stands for a service of somebody else: it fails twice, and honours an idempotency key."""

    def reserve(self, order_id: int, items: list[str]) -> str:
        """Reserve the items, once for a key however often it is asked."""
        attempt = current_step()
        if attempt.attempt < 3:
            raise WarehouseBusyError(f"no answer (attempt {attempt.attempt})")
        return f"R{order_id}-{len(items)}-{attempt.idempotency_key[:6]}"


@workflow("order_fulfillment")
class OrderFulfillmentWorkflow:
    """Confirm payment, reserve inventory, pack, ship."""

    class Context(BaseModel):
        """What a run knows of its order. A signal may bring more, such as who has paid."""

        order_id: int
        items: list[str] = ["kettle", "cup"]
        total: Decimal = Decimal("0.00")
        amount: Decimal = Decimal("0.00")
        payment_confirmed: bool = False
        reservation: str = ""
        packed: bool = False
        shipped: bool = False

    @step(start=True)
    def confirm_payment(self) -> Directive:
        """Ask for the money, and wait until someone says that it has come."""
        ctx = get_context()
        ctx.total = sum((PRICES[item] for item in ctx.items), Decimal(0))
        return wait.for_signal(
            "payment_received",
            key=str(ctx.order_id),
            timeout=timedelta(days=2),
            on_timeout=self.cancel_order,
        )

    @step()
    def check_payment(self) -> Directive:
        """Compare what came (the signal's `amount` is in the context) with what was asked."""
        ctx = get_context()
        if ctx.amount < ctx.total:
            return fail(f"order {ctx.order_id} costs {ctx.total}, and {ctx.amount} was paid")
        ctx.payment_confirmed = True
        return goto(self.reserve_inventory)

    @step(retry=QUICKLY)
    def reserve_inventory(self) -> Directive:
        """Reserve the items. It fails twice, and the engine tries again."""
        ctx = get_context()
        ctx.reservation = Warehouse().reserve(ctx.order_id, ctx.items)
        return goto(self.pack)

    @step()
    def pack(self) -> Directive:
        """Give the warehouse time to pack: the first visit sleeps, the second goes on."""
        ctx = get_context()
        if not ctx.packed:
            ctx.packed = True
            return sleep(PACKING)
        return goto(self.ship_order)

    @step()
    def ship_order(self) -> Directive:
        """Hand the parcel over."""
        get_context().shipped = True
        return complete(carrier="snail mail")

    @step()
    def cancel_order(self) -> Directive:
        """End an order that nobody paid for."""
        return complete(cancelled="no payment within two days")


def main() -> None:
    """Fulfil one order from start to end."""
    order_id = int(sys.argv[1]) if len(sys.argv) > 1 else 123
    run = engine.start("order_fulfillment", order_id=order_id)
    print(f"started {run.id}: {run.status} at {run.current_step}")

    payment = {"amount": "29.15", "paid_by": "Ada"}
    engine.signal("payment_received", payment, run_id=run.id, key=str(order_id))
    result = run.result(timeout=30)
    print(f"order {result['order_id']} was paid by {result['paid_by']}: {result['amount']}")
    print(f"reserved as {result['reservation']}, shipped by {result['carrier']}")


if __name__ == "__main__":
    main()
