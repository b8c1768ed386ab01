"""What can be seen to go wrong before a run is started: inputs that its first steps cannot use.

A function may have a `check`, which looks at an input without using it. Here it is asked about
those inputs of a definition's steps that are known already, since they come from the run's inputs
alone. What passes may still fail when the step runs: a file can be gone by then.
"""

from collections.abc import Callable
from typing import Any

from perdure.authoring.functions import FunctionRegistry
from perdure.errors import InvalidInputError
from perdure.kernel.filling import resolve
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.references import Json, Root, read, references
from perdure.wire.encoding import decode


def refuse_unusable(plan: Plan, inputs: str, functions: FunctionRegistry) -> None:
    """Raise InvalidInputError, with the step in its message, for an input that cannot be used.

    `inputs` is the JSON text that the run would begin with.
    """
    if plan.kind is not PlanKind.GRAPH:
        return
    given: Json = decode(inputs)
    for step in plan.steps:
        config = decode(step.config)
        check = _check(config.get("function"), functions)
        if check is None:
            continue
        template = read(config.get("input"))
        if any(used.root is not Root.INPUT for used in references(template)):
            continue  # it comes from a step that has not run
        try:
            check(resolve(template, lambda _reference: given))
        except InvalidInputError as error:
            raise InvalidInputError(f"step {step.name!r}: {error}") from error


def _check(name: str | None, functions: FunctionRegistry) -> Callable[[Any], None] | None:
    return functions.get(name).check if name is not None and name in functions else None
