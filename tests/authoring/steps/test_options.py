"""What a step's declaration leaves on its method."""

from functools import wraps

import pytest

from perdure.authoring.steps.options import StepOptions, mark, options_of


def test_what_is_marked_is_found_again():
    def ship(self):
        return self

    mark(ship, StepOptions(start=True))

    assert options_of(ship) == StepOptions(start=True)


def test_a_decorator_above_keeps_the_mark():
    def ship(self):
        return self

    mark(ship, StepOptions(waits=("go",)))

    @wraps(ship)
    def traced(self):
        return ship(self)

    assert options_of(traced) == StepOptions(waits=("go",))


@pytest.mark.parametrize("thing", [None, 3, "ship", len, object()])
def test_other_things_are_no_steps(thing):
    assert options_of(thing) is None


def test_a_foreign_attribute_of_that_name_is_no_mark():
    def ship(self):
        return self

    ship.__perdure_step__ = "a string"

    assert options_of(ship) is None
