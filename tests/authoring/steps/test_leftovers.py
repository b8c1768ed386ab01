"""What a step leaves on `self` is told."""

from functools import cached_property

import pytest

from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, goto
from tests.authoring.steps.scenes import compiled, ran


class Forgetful:
    def __init__(self):
        self.service = "made anew each time"

    @cached_property
    def rates(self):
        return {}

    @step(start=True)
    def first(self):
        self.total = len(self.rates) + 1
        return goto(self.second)

    @step()
    async def second(self):
        self.total = 2
        return complete()

    @step()
    def tidy(self):
        self.service = "changed"
        return complete(rates=self.rates)


class Slotted:
    __slots__ = ("total",)

    @step()
    def only(self):
        self.total = 1
        return complete()


@pytest.fixture
def told(caplog):
    return lambda: [record.getMessage() for record in caplog.records]


def test_an_attribute_that_a_step_sets_on_itself_is_told_once(told):
    """A003-21."""
    flow = compiled(Forgetful)
    ran(flow, "first")
    ran(flow, "first")

    (message,) = told()
    assert message.startswith("Forgetful.first sets self.total, and each step gets a new instance")
    assert message.endswith("declare total there, and set get_context().total")


def test_of_a_coroutine_too(told):
    ran(compiled(Forgetful), "second")

    assert "Forgetful.second sets self.total" in told()[0]


@pytest.mark.parametrize(("cls", "name"), [(Forgetful, "tidy"), (Slotted, "only")])
def test_what_the_class_makes_for_each_instance_is_no_mistake(told, cls, name):
    ran(compiled(cls), name)

    assert told() == []
