"""A step that waits for the first of several things, and the step that is told which it was."""

import pytest

from perdure.authoring.steps.current import woken_by
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, wait
from perdure.errors import InvalidStepResultError
from perdure.kernel.directives import Wait
from perdure.kernel.ways import Way
from perdure.ports.woken import Woken, pack_woken
from tests.authoring.steps.scenes import compiled, data_after, ran


class Racing:
    @step(start=True)
    def ask(self):
        return wait.any(
            wait.for_signal("paid", key=7, then=self.ship, fresh=True),
            wait.for_signal("off"),
            timeout=3,
            on_timeout="undo",
        )

    @step()
    def told(self):
        return complete(by=list(woken_by() or ()))

    @step()
    def ship(self):
        return wait.any(wait.for_signal("a"), wait.for_signal("b"), then=self.undo)

    @step()
    def undo(self):
        return complete()


def test_wait_any_becomes_a_wait_with_several_ways():
    assert ran(compiled(Racing), "ask").outcome == Wait(
        name="paid", key="7", then="ship", fresh=True, timeout=3.0, on_timeout="undo",
        also=(Way(name="off", then="told"),),
    )  # fmt: skip
    assert ran(compiled(Racing), "ship").outcome == Wait(
        name="a", then="undo", also=(Way(name="b", then="undo"),)
    )


def test_children_are_the_last_of_the_ways_wherever_they_stand():
    class Parent(Racing):
        @step()
        def told(self):
            return wait.any(
                wait.for_children(2, again=True, then=self.ship),
                wait.for_signal("off"),
                then="undo",
            )

        @step()
        def ship(self):
            return wait.any(wait.for_signal("off"), wait.for_children(), then="undo")

    off = {"name": "off", "then": "undo"}
    assert ran(compiled(Parent), "told").outcome == Wait(
        **off, also=(Way(kind="children", name="", key="2", then="ship"),), again=True
    )
    assert ran(compiled(Parent), "ship").outcome == Wait(
        **off, also=(Way(kind="children", name="", then="undo"),)
    )


def test_a_way_that_leads_nowhere_is_an_error_that_names_it():

    class Wrong(Racing):
        @step()
        def told(self):
            return wait.any(
                wait.for_signal("a", then="undo"), wait.for_signal("b"), then="no" + self.tail()
            )

        def tail(self):
            return "where"

    with pytest.raises(InvalidStepResultError, match="'nowhere'"):
        ran(compiled(Wrong, lenient=True), "told")


def test_a_step_is_told_what_ended_the_wait():
    woken = pack_woken(Woken("signal", "off", "7"), None)

    assert data_after(compiled(Racing), "told", "{}", woken) == {"by": ["signal", "off", "7"]}
    assert data_after(compiled(Racing), "told") == {"by": []}
