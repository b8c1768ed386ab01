"""What can be seen to go wrong before a run is started."""

import pytest

from perdure.app.preflight import refuse_unusable
from perdure.authoring.functions import FunctionRegistry, function
from perdure.authoring.graphs.loader import load_definition
from perdure.errors import InvalidInputError


@pytest.fixture
def functions():
    """Return a registry with a function that likes even numbers."""

    def check(value):
        if value % 2:
            raise InvalidInputError(f"{value} is odd", path="input")

    @function("preflight_halve", check=check)
    def halve(input: int) -> int:  # noqa: A002
        return input // 2

    @function("preflight_any")
    def anything(input: int) -> int:  # noqa: A002
        return input

    registry = FunctionRegistry()
    registry.add(halve)
    registry.add(anything)
    yield registry
    from perdure.authoring import functions as declared

    del declared._DECLARED["preflight_halve"], declared._DECLARED["preflight_any"]


def plan_of(functions, *steps):
    flow, _ = load_definition({"name": "n", "steps": list(steps)}, functions=functions)
    return flow.plan


def step(name, function_name, value):
    return {"id": name, "type": "data_processing", "function": function_name, "input": value}


def test_an_input_that_a_first_step_cannot_use_is_refused_with_the_step(functions):
    plan = plan_of(functions, step("halve", "preflight_halve", "${workflow.input.n}"))

    refuse_unusable(plan, '{"n":4}', functions)
    with pytest.raises(InvalidInputError, match=r"^step 'halve': input: 3 is odd$"):
        refuse_unusable(plan, '{"n":3}', functions)


def test_a_part_that_is_not_there_is_refused_too(functions):
    plan = plan_of(functions, step("halve", "preflight_halve", "${workflow.input.a.n}"))

    with pytest.raises(InvalidInputError, match=r"step 'halve': .*a\.n"):
        refuse_unusable(plan, '{"a":{}}', functions)


def test_what_comes_from_another_step_is_not_looked_at(functions):
    plan = plan_of(
        functions,
        step("first", "preflight_any", "${workflow.input.n}"),
        step("halve", "preflight_halve", "${first.result}"),
    )

    refuse_unusable(plan, '{"n":3}', functions)


def test_steps_without_a_check_and_functions_of_others_are_left_alone(functions):
    plan = plan_of(
        functions,
        step("any", "preflight_any", "${workflow.input.n}"),
        {"id": "all", "type": "aggregation", "inputs": {"x": "${any.result}"}},
        {"id": "ask", "type": "inference", "model": "m", "input": "${workflow.input.n}"},
    )

    refuse_unusable(plan, '{"n":3}', functions)
    refuse_unusable(plan, '{"n":3}', FunctionRegistry())


def test_a_machine_has_no_inputs_to_look_at(functions):
    from perdure.authoring.registry import Registry
    from tests.app.parcels import declare

    registry = Registry()
    declare(registry)

    refuse_unusable(registry.get("parcel").plan, "{}", functions)
