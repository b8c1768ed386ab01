"""`validate`: every problem at once, by the checks that are asked for."""

import pytest

from perdure.errors import InvalidValueError
from perdure.service.validating import validate
from perdure.wire.definitions import CHECKS
from tests.service.scenes import FAILING, TIDY


def test_a_good_definition_is_valid():
    """S004-71, A004-30: without checks, all of them."""
    found = validate(TIDY)

    assert (found.is_valid, found.errors, found.warnings) == (True, (), ())
    assert found.checks == CHECKS


def test_errors_are_told_all_at_once():
    """S004-71, S004-72."""
    bad = {"name": "x", "steps": [{"id": "a", "type": "aggregation", "depends_on": ["b", "c"]}]}

    found = validate(bad, ["syntax_validation", "dependency_check"])

    assert not found.is_valid
    assert [problem.path for problem in found.errors] == [
        *("steps[0].depends_on[0]", "steps[0].depends_on[1]")
    ]


def test_a_model_that_nobody_has_is_a_warning():
    """A004-50."""
    found = validate(FAILING)

    assert found.is_valid
    assert [problem.path for problem in found.warnings] == ["steps[1].model"]


def test_only_what_is_asked_for_is_told():
    """S004-72."""
    greedy = {**FAILING, "resource_requirements": {"cpu_cores": 9999}}

    found = validate(greedy, ["resource_requirements"])

    assert [problem.path for problem in found.warnings] == ["resource_requirements.cpu_cores"]
    assert found.checks == ("resource_requirements",)


def test_what_cannot_be_read_is_an_error_whatever_is_asked_for():
    assert not validate({"name": "x"}, ["cost_estimation"]).is_valid


def test_a_check_that_there_is_not_is_an_error():
    """A004-30."""
    with pytest.raises(InvalidValueError, match="'spelling' is no check"):
        validate(TIDY, ["spelling"])
