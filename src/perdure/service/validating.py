"""A definition is looked at, and nothing is kept: every problem at once, by the checks asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from perdure.authoring.graphs.loader import check_definition
from perdure.errors import InvalidValueError
from perdure.service.machine import lacks
from perdure.wire.definitions import CHECKS, Check, Validation
from perdure.wire.problems import problem_info


def validate(definition: Mapping[str, Any], checks: Sequence[str] | None = None) -> Validation:
    """Return what the checks find, all of them where none is named.

    `syntax_validation` and `dependency_check` are one examination. `resource_requirements` compares
    with this machine. Raises InvalidValueError for a check that there is not.
    """
    asked = _asked(checks)
    problems = list(check_definition(definition))
    is_readable = all(problem.severity != "error" for problem in problems)
    if is_readable and not {"syntax_validation", "dependency_check"} & set(asked):
        problems = []
    if "resource_requirements" in asked:
        problems += lacks(definition)
    errors = tuple(problem_info(each) for each in problems if each.severity == "error")
    warnings = tuple(problem_info(each) for each in problems if each.severity != "error")
    return Validation(is_valid=not errors, errors=errors, warnings=warnings, checks=asked)


def _asked(checks: Sequence[str] | None) -> tuple[Check, ...]:
    if not checks:
        return CHECKS
    for check in checks:
        if check not in get_args(Check):
            raise InvalidValueError(
                f"{check!r} is no check. There are: {', '.join(CHECKS)}", "checks"
            )
    return tuple(check for check in CHECKS if check in checks)
