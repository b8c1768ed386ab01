"""What a step is told that returned no directive: what it did, and what to write."""

import pytest

from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, wait
from perdure.authoring.steps.results import unknown_step, wrong_result

STEPS = ("pay", "ship", "ashore")


class Orders:
    @step()
    def ship(self):
        return complete()

    async def ashore(self):
        return complete()

    async def fetch(self):
        return complete()


ORDERS = Orders()
ENDINGS = "goto(self.STEP), sleep(...), wait.for_signal(...), complete() or fail(...)"


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (None, f"returned nothing. Is a `return` missing? End it with return {ENDINGS}"),
        ("ship", "returned the text 'ship'. Write return goto(self.ship)"),
        (
            "shp",
            "returned the text 'shp', which names no step. Did you mean return goto(self.ship)",
        ),
        ("done", f"returned the text 'done', which names no step. Return {ENDINGS}"),
        (ORDERS.ship, "returned the step 'ship' itself. Write return goto(self.ship)"),
        (complete, "returned the function complete. Call it: return complete(...)"),
        (wait.for_signal, "returned the function for_signal. Call it: return for_signal(...)"),
        (wait, 'returned `wait` itself. Write return wait.for_signal("...")'),
        ({"a": 1}, "returned a dict. To end the run with it write return complete(**data)"),
        (True, f"returned bool True. End it with return {ENDINGS}"),
        ("x" * 200, "returned the text 'xxxxxxxx"),
    ],
)
def test_each_slip_has_its_own_words(returned, said):
    """A003-20."""
    error = wrong_result("Orders.pay", returned, STEPS)

    assert str(error).startswith(f"Orders.pay {said}")
    assert not error.retryable
    assert len(str(error)) < 250


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (ORDERS.ashore, "ashore(), not awaited. To go there write return goto(self.ashore)"),
        (ORDERS.fetch, "fetch(), not awaited. Make the step async def, and await it"),
    ],
)
def test_a_coroutine_is_named_and_closed(call, said):
    made = call()

    assert str(wrong_result("Orders.pay", made, STEPS)) == f"Orders.pay returned {said}"
    with pytest.raises(RuntimeError, match="cannot reuse"):
        made.send(None)


def test_a_step_that_is_not_there_is_told_with_the_nearest_or_all():
    assert str(unknown_step("Orders.pay", "goto", "shp", STEPS)) == (
        "Orders.pay asked for goto with 'shp', and there is no such step. Did you mean 'ship'?"
    )
    assert str(unknown_step("Orders.pay", "goto", "xyz", STEPS)).endswith(
        "Its steps: pay, ship, ashore"
    )
