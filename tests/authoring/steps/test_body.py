"""A step's body: the context in, the method called, the directive and the context out."""

import asyncio
from decimal import Decimal

import pytest
from pydantic import BaseModel, ConfigDict

from perdure.authoring.steps.current import current_step, get_context, place
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, fail, goto, sleep, wait
from perdure.authoring.steps.retry import NonRetryable, Retry
from perdure.errors import ContextInvalidError, InvalidStepResultError
from perdure.kernel.directives import Complete, Fail, Goto, Sleep, Wait
from perdure.wire.encoding import decode
from tests.authoring.steps.scenes import compiled, data_after, ran, work_of

START = '{"order_id":1,"paid":false,"total":"0","log":[]}'


class Order:
    class Context(BaseModel):
        model_config = ConfigDict(validate_assignment=False)
        order_id: int
        paid: bool = False
        total: Decimal = Decimal(0)
        log: list[str] = []

    made = 0

    def __init__(self):
        type(self).made += 1

    @step(start=True)
    def pay(self):
        get_context().paid = True
        return goto(self.ship)

    @step()
    def look(self):
        assert get_context().order_id == 1
        return goto("ship")

    @step()
    def nap(self):
        return sleep(5)

    @step()
    def nap_then(self):
        return sleep(5, then=self.ship)

    @step()
    def ask(self):
        return wait.for_signal("go", key=7, timeout=3, on_timeout="ship", then=self.pay, fresh=True)

    @step()
    def ask_plainly(self):
        return wait.for_signal("go")

    @step()
    def answer(self):
        return complete(result=get_context().order_id)

    @step()
    def give_up(self):
        get_context().log.append("tried")
        return fail("no stock")

    @step()
    async def fetch(self):
        await asyncio.sleep(0)
        get_context().log.append(place())
        return goto(self.ship)

    @step(retry=Retry(retry_on=ConnectionError))
    def ship(self):
        return complete()


FLOW = compiled(Order)


def slipped(body):
    """Return the error of a step with this body, in a class that has `pay` and `later` besides."""

    class Slip:
        @step(start=True)
        def pay(self):
            return complete()

        async def later(self):
            return complete()

    body.__name__ = "slip"
    Slip.slip = step()(body)
    with pytest.raises((InvalidStepResultError, ContextInvalidError)) as error:
        ran(compiled(Slip), "slip")
    return error.value


# -- directives --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("pay", Goto("ship")),
        ("look", Goto("ship")),
        ("nap", Sleep(5.0, None)),
        ("nap_then", Sleep(5.0, "ship")),
        ("ask_plainly", Wait(name="go", then="answer")),
        ("answer", Complete()),
        ("give_up", Fail("no stock")),
        ("fetch", Goto("ship")),
        ("ship", Complete()),
    ],
)
def test_what_a_step_returns_becomes_the_kernels_directive(name, outcome):
    """S003-18, S003-21 to S003-26."""
    assert ran(FLOW, name, START).outcome == outcome


def test_a_wait_keeps_all_that_was_said():
    assert ran(FLOW, "ask", START).outcome == Wait(
        name="go", key="7", timeout=3.0, on_timeout="ship", then="pay", fresh=True
    )


# -- the context -------------------------------------------------------------------------------
def test_changes_are_kept_and_no_change_writes_nothing():
    """S003-14."""
    assert decode(ran(FLOW, "pay", START).context) == {**decode(START), "paid": True}
    assert ran(FLOW, "look", START).context is None


def test_changes_before_a_fail_are_kept():
    assert data_after(FLOW, "give_up", START)["log"] == ["tried"]


def test_data_of_complete_is_in_the_context():
    """S003-22."""
    assert data_after(FLOW, "answer", START)["result"] == 1


def test_a_payload_is_merged_before_the_step_and_written_after_it():
    """S003-31."""
    result = ran(FLOW, "look", START, '{"form":{"name":"Ada"}}')

    assert decode(result.context)["form"] == {"name": "Ada"}


def test_a_payload_that_changes_nothing_is_written_all_the_same():
    """The payload's row goes with the report, so the context must come with it."""
    assert ran(FLOW, "look", START, "{}").context == START


def test_a_payload_that_the_model_refuses_fails_the_step():
    with pytest.raises(ContextInvalidError, match=r"^paid: .* payload of a signal brought it"):
        ran(FLOW, "look", START, '{"paid":"maybe"}')


def test_a_stored_context_that_does_not_fit_fails_the_step():
    with pytest.raises(ContextInvalidError, match=r"^order_id: .* stored context does not fit"):
        ran(FLOW, "look", "{}")


def test_each_step_gets_a_new_instance():
    """A003-21."""
    before = Order.made
    ran(FLOW, "look", START)
    ran(FLOW, "look", START)

    assert Order.made == before + 2


def test_a_subclasss_step_is_the_one_that_runs():
    class Special(Order):
        @step()
        def ship(self):
            return complete(special=True)

    assert data_after(compiled(Special), "ship", START)["special"] is True


def test_what_a_step_raises_comes_through_and_nothing_is_left_behind():
    """S003-44."""

    class Broken:
        @step()
        def only(self):
            raise ConnectionError("gone")

        @step(start=True)
        async def other(self):
            raise ConnectionError("gone too")

    flow = compiled(Broken)

    for name in ("only", "other"):
        with pytest.raises(ConnectionError):
            ran(flow, name)
        assert place() == ""


# -- async -------------------------------------------------------------------------------------
def test_async_steps_see_their_own_context_also_side_by_side():
    """A003-23."""

    class Slow:
        class Context(BaseModel):
            n: int

        @step()
        async def only(self):
            mine = get_context().n
            for _ in range(3):
                await asyncio.sleep(0)
                assert get_context().n == mine
            return complete(seen=[mine, current_step().attempt])

    flow = compiled(Slow)
    body = flow.bodies["only"]

    async def together():
        attempts = [work_of(flow, "only", f'{{"n":{n}}}', attempt=n) for n in range(1, 9)]
        return await asyncio.gather(*(body(work) for work in attempts))

    results = asyncio.run(together())

    assert body.is_async
    assert not FLOW.bodies["pay"].is_async
    assert [decode(each.context)["seen"] for each in results] == [[n, n] for n in range(1, 9)]


def test_an_async_step_is_named_where_it_runs():
    assert data_after(FLOW, "fetch", START)["log"] == ["Order.fetch"]


# -- slips -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (lambda _self: None, "Slip.slip returned nothing. Is a `return` missing?"),
        (lambda _self: "pay", "Slip.slip returned the text 'pay'. Write return goto(self.pay)"),
        (lambda _self: "nowhere", "Slip.slip returned the text 'nowhere', which names no step"),
        (lambda self: self.pay, "Slip.slip returned the step 'pay' itself"),
        (lambda self: self.later(), "Slip.slip returned later(), not awaited"),
        (lambda _self: 3, "Slip.slip returned int 3"),
        (lambda self: goto(str(self)[:0] + "nope"), "Slip.slip asked for goto with 'nope'"),
        (lambda self: sleep(1, then=str(self)[:0] + "x"), "asked for sleep(then=...) with 'x'"),
        (
            lambda self: wait.for_signal("s", then=str(self)[:0] + "x"),
            "asked for wait.for_signal(then=...) with 'x'",
        ),
        (
            lambda self: wait.for_event("s", then=str(self)[:0] + "x"),
            "asked for wait.for_event(then=...) with 'x'",
        ),
        (
            lambda self: wait.for_signal(
                "s", timeout=1, on_timeout=str(self)[:0] + "x", then=self.pay
            ),
            "asked for wait.for_signal(on_timeout=...) with 'x'",
        ),
        (lambda self: goto(getattr(self, "pay")()), "Slip.slip: goto(...) got what a step"),  # noqa: B009
    ],
)
def test_each_slip_is_named_with_class_and_step(body, said):
    """A003-20."""
    error = slipped(body)

    assert isinstance(error, InvalidStepResultError)
    assert said in str(error)


def hidden_wait():
    return wait.for_signal("go")


def test_a_wait_that_was_not_seen_when_declared_is_judged_when_it_runs():
    """It must never end a run because nobody said where it goes on."""

    class Hidden:
        @step(start=True)
        def ask(self):
            return hidden_wait()

        @step()
        def process(self):
            return goto(self.process) if self else goto(self.last)

        @step()
        def last(self):
            return hidden_wait()

    flow = compiled(Hidden)

    with pytest.raises(
        InvalidStepResultError, match=r"(?s)Hidden\.ask: it is unclear where .* then="
    ):
        ran(flow, "ask")
    assert ran(flow, "last").outcome == Wait(name="go")


def test_an_undeclared_attribute_names_class_and_step():
    def slip(_self):
        get_context().payed = True

    error = slipped(slip)

    assert str(error).startswith("payed: Context has no field of this name (Slip.slip).")


def test_a_wrong_value_at_the_end_names_field_class_and_step():
    class Careless:
        class Context(BaseModel):
            count: int = 0

        @step()
        def only(self):
            get_context().count = "many"
            return complete()

    with pytest.raises(ContextInvalidError, match=r"^count: .* got 'many'\. .*Careless\.only"):
        ran(compiled(Careless), "only")


# -- which errors are tried again --------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "error", "again"),
    [
        ("pay", ValueError(), True),
        ("pay", NonRetryable("never"), False),
        ("pay", ContextInvalidError("x"), False),
        ("ship", ConnectionError(), True),
        ("ship", ValueError(), False),
    ],
)
def test_the_body_says_which_errors_are_tried_again(name, error, again):
    assert FLOW.bodies[name].retryable(error) is again


def test_what_the_context_itself_refuses_is_not_tried_again():
    class Checked:
        class Context(BaseModel):
            model_config = ConfigDict(validate_assignment=True)
            count: int = 0

        @step()
        def only(self):
            get_context().count = "many"
            return complete()

    flow = compiled(Checked)
    with pytest.raises(ValueError, match="many") as error:
        ran(flow, "only")

    assert not flow.bodies["only"].retryable(error.value)
