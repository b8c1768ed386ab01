"""What users call in a step, and what each call refuses."""

from datetime import timedelta

import pytest
from pydantic import BaseModel

from perdure.authoring.steps.current import enter, leave
from perdure.authoring.steps.directives import (
    Completed,
    GivenUp,
    GoTo,
    SleepFor,
    WaitFor,
    WaitForAny,
    complete,
    fail,
    goto,
    sleep,
    wait,
    wait_for_event,
)
from perdure.errors import InvalidStepResultError


class Orders:
    def ship(self):
        return complete()

    async def ashore(self):
        return complete()


ORDERS = Orders()


@pytest.fixture
def _inside_a_step():
    token = enter(None, None, "Orders.pay")
    yield
    leave(token)


# -- goto --------------------------------------------------------------------------------------
@pytest.mark.parametrize("target", [ORDERS.ship, Orders.ship, "ship"])
def test_goto_takes_a_method_or_its_name(target):
    """S003-18."""
    assert goto(target) == GoTo("ship")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (ORDERS.ship(), "Name the step without calling it: self.STEP"),
        (None, "Name the step without calling it: self.STEP"),
        (3, "its name as text, not 3"),
        ("", "its name as text, not ''"),
    ],
)
def test_goto_refuses_what_is_no_step(target, said):
    with pytest.raises(InvalidStepResultError) as error:
        goto(target)

    assert str(error.value).startswith("goto(...) ")
    assert said in str(error.value)


def test_goto_of_a_called_async_step_names_it_and_leaves_nothing_unawaited():
    with pytest.raises(InvalidStepResultError, match=r"called ashore\(\).*self\.ashore"):
        goto(ORDERS.ashore())


@pytest.mark.usefixtures("_inside_a_step")
def test_a_wrong_directive_names_the_step_that_asked_for_it():
    with pytest.raises(InvalidStepResultError, match=r"^Orders\.pay: goto\(\.\.\.\) "):
        goto(None)


def test_a_callable_without_a_name_is_no_step():
    class Nameless:
        def __call__(self):
            return None

    with pytest.raises(InvalidStepResultError, match="needs a step"):
        goto(Nameless())


# -- sleep -------------------------------------------------------------------------------------
def test_sleep_takes_a_timedelta_or_seconds():
    """S003-24."""
    assert sleep(timedelta(hours=24)) == SleepFor(86_400.0, None)
    assert sleep(1.5) == SleepFor(1.5, None)


def test_sleep_can_say_where_to_go_on():
    """A003-2."""
    assert sleep(1, then=ORDERS.ship) == SleepFor(1.0, "ship")
    assert sleep(1, "ship") == SleepFor(1.0, "ship")


def test_sleep_refuses_what_is_no_duration():
    with pytest.raises(InvalidStepResultError, match=r"sleep cannot use this: .* not str '1h'"):
        sleep("1h")


def test_sleep_refuses_a_target_that_was_called():
    with pytest.raises(InvalidStepResultError, match=r"sleep\(\.\.\., then=\.\.\.\) got what"):
        sleep(1, then=ORDERS.ship())


# -- wait --------------------------------------------------------------------------------------
def test_a_wait_has_no_limit_unless_it_is_given_one():
    """S003-26."""
    assert wait.for_signal("paid") == WaitFor(
        name="paid", key=None, timeout=None, on_timeout=None, then=None, fresh=False
    )


def test_a_wait_takes_all_it_may():
    """S003-27, A003-12."""
    asked = wait.for_signal(
        "paid",
        key=17,
        timeout=timedelta(days=7),
        on_timeout="ship",
        then=ORDERS.ship,
        fresh=True,
    )

    assert asked == WaitFor(
        name="paid", key="17", timeout=604_800.0, on_timeout="ship", then="ship", fresh=True
    )


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((None,), {}, "needs the signal's name as text, not None"),
        (("",), {}, "needs the signal's name as text"),
        (("paid",), {"on_timeout": "ship"}, "no `timeout`. Add timeout=..."),
        (("paid",), {"timeout": "2d"}, "(timeout=...) cannot use this"),
        (("paid",), {"timeout": 1, "on_timeout": 3}, "on_timeout=...) needs a step"),
        (("paid",), {"key": ""}, "needs text or an integer"),
        (("paid",), {"key": True}, "needs text or an integer"),
        (("paid",), {"key": 1.5}, "needs text or an integer"),
    ],
)
def test_a_wait_refuses_what_makes_no_sense(arguments, options, said):
    with pytest.raises(InvalidStepResultError, match=r"^wait\.for_signal") as error:
        wait.for_signal(*arguments, **options)

    assert said in str(error.value)


def test_a_signals_name_can_be_kept():
    assert wait.for_signal("a\x00b").name == "a\ufffdb"


# -- complete and fail -------------------------------------------------------------------------
def test_complete_may_bring_data():
    """S003-22."""
    assert complete() == Completed({})
    assert complete(final_status="approved") == Completed({"final_status": "approved"})


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("no documents", "no documents"),
        (ValueError("no documents"), "no documents"),
        ("", "the step asked for it and gave no reason"),
        ("bad \x00 text \ud800", "bad \ufffd text ?"),
    ],
)
def test_fail_keeps_a_reason_that_can_be_stored(reason, kept):
    """S003-23."""
    assert fail(reason) == GivenUp(kept)


# -- wait.for_event ----------------------------------------------------------------------------
def test_a_wait_for_an_event_names_entity_and_values():
    """S003-35, A003-14, A003-15."""
    asked = wait_for_event(
        "paid",
        entity={"id": 7},
        match={"currency": "EUR"},
        timeout=timedelta(hours=48),
        on_timeout="cancel",
        then=ORDERS.ship,
    )

    assert asked == WaitFor(
        kind="event", name="paid", key="7", match='{"currency":"EUR"}', timeout=172800.0,
        on_timeout="cancel", then="ship", fresh=False,
    )  # fmt: skip
    assert wait.for_event("paid") == WaitFor(
        kind="event", name="paid", key=None, timeout=None, on_timeout=None, then=None, fresh=False
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": ""}, "needs the event's name as text"),
        ({"name": "paid", "on_timeout": "ship"}, "has `on_timeout` but no `timeout`"),
        ({"name": "paid", "entity": {"n": 1}}, "has no id to wait for"),
        ({"name": "paid", "entity": Orders}, "Orders is a class"),
        ({"name": "paid", "match": {}}, "needs values by name"),
        ({"name": "paid", "match": {"a": {1}}}, "a set is not plain JSON"),
    ],
)
def test_a_wait_for_an_event_refuses_what_makes_no_sense(said, told):
    with pytest.raises(InvalidStepResultError, match=r"^wait\.for_event") as raised:
        wait.for_event(**said)

    assert told in str(raised.value)


# -- wait.any ----------------------------------------------------------------------------------
def test_wait_any_waits_for_the_first_of_its_ways():
    asked = wait.any(
        wait.for_signal("paid", then="ship"),
        wait.for_signal("off", key=7),
        timeout=timedelta(days=1),
        on_timeout=ORDERS.ship,
        then=ORDERS.ship,
    )

    assert isinstance(asked, WaitForAny)
    assert [(way.name, way.key, way.then) for way in asked.ways] == [
        ("paid", None, "ship"),
        ("off", "7", None),
    ]
    assert (asked.timeout, asked.on_timeout, asked.then) == (86400.0, "ship", "ship")


@pytest.mark.parametrize(
    ("ways", "options", "said"),
    [
        ((), {}, "needs something to wait for"),
        (("paid",), {}, r"takes wait.for_signal\(...\) and the like, not 'paid'"),
        ((complete(),), {}, "and the like, not Completed"),
        ((wait.for_signal("paid", timeout=3),), {}, "Move that of 'paid' to wait.any"),
        ((wait.any(wait.for_signal("paid")),), {}, "Put the ways of both side by side"),
        ((wait.for_children(),), {}, "for children alone: return wait.for_children"),
        ((wait.for_signal("a"), wait.for_children(), wait.for_children(1)), {}, "children twice"),
        ((wait.for_signal("a"), wait.for_children(timeout=3)), {}, "Move that of the children"),
        ((wait.for_signal("paid"), wait.for_signal("paid")), {}, "waits for 'paid' twice"),
        ((wait.for_signal("paid"),), {"on_timeout": "ship"}, "has `on_timeout` but no `timeout`"),
    ],
)
def test_wait_any_refuses_what_makes_no_sense(ways, options, said):
    with pytest.raises(InvalidStepResultError, match=said):
        wait.any(*ways, **options)


def test_a_wait_says_what_it_accepts():
    class Paid(BaseModel):
        amount: int

    assert '"amount"' in wait.for_signal("paid", accepts=Paid).accepts
    assert wait.for_signal("paid").accepts == ""
    with pytest.raises(InvalidStepResultError, match=r"accepts=...\) needs a model, not 3"):
        wait.for_signal("paid", accepts=3)
