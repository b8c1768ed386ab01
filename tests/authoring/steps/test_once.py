"""A step that is run at most once: where nobody knows what an attempt has done, code is asked."""

from decimal import Decimal

import pytest
from pydantic import BaseModel

from perdure.authoring.steps.current import get_context, idempotency_key
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, goto
from perdure.authoring.steps.outcomes import outcome
from perdure.authoring.steps.retry import Retry
from perdure.errors import DefinitionError, NonRetryableError, OutcomeUnknownError
from perdure.executors.invoke import failure
from perdure.kernel.directives import Complete, Goto
from perdure.kernel.messages import Lost
from perdure.wire.encoding import decode
from tests.authoring.steps.scenes import Life, compiled, plan_step, ran, work_of

CHARGES: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _no_charges():
    CHARGES.clear()


def payment(verify, *, is_async=False):
    """Return a class whose first step charges once, and can be asked whether it did."""

    class Payment:
        class Context(BaseModel):
            charge: str = ""
            amount: Decimal = Decimal("9.50")

        if is_async:

            @step(start=True, at_most_once=True, verify=verify)
            async def pay(self):
                return self.charged()

        else:

            @step(start=True, at_most_once=True, verify=verify)
            def pay(self):
                return self.charged()

        @step
        def ship(self):
            return complete()

        def charged(self):
            CHARGES[idempotency_key()] = get_context().charge = "ch_new"
            return goto(self.ship)

        def asked(self, key, context):
            context.charge = f"seen {key[:3]} by {type(self).__name__}"
            return goto(self.ship)

    return Payment


def asked(said, *, is_async=False, **options):
    """Return what an attempt comes to that asks first and hears this."""
    verify = said if callable(said) else lambda _key, _context: said
    return ran(compiled(payment(verify, is_async=is_async)), "pay", verify=True, **options)


def test_the_first_attempt_just_runs():
    result = ran(compiled(payment(lambda _key, _context: 1 / 0)), "pay")

    assert result.outcome == Goto("ship")
    assert list(CHARGES.values()) == ["ch_new"]


def test_the_plan_says_so():
    """Without a way to ask there is nothing to try again."""

    class Silent:
        @step(at_most_once=True)
        def pay(self):
            return complete()

    made = plan_step(payment(lambda _key, _context: None), "pay")
    silent = compiled(Silent, default_retry=Retry(max_attempts=7)).plan.step("pay")

    assert (made.at_most_once, made.verify, made.retry.max_attempts) == (True, True, 3)
    assert (silent.at_most_once, silent.verify, silent.retry.max_attempts) == (True, False, 1)
    assert not plan_step(payment(lambda _key, _context: None), "ship").at_most_once


@pytest.mark.parametrize("is_async", [False, True])
def test_what_was_done_is_not_run_again(is_async):
    result = asked(outcome.done({"charge": "ch_7"}), is_async=is_async)

    assert (result.outcome, decode(result.context)["charge"]) == (Goto("ship"), "ch_7")
    assert not CHARGES


@pytest.mark.parametrize("is_async", [False, True])
def test_what_was_not_done_is_run_under_the_same_key(is_async):
    def verify(key, context):
        CHARGES["asked"] = key
        context.charge = "forgotten"
        return outcome.not_done()

    result = asked(verify, is_async=is_async)

    key = CHARGES.pop("asked")
    assert {key: "ch_new"} == CHARGES
    assert decode(result.context) == {"charge": "ch_new", "amount": "9.50"}


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(
    ("said", "why"),
    [
        (outcome.unknown("the line is dead"), "the line is dead"),
        (outcome.unknown(), "verify could not tell"),
        (None, "verify returned None. Return outcome.done"),
        (outcome.done({"amount": "much"}), "verify raised ContextInvalidError: amount"),
        (outcome.done(then="chip"), "Did you mean 'ship'"),
        (outcome.done(7), "names and values"),
        (lambda _key, _context: 1 / 0, "verify raised ZeroDivisionError: division by zero"),
    ],
)
def test_as_long_as_it_cannot_be_told_nothing_is_run(said, why, is_async):
    """Whatever goes wrong while one asks, nobody knows more than before."""
    with pytest.raises(OutcomeUnknownError, match=why):
        asked(said, is_async=is_async)

    assert not CHARGES


def test_it_may_be_told_that_it_has_failed():
    with pytest.raises(NonRetryableError, match="the card was refused") as caught:
        asked(outcome.failed("the card was refused"))

    told = failure(caught.value, compiled(payment("asked")).bodies["pay"]).outcome
    assert (told.kind, told.retryable) == ("failed", False)


def test_who_is_asked_may_answer_what_the_step_would_have_returned():
    def verify(_key, context):
        context.charge = "ch_9"
        return complete(found=True)

    result = asked(verify)

    assert result.outcome == Complete()
    assert decode(result.context) == {"charge": "ch_9", "amount": "9.50", "found": True}


def test_the_run_may_be_said_to_be_complete():
    assert asked(outcome.done(completes=True)).outcome == Complete()


def test_a_payload_that_the_attempt_begins_with_is_kept_with_what_was_done():
    result = asked(outcome.done({"charge": "ch_7"}), payload='{"amount":"3.00"}')

    assert decode(result.context) == {"charge": "ch_7", "amount": "3.00"}


@pytest.mark.parametrize("is_async", [False, True])
def test_a_method_can_be_asked_by_its_name(is_async):
    flow = compiled(payment("asked", is_async=is_async))
    result = ran(flow, "pay", verify=True)

    key = work_of(flow, "pay").key
    assert decode(result.context)["charge"] == f"seen {key[:3]} by Payment"


def test_a_method_can_be_asked_that_stands_above_the_step():
    class Payment:
        class Context(BaseModel):
            charge: str = ""

        def asked(self, _key, context):
            context.charge = type(self).__name__
            return outcome.done()

        @staticmethod
        def plainly(_key, context):
            context.charge = "plainly"
            return outcome.done()

        @step(start=True, at_most_once=True, verify=asked)
        def pay(self):
            return goto(self.tip)

        @step(at_most_once=True, verify=plainly)
        def tip(self):
            return complete()

    flow = compiled(Payment)

    assert decode(ran(flow, "pay", verify=True).context)["charge"] == "Payment"
    assert decode(ran(flow, "tip", verify=True).context)["charge"] == "plainly"


def test_an_async_step_may_be_asked_after_by_a_coroutine():
    async def verify(_key, _context):
        return outcome.done({"charge": "ch_7"})

    assert decode(asked(verify, is_async=True).context)["charge"] == "ch_7"


def test_a_plain_step_cannot_await_an_answer():
    async def verify(_key, _context):
        return outcome.done()

    with pytest.raises(DefinitionError, match="Make both async"):
        compiled(payment(verify))


def test_a_name_must_be_a_methods():
    with pytest.raises(DefinitionError, match=r"Payment\.pay: verify='nobody' names no method"):
        compiled(payment("nobody"))


def test_a_run_whose_worker_died_hears_what_was_done():
    life = Life(compiled(payment(lambda _key, _context: outcome.done({"charge": "ch_7"}))))
    life._work = lambda: None
    life.start()
    del life._work

    life.tell(Lost("pay", 1, 1))

    assert (life.status, life.data["charge"]) == ("completed", "ch_7")
    assert life.ran == [("pay", 2), ("ship", 1)]
    assert not CHARGES
