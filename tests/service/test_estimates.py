"""What an execution will take and cost."""

import pytest

from perdure.service import definitions
from perdure.service.estimates import with_estimates
from perdure.service.flows import flow_of
from perdure.service.validating import validate
from tests.service.scenes import FAILING, TIDY, begun


def test_a_fresh_workflow_has_none(engine):
    """S004-08: measured or null."""
    made = definitions.create(engine, TIDY)

    assert (made.estimated_cost, made.estimated_duration) == (None, None)
    assert definitions.create(engine, FAILING).estimated_cost is None


def test_one_that_was_executed_before_tells_what_it_took(engine):
    begun(engine, TIDY, {"text": "a"})

    made = definitions.create(engine, TIDY)

    assert made.estimated_duration == pytest.approx(0.0, abs=1.0)
    assert made.estimated_cost == 0.0
    assert definitions.get(engine, made.id).estimated_cost == 0.0


def test_a_revision_is_estimated_by_the_steps_it_kept(engine):
    begun(engine, TIDY, {"text": "a"})
    made = definitions.create(engine, TIDY)
    changed = {**TIDY, "steps": [TIDY["steps"][0], {**TIDY["steps"][1], "input": "Other"}]}

    assert definitions.update(engine, made.id, {**TIDY, "version": "2"}).estimated_cost == 0.0
    assert definitions.update(engine, made.id, changed).estimated_cost is None


def test_the_check_of_costs_tells_the_same(engine):
    """S004-72."""
    before = validate(TIDY, ["cost_estimation"], engine=engine).estimated_cost
    begun(engine, TIDY, {"text": "a"})

    assert before is None
    assert validate(TIDY, ["cost_estimation"], engine=engine).estimated_cost == 0.0
    assert validate(TIDY, ["syntax_validation"], engine=engine).estimated_cost is None
    assert validate({"name": "x"}, engine=engine).estimated_cost is None


def test_steps_that_are_yet_to_be_made_are_not_estimated(engine):
    made = definitions.create(engine, TIDY)
    row = definitions.row_of(engine, made.id)
    plan = flow_of(row).plan

    assert with_estimates(engine, made, type(plan)(workflow="w", kind=plan.kind)) is made
