"""A definition is compiled once, and may be narrowed for one execution."""

import pytest

from perdure import generator
from perdure.errors import InvalidDefinitionError
from perdure.service import flows
from tests.conformance.test_definitions import definition
from tests.service.scenes import TIDY


def row():
    body, _, _ = flows.read(TIDY)
    return definition(body=body)


def test_what_is_stored_is_what_was_written():
    body, flow, warnings = flows.read({**TIDY, "steps": tuple(TIDY["steps"])})

    assert flows.flow_of(definition(body=body)).plan == flow.plan
    assert warnings == ()


def test_it_is_compiled_once():
    assert flows.flow_of(row()) is flows.flow_of(row())


def test_an_execution_may_run_fewer_steps_at_a_time():
    """S004-11."""
    plain, narrow = flows.flow_of(row()), flows.flow_of(row(), max_parallel=2)

    assert (plain.plan.max_parallel, narrow.plan.max_parallel) == (None, 2)
    assert plain.plan.hash != narrow.plan.hash


def test_every_problem_is_told():
    with pytest.raises(InvalidDefinitionError) as caught:
        flows.read({"name": "x", "steps": [{"id": "a", "type": "odd"}, {"id": "a"}]})

    assert len(caught.value.problems) >= 2


def test_one_whose_steps_are_made_at_its_start_is_narrowed_then():
    """S004-11, S004-48."""
    generator("flows_narrow")(lambda _inputs: TIDY["steps"])
    body, _, warnings = flows.read({"name": "made", "generator_function": "flows_narrow"})

    plan, _ = flows.flow_of(definition(body=body), max_parallel=2).opening({"text": "a"})

    assert warnings == ()
    assert (plan.max_parallel, [step.name for step in plan.steps]) == (2, ["clean", "again"])
