"""Whole lives of runs: step classes under the real kernel, with time and signals as they come."""

import importlib.util
import sys
from datetime import timedelta

import pytest
from pydantic import BaseModel

from perdure.authoring.defaults import default_registry
from perdure.authoring.steps.current import current_step, get_context
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, fail, goto, sleep, wait
from perdure.authoring.steps.retry import NonRetryable, Retry, RetryAfter
from tests.architecture.tree import ROOT
from tests.authoring.steps.scenes import Life, compiled

HOUR = 3600.0
DAY = 24 * HOUR


class Reminder:
    """003's reminder: it sleeps and is entered again."""

    class Context(BaseModel):
        sent: int = 0
        keys: list[str] = []

    @step(start=True)
    def remind(self):
        ctx = get_context()
        ctx.sent += 1
        ctx.keys.append(current_step().idempotency_key)
        if ctx.sent < 3:
            return sleep(timedelta(hours=24))
        return goto(self.escalate)

    @step()
    def escalate(self):
        return complete(escalated=True)


class Approval:
    class Context(BaseModel):
        document_id: int
        approved: bool = False
        notes: str = ""

    @step(start=True)
    def ask(self):
        return wait.for_signal("reviewed", timeout=timedelta(days=3), on_timeout=self.escalate)

    @step()
    def process(self):
        return goto(self.publish) if get_context().approved else fail(get_context().notes)

    @step()
    def escalate(self):
        return wait.for_signal("manager_reviewed", then=self.publish)

    @step()
    def publish(self):
        return complete(published=True)


class Flaky:
    class Context(BaseModel):
        log: list[int] = []

    @step(start=True, retry=Retry(max_attempts=3, base_delay=2))
    def call(self):
        get_context().log.append(current_step().attempt)
        if current_step().attempt < 3:
            raise ConnectionError("no answer")
        return goto(self.again)

    @step(retry=Retry(max_attempts=2, base_delay=2))
    def again(self):
        if current_step().attempt < 2:
            raise RetryAfter("busy", seconds=60)
        return complete()


def test_a_sleep_enters_its_step_again_under_another_key():
    """S003-24, S003-25, A003-2."""
    life = Life(compiled(Reminder)).start()

    assert (life.status, life.visited) == ("running", ["remind"])
    life.sleep(DAY)
    assert life.visited == ["remind"] * 2
    life.sleep(DAY)
    assert life.visited == ["remind"] * 3 + ["escalate"]
    assert life.status == "completed"
    assert life.data["sent"] == 3
    assert len(set(life.data["keys"])) == 3


def test_a_signal_leads_to_the_step_written_next_with_its_payload():
    """S003-26 to S003-32."""
    life = Life(compiled(Approval)).start(document_id=5)
    life.signal("reviewed", {"approved": True, "reviewer": {"name": "Ada"}})

    assert life.visited == ["ask", "process", "publish"]
    assert life.status == "completed"
    assert life.data == {
        "document_id": 5,
        "approved": True,
        "notes": "",
        "reviewer": {"name": "Ada"},
        "published": True,
    }


def test_a_timeout_leads_to_its_handler_which_may_wait_itself():
    """S003-28, S003-33."""
    life = Life(compiled(Approval)).start(document_id=5).sleep(3 * DAY)
    life.signal("reviewed", {"approved": True})  # too late: it is another wait now

    assert life.visited == ["ask", "escalate"]
    life.signal("manager_reviewed", {"notes": "at last"})
    assert life.visited == ["ask", "escalate", "publish"]
    assert (life.status, life.data["notes"]) == ("completed", "at last")
    assert life.data["approved"] is False


def test_a_step_may_fail_the_run_for_a_reason():
    """S003-23."""
    life = Life(compiled(Approval)).start(document_id=5)
    life.signal("reviewed", {"notes": "not this one"})

    assert (life.status, life.run.failure.error) == ("failed", "not this one")


def test_a_timeout_without_a_handler_fails_the_run():
    """A003-13."""

    class Ask:
        @step()
        def only(self):
            return wait.for_signal("go", timeout=5)

    life = Life(compiled(Ask)).start().sleep(6)

    assert (life.status, life.run.failure.kind) == ("failed", "wait_timeout")


def test_a_wait_in_the_last_step_completes_the_run():
    """A003-1."""

    class Ask:
        @step()
        def only(self):
            return wait.for_signal("go")

    life = Life(compiled(Ask)).start().signal("go", {"by": "Ada"})

    assert life.status == "completed"


def test_a_broadcast_that_comes_while_the_run_is_on_its_way_to_the_wait_is_kept():
    """003's own example sends its mail before its wait has committed."""
    life = Life(compiled(Mail)).start()
    life.signal("answered", {"text": "yes"}, addressed=False)
    life.sleep(2)

    assert life.visited == ["send", "send", "ask", "read"]
    assert life.data["text"] == "yes"


class Mail:
    @step(start=True, retry=Retry(max_attempts=2, base_delay=1))
    def send(self):
        if current_step().attempt == 1:
            raise ConnectionError("no mail server")
        return goto(self.ask)

    @step()
    def ask(self):
        return wait.for_signal("answered")

    @step()
    def read(self):
        return complete()


def test_a_failed_attempt_leaves_no_change():
    """S003-44, A003-8, A003-10."""
    life = Life(compiled(Flaky)).start().sleep(1.9)

    assert life.ran == [("call", 1)]
    life.sleep(0.2)
    assert life.ran == [("call", 1), ("call", 2)]
    life.sleep(4)
    assert life.data["log"] == [3]
    assert life.ran[2:] == [("call", 3), ("again", 1)]
    life.sleep(59)
    assert life.status == "running"  # RetryAfter asked for a minute, the policy for 2 seconds
    life.sleep(1)
    assert (life.status, life.ran[-1]) == ("completed", ("again", 2))


@pytest.mark.parametrize(
    ("retry", "error", "attempts"),
    [
        (Retry(max_attempts=4, base_delay=1), ValueError("x"), 4),
        (Retry(max_attempts=4, retry_on=ConnectionError), ValueError("x"), 1),
        (Retry(max_attempts=4), NonRetryable("x"), 1),
        (Retry.none(), ValueError("x"), 1),
    ],
)
def test_a_step_that_goes_on_failing_fails_the_run(retry, error, attempts):
    """S003-46, A003-9."""

    class Doomed:
        @step(retry=retry)
        def only(self):
            raise error

    life = Life(compiled(Doomed)).start().sleep(DAY)

    assert [attempt for _, attempt in life.ran] == list(range(1, attempts + 1))
    assert (life.status, life.run.failure.step) == ("failed", "only")


def test_a_payload_that_only_the_model_refuses_fails_the_next_step_at_once():
    """A003-7: without another try, and without a trace in the context."""
    life = Life(compiled(Approval)).start(document_id=5)
    life.signal("reviewed", {"approved": "perhaps"})

    assert life.status == "failed"
    assert life.run.failure.kind == "context_invalid"
    assert "approved" in life.run.failure.error
    assert "perhaps" not in life.context


def test_a_payload_is_merged_again_by_each_attempt():
    class Reads:
        class Context(BaseModel):
            total: int = 0

        @step(start=True)
        def ask(self):
            return wait.for_signal("paid")

        @step(retry=Retry(max_attempts=2, base_delay=1))
        def add(self):
            get_context().total += get_context().amount
            if current_step().attempt == 1:
                raise ConnectionError
            return complete()

    life = Life(compiled(Reads)).start().signal("paid", {"amount": 3}).sleep(2)

    assert (life.status, life.data["total"]) == ("completed", 3)


# -- the example -------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def orders():
    """Return the workflow of examples/order_fulfillment.py, loaded as a worker would."""
    path = ROOT / "examples" / "order_fulfillment.py"
    spec = importlib.util.spec_from_file_location("order_fulfillment", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["order_fulfillment"] = module
    spec.loader.exec_module(module)
    yield default_registry().get("order_fulfillment")
    del sys.modules["order_fulfillment"]


def test_the_example_ships_what_was_paid(orders):
    life = Life(orders).start(order_id=7)
    life.signal("payment_received", {"amount": "29.15", "paid_by": "Ada"}, key="7").sleep(DAY)

    assert life.status == "completed"
    assert life.ran == [
        ("confirm_payment", 1),
        ("check_payment", 1),
        ("reserve_inventory", 1),
        ("reserve_inventory", 2),
        ("reserve_inventory", 3),
        ("pack", 1),
        ("pack", 1),
        ("ship_order", 1),
    ]
    assert life.data["shipped"] is True
    assert life.data["reservation"].startswith("R7-2-")


def test_the_example_refuses_too_little_and_cancels_what_nobody_pays(orders):
    poor = Life(orders).start(order_id=7)
    poor.signal("payment_received", {"amount": "1"}, key="7")
    late = Life(orders).start(order_id=8).sleep(2 * DAY)

    assert (poor.status, poor.run.failure.error) == (
        "failed",
        "order 7 costs 29.15, and 1 was paid",
    )
    assert (late.status, late.data["cancelled"]) == ("completed", "no payment within two days")
