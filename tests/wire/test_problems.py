"""Errors have codes that stay, and say what would be right."""

import pytest
from pydantic import ValidationError

from perdure.errors import PerdureError, Problem
from perdure.wire import problems


def test_a_problem_is_told_on_one_line():
    info = problems.problem_info(Problem("steps[0].id", "is taken", "Choose another"))

    assert str(info) == "steps[0].id: is taken. Choose another"
    assert str(problems.ProblemInfo(path="", message="is empty")) == "is empty."
    assert repr([info]) == "[<error at steps[0].id: is taken. Choose another>]"


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (problems.WorkflowNotFoundError("wf_1"), "workflow_not_found", 404),
        (problems.TemplateNotFoundError("tpl_1"), "template_not_found", 404),
        (problems.ExecutionNotFoundError("exec_1", "wf_1"), "execution_not_found", 404),
        (problems.RevisionConflictError("wf_1", 1, 2), "revision_conflict", 409),
        (problems.LiveExecutionsError("wf_1", 3), "live_executions", 409),
        (problems.NotPossibleError("no"), "not_possible", 409),
    ],
)
def test_each_error_has_its_code(error, code, status):
    assert (error.code, error.status) == (code, status)
    assert isinstance(error, PerdureError)


def test_what_is_sent_is_never_changed_and_has_nothing_undeclared():
    info = problems.ProblemInfo(path="a", message="b")

    with pytest.raises(ValidationError):
        info.path = "c"
    with pytest.raises(ValidationError):
        problems.ProblemInfo(path="a", message="b", more=1)
