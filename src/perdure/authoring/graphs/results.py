"""What a graph's run came to: its definition's `output`, or what its last steps gave."""

from collections.abc import Mapping
from typing import Any

from perdure.kernel.filling import resolve
from perdure.kernel.plan import Plan
from perdure.kernel.references import Json, Reference, Root, read, references
from perdure.wire.encoding import decode


def final_result(
    plan: Plan, outputs: Mapping[str, str | None], inputs: Mapping[str, Any] | None = None
) -> Any:
    """Return the result of a run that completed, from the JSON texts of its steps' results.

    The result of a step that was skipped (None, or not there) is null. Raises
    MissingReferenceError if the definition's `output` names a field that a result does not have.
    """
    if not plan.output:
        sinks = plan.sinks()
        results = {name: _value(outputs, name) for name in sinks}
        return results[sinks[0]] if len(sinks) == 1 else results
    template = read(decode(plan.output))
    read_ones = dict.fromkeys(reference.step for reference in references(template))
    results = {name: _value(outputs, name) for name in read_ones}
    given: Json = dict(inputs or {})

    def lookup(reference: Reference) -> Json:
        return given if reference.root is Root.INPUT else results[reference.step]

    return resolve(template, lookup)


def _value(outputs: Mapping[str, str | None], name: str) -> Json:
    text = outputs.get(name)
    value: Json = decode(text) if text is not None else None
    return value
