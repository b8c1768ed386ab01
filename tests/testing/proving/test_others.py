"""Runs that are cancelled, held up, and told events: mistakes that show only then, and their twins."""

import pytest

from perdure import (
    complete,
    current_step,
    get_context,
    goto,
    sleep,
    step,
    wait,
    wait_for_event,
    workflow,
)
from perdure.testing import Cancel, Event, Pause, Signal, prove, scenario_of, world
from tests.testing.proving.mistakes import DAY, Base

payments = world.service("payments of others")


class Charges(Base):
    """Charges, then waits for an approval that somebody may not wait for."""

    @step(start=True)
    def charge(self):
        get_context().receipt = payments("charge", key=current_step().idempotency_key, amount=3)
        return wait.for_signal("approval", then=self.end)

    @step()
    def end(self):
        return complete(paid=True)


@workflow("keeps the money of who cancels")
class KeepsTheMoney(Charges):
    """Nobody pays back what a cancelled run has charged."""


@workflow("pays back who cancels")
class PaysBack(Charges):
    @step(on_cancel=True)
    def pay_back(self):
        ctx = get_context()
        if ctx.receipt:
            ctx.refund = payments("refund", key=current_step().idempotency_key, of=ctx.receipt)


@workflow("waits for an event that was told")
class WaitsTooLate(Base):
    """The event may come while the run sleeps, and is then told to nobody."""

    @step(start=True)
    def begin(self):
        return sleep(5.0, then=self.ask)

    @step()
    def ask(self):
        return wait_for_event("paid", entity=("Order", get_context().order_id), then=self.end)

    @step()
    def end(self):
        return complete()


@workflow("looks after the event itself")
class LooksItself(Base):
    @step(start=True)
    def begin(self):
        return sleep(5.0, then=self.ask)

    @step()
    def ask(self):
        about = ("Order", get_context().order_id)
        return wait_for_event("paid", entity=about, timeout=DAY, then=self.end, on_timeout=self.end)

    @step()
    def end(self):
        return complete()


class Keyed(Base):
    """Waits for the payment of its order, by a key."""

    class Context(Base.Context):
        customer: int = 0
        paid_order: int = 0

    @step()
    def end(self):
        return complete()


@workflow("waits by what two runs share")
class SharesAKey(Keyed):
    @step(start=True)
    def ask(self):
        return wait.for_signal("payment", key=get_context().customer, then=self.end)


@workflow("waits by what is its own")
class HasItsKey(Keyed):
    @step(start=True)
    def ask(self):
        return wait.for_signal("payment", key=get_context().order_id, then=self.end)


@workflow("tries and sleeps")
class TriesAndSleeps(Base):
    @step(start=True)
    def charge(self):
        ctx = get_context()
        ctx.receipt = payments("charge", key=current_step().idempotency_key, amount=3)
        return sleep(5.0, then=self.again)

    @step()
    def again(self):
        ctx = get_context()
        ctx.tries += 1
        return goto(self.end) if ctx.tries > 2 else sleep(1.0)

    @step()
    def end(self):
        return complete()


def paid_or_paid_back(run):
    assert run.status in ("completed", "cancelled")
    assert run.data.get("paid") or bool(run.data["refund"]) == bool(run.data["receipt"])


def cancelled(flow):
    return scenario_of(flow, signals=["approval"], acts=[CANCEL], check=paid_or_paid_back)


CANCEL = Cancel(optional=True, once_waiting=True)
ORDERS = [{"order_id": 1, "customer": 7}, {"order_id": 2, "customer": 7}]


def paying(flow, key):
    payment = Signal(
        "payment", lambda given: {"paid_order": given["order_id"]}, key=key, once_waiting=True
    )
    return scenario_of(
        flow, start=ORDERS, signals=[payment],
        check=lambda run: run.data["paid_order"] == run.arguments["order_id"],
    )  # fmt: skip


def told(flow):
    return scenario_of(
        flow, start={"order_id": 3}, acts=[Event("paid", entity="Order", of="order_id")]
    )


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (cancelled(KeepsTheMoney), "check"),
        (told(WaitsTooLate), "stuck"),
        (paying(SharesAKey, "customer"), "check"),
    ],
)
def test_a_mistake_is_found(broken, kind):
    verdict = prove(broken)

    assert verdict.finding is not None
    assert verdict.finding.kind == kind, str(verdict)


@pytest.mark.parametrize(
    "repaired",
    [
        cancelled(PaysBack),
        told(LooksItself),
        paying(HasItsKey, "order_id"),
        scenario_of(TriesAndSleeps, acts=[Pause(optional=False), Pause(once_waiting=True)]),
    ],
)
def test_the_repaired_twin_passes(repaired):
    assert (verdict := prove(repaired, histories=40)).ok, str(verdict)


def test_a_verdict_tells_what_others_did():
    verdict = prove(cancelled(KeepsTheMoney))

    assert any("was cancelled" in each for each in verdict.mishaps)


def test_the_seed_gives_the_same_history_again():
    first = prove(told(WaitsTooLate))

    assert prove(told(WaitsTooLate), seed=first.seed).finding == first.finding
