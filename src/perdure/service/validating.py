"""A definition is looked at, and nothing is kept: every problem at once, by the checks asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from perdure.app.engine import Engine
from perdure.app.figures.estimates import estimate
from perdure.authoring.graphs.loader import check_definition, load_definition
from perdure.errors import InvalidValueError
from perdure.service.machine import lacks
from perdure.service.prices import price
from perdure.wire.definitions import CHECKS, Check, Validation
from perdure.wire.problems import problem_info


def validate(
    definition: Mapping[str, Any],
    checks: Sequence[str] | None = None,
    *,
    engine: Engine | None = None,
) -> Validation:
    """Return what the checks find, all of them where none is named.

    `syntax_validation` and `dependency_check` are one examination. `resource_requirements` compares
    with this machine, `cost_estimation` tells what an execution will cost by those that the `engine`
    knows of the same name. Raises InvalidValueError for a check that there is not.
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
    cost = None
    if not errors and engine is not None and "cost_estimation" in asked:
        plan = load_definition(definition)[0].plan
        cost = estimate(engine.store, plan, engine.process.clock.now(), price).cost.value
    return Validation(
        is_valid=not errors, errors=errors, warnings=warnings, checks=asked, estimated_cost=cost
    )


def _asked(checks: Sequence[str] | None) -> tuple[Check, ...]:
    if not checks:
        return CHECKS
    for check in checks:
        if check not in get_args(Check):
            raise InvalidValueError(
                f"{check!r} is no check. There are: {', '.join(CHECKS)}", "checks"
            )
    return tuple(check for check in CHECKS if check in checks)
