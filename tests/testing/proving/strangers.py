"""Workflows as people write them who have read the guide, with a mistake each; and repaired."""

from pydantic import BaseModel

from perdure import (
    complete,
    current_step,
    fail,
    get_context,
    goto,
    outcome,
    sleep,
    step,
    wait,
    wait_for_event,
    workflow,
)
from perdure.testing import Cancel, Event, Signal, scenario_of, world

stripe = world.service("stripe")
paypal = world.service("paypal")
mails = world.service("mails")
safe = world.service("safe", fails=False)

STRANGERS = {}
ORDERS = [{"order_id": 1}, {"order_id": 2}]


class Order(BaseModel):
    order_id: int = 1
    customer: str = "ann"
    receipt: str = ""
    sent: int = 0
    approved: bool = False
    paid_order: int = 0
    legal: bool = False
    finance: bool = False
    line: int = 0
    lines: list[int] = []
    done: list[str] = []


class Base:
    Context = Order

    @step
    def end(self):
        return complete()


def key(suffix=""):
    return current_step().idempotency_key + suffix


def pair(mistake, kind, *, seed=1, **said):
    """Register both classes that the decorated function makes, and a history that tells them apart."""

    def take(make):
        broken, repaired = (
            scenario_of(workflow(f"{mistake} ({which})")(cls), **said)
            for which, cls in zip(("a stranger's", "repaired"), make(), strict=True)
        )
        STRANGERS[mistake] = (broken, repaired, kind, seed)
        return make

    return take


@pair("a key that two runs share", "key used twice", start=ORDERS)
def _a_key_that_two_runs_share():
    class Broken(Base):
        @step(start=True)
        def pay(self):
            ctx = get_context()
            ctx.receipt = stripe("charge", key=f"customer-{ctx.customer}", amount=30)
            return complete()

    class Repaired(Base):
        @step(start=True)
        def pay(self):
            ctx = get_context()
            ctx.receipt = stripe("charge", key=f"order-{ctx.order_id}", amount=30)
            return complete()

    return Broken, Repaired


@pair("another provider after a timeout", "unlearnt", seed=27)
def _another_provider_after_a_timeout():
    class Pays(Base):
        unsure = ()

        @step(start=True)
        def pay(self):
            try:
                stripe("charge", key=key(), amount=30)
            except self.unsure:
                return goto(self.pay_elsewhere)
            return complete()

        @step
        def pay_elsewhere(self):
            paypal("charge", key=key(), amount=30)
            return complete()

    class Broken(Pays):
        unsure = (ConnectionError, TimeoutError)

    class Repaired(Pays):
        unsure = (ConnectionError,)

    return Broken, Repaired


@pair(
    "one key for all reminders",
    "check",
    check=lambda run: run.effects.count("mails.reminder") == 3,
)
def _one_key_for_all_reminders():
    class Broken(Base):
        @step(start=True)
        def remind(self):
            ctx = get_context()
            mails("reminder", key=f"invoice-{ctx.order_id}")
            ctx.sent += 1
            return sleep(86_400) if ctx.sent < 3 else complete()

    class Repaired(Base):
        @step(start=True)
        def remind(self):
            ctx = get_context()
            mails("reminder", key=f"invoice-{ctx.order_id}-{ctx.sent}")
            ctx.sent += 1
            return sleep(86_400) if ctx.sent < 3 else complete()

    return Broken, Repaired


@pair(
    "any where all were meant",
    "check",
    signals=[Signal("legal", {"legal": True}), Signal("finance", {"finance": True})],
    check=lambda run: run.data["legal"] and run.data["finance"],
)
def _any_where_all_were_meant():
    class Broken(Base):
        @step(start=True)
        def ask(self):
            return wait.any(wait.for_signal("legal"), wait.for_signal("finance"), then=self.end)

    class Repaired(Base):
        @step(start=True)
        def ask(self):
            ctx = get_context()
            if ctx.legal and ctx.finance:
                return complete()
            return wait.any(wait.for_signal("legal"), wait.for_signal("finance"), then=self.ask)

    return Broken, Repaired


@pair(
    "counts what is told twice",
    "check",
    signals=[Signal("item", {"line": 1}), Signal("item", {"line": 2})],
    check=lambda run: len(run.data["lines"]) <= 2,
)
def _counts_what_is_told_twice():
    class Collects(Base):
        @step(start=True)
        def collect(self):
            return wait.for_signal("item", timeout=3600, then=self.add, on_timeout=self.end)

    class Broken(Collects):
        @step
        def add(self):
            get_context().lines.append(get_context().line)
            return goto(self.collect)

    class Repaired(Collects):
        @step
        def add(self):
            ctx = get_context()
            ctx.lines = sorted({*ctx.lines, ctx.line})
            return goto(self.collect)

    return Broken, Repaired


@pair("cancelled while it charges", "unlearnt", acts=[Cancel()])
def _cancelled_while_it_charges():
    class Charges(Base):
        @step(start=True)
        def pay(self):
            ctx = get_context()
            ctx.receipt = stripe("charge", key=f"order-{ctx.order_id}")
            return sleep(3600, then=self.end)

    class Broken(Charges):
        @step(on_cancel=True)
        def pay_back(self):
            if get_context().receipt:
                stripe("refund", key=f"refund-{get_context().order_id}")

    class Repaired(Charges):
        @step(on_cancel=True)
        def pay_back(self):
            if stripe.find(f"order-{get_context().order_id}"):
                stripe("refund", key=f"refund-{get_context().order_id}")

    return Broken, Repaired


@pair("a misspelt signal", "stuck", signals=["approval"])
def _a_misspelt_signal():
    class Broken(Base):
        @step(start=True)
        def ask(self):
            return wait.for_signal("aproval", then=self.end)

    class Repaired(Base):
        @step(start=True)
        def ask(self):
            return wait.for_signal("approval", then=self.end)

    return Broken, Repaired


def was_charged(key, _context):
    found = safe.find(key)
    return outcome.done(complete(receipt=found)) if found else outcome.not_done()


@pair("at most once, and nobody settles", "stuck", seed=4)
def _at_most_once_and_nobody_settles():
    class Broken(Base):
        @step(start=True, at_most_once=True)
        def pay(self):
            get_context().receipt = safe("charge", key=key())
            return complete()

    class Repaired(Base):
        @step(start=True, at_most_once=True, verify=was_charged)
        def pay(self):
            get_context().receipt = safe("charge", key=key())
            return complete()

    return Broken, Repaired


@pair(
    "reserves again with each reminder",
    "check",
    seed=9,
    check=lambda run: run.effects.count("stripe.reserve") == 1,
)
def _reserves_again_with_each_reminder():
    class Broken(Base):
        @step(start=True)
        def ask(self):
            get_context().receipt = stripe("reserve", key=key())
            return wait.for_signal("ok", timeout=86_400, then=self.end, on_timeout=self.remind)

        @step
        def remind(self):
            mails("reminder", key=key())
            return goto(self.ask)

    class Repaired(Base):
        @step(start=True)
        def reserve(self):
            get_context().receipt = stripe("reserve", key=key())
            return goto(self.ask)

        @step
        def ask(self):
            return wait.for_signal("ok", timeout=86_400, then=self.end, on_timeout=self.remind)

        @step
        def remind(self):
            mails("reminder", key=key())
            return goto(self.ask)

    return Broken, Repaired


@pair(
    "an event about any order",
    "check",
    start=ORDERS,
    acts=[
        Event(
            "paid", lambda given: {"paid_order": given["order_id"]}, entity="Order",
            of="order_id", once_waiting=True,
        )
    ],
    check=lambda run: run.data["paid_order"] == run.arguments["order_id"],
)  # fmt: skip
def _an_event_about_any_order():
    class Broken(Base):
        @step(start=True)
        def wait_for_payment(self):
            return wait_for_event("paid", then=self.end)

    class Repaired(Base):
        @step(start=True)
        def wait_for_payment(self):
            return wait_for_event("paid", entity=("Order", get_context().order_id), then=self.end)

    return Broken, Repaired


@pair("a hook without a key", "done twice", seed=5)
def _a_hook_without_a_key():
    class Fails(Base):
        @step(start=True)
        def pay(self):
            get_context().receipt = stripe("charge", key=key())
            return goto(self.ship)

        @step
        def ship(self):
            return fail("nothing in stock")

    class Broken(Fails):
        @step(on_fail=True)
        def pay_back(self):
            stripe("refund", of=get_context().receipt)

    class Repaired(Fails):
        @step(on_fail=True)
        def pay_back(self):
            stripe("refund", key=key(), of=get_context().receipt)

    return Broken, Repaired


@pair("reads what only a payload has", "raised", signals=[Signal("review", optional=True)])
def _reads_what_only_a_payload_has():
    class Asks(Base):
        @step(start=True)
        def ask(self):
            return wait.for_signal("review", timeout=60, then=self.end, on_timeout=self.decide)

    class Broken(Asks):
        @step
        def decide(self):
            return complete(status="yes" if get_context().agreed else "no")

    class Repaired(Asks):
        @step
        def decide(self):
            return complete(status="yes" if get_context().approved else "no")

    return Broken, Repaired
