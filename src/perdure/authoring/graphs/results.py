"""What a graph's run came to: its definition's `output`, or what its last steps gave."""

from collections.abc import Mapping
from typing import Any

from perdure.authoring.graphs.values import Read, results, steps_of
from perdure.kernel.filling import resolve
from perdure.kernel.plan import Plan
from perdure.kernel.references import Json, Reference, Root, read
from perdure.wire.encoding import decode


def final_result(plan: Plan, outputs: Read, inputs: Mapping[str, Any] | None = None) -> Any:
    """Return the result of a run that completed; `outputs` gives its steps' results.

    The result of a step that was skipped is null. Raises MissingReferenceError if the definition's
    `output` names a field that a result does not have.
    """
    if not plan.output:
        sinks = plan.sinks()
        found = results(plan, outputs, sinks)
        return found[sinks[0]] if len(sinks) == 1 else found
    template = read(decode(plan.output))
    found = results(plan, outputs, steps_of(template))
    given: Json = dict(inputs or {})

    def lookup(reference: Reference) -> Json:
        return given if reference.root is Root.INPUT else found[reference.step]

    return resolve(template, lookup)
