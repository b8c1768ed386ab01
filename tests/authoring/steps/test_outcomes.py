"""What somebody may say of an attempt, and where the run goes on then."""

import pytest

from perdure.authoring.steps.outcomes import (
    Done,
    GaveUp,
    NotDone,
    Unknown,
    check_data,
    outcome,
    way_on,
)
from perdure.errors import InvalidStepResultError, InvalidValueError
from perdure.kernel.directives import Complete, Goto
from perdure.kernel.plan import PlanKind, StepPlan

MACHINE, GRAPH = PlanKind.MACHINE, PlanKind.GRAPH


def leading_to(*targets, waits=()):
    return StepPlan(name="pay", targets=targets, waits=waits)


def ship():
    """Stand for a step."""


def test_there_are_four_answers():
    assert outcome.done({"a": 1}, then="ship") == Done({"a": 1}, "ship")
    assert outcome.done(then=ship) == Done(None, "ship")
    assert outcome.done(completes=True) == Done(completes=True)
    assert outcome.not_done() == NotDone()
    assert outcome.unknown("the line is dead") == Unknown("the line is dead")
    assert outcome.failed("no money") == GaveUp("no money")


def test_a_failure_has_a_reason_whatever_is_given():
    assert outcome.failed("").why


def test_a_run_goes_on_or_is_complete_but_not_both():
    with pytest.raises(InvalidValueError, match="not both"):
        outcome.done(then="ship", completes=True)


def test_a_step_is_named_and_not_called():
    with pytest.raises(InvalidStepResultError, match=r"outcome\.done"):
        outcome.done(then=7)


@pytest.mark.parametrize(
    ("step", "said", "way"),
    [
        (leading_to("ship"), Done(), Goto("ship")),
        (leading_to(), Done(), Complete()),
        (leading_to("ship", "mail"), Done(then="mail"), Goto("mail")),
        (leading_to("ship", waits=("paid",)), Done(completes=True), Complete()),
    ],
)
def test_the_run_goes_where_it_is_said_or_where_there_is_one_way_only(step, said, way):
    assert way_on(MACHINE, step, said) == way


@pytest.mark.parametrize(
    ("step", "places"),
    [
        (leading_to("ship", "mail"), "ship, mail"),
        (leading_to("ship", waits=("paid",)), "ship, a wait for 'paid'"),
    ],
)
def test_where_there_are_several_ways_the_error_lists_them(step, places):
    with pytest.raises(InvalidValueError, match=f"leads to more than one place \\({places}\\)"):
        way_on(MACHINE, step, Done())


def test_a_graph_knows_its_way():
    assert way_on(GRAPH, leading_to(), Done(7)) is None


def test_a_machine_takes_names_and_values_and_a_graph_any_result():
    check_data(MACHINE, {"a": 1})
    check_data(MACHINE, None)
    check_data(GRAPH, 7)

    with pytest.raises(InvalidValueError, match="names and values for its context, not 7"):
        check_data(MACHINE, 7)
