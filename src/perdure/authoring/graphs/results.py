"""What a graph's run came to: its definition's `output`, or what its last steps gave."""

from collections.abc import Mapping
from typing import Any

from perdure.authoring.graphs.values import Read, results, steps_of
from perdure.kernel.filling import Lookup, resolve
from perdure.kernel.plan import Plan
from perdure.kernel.references import Json, Reference, Root, Template, Text, read
from perdure.wire.encoding import decode
from perdure.wire.sealed import VAULT, read_sealed, shown


def final_result(plan: Plan, outputs: Read, inputs: Mapping[str, Any] | None = None) -> Any:
    """Return the result of a run that completed; `outputs` gives its steps' results.

    The result of a step that was skipped is null. Raises MissingReferenceError if the definition's
    `output` names a field that a result does not have. What is sealed is not opened: `shown` says
    what stands in its place; so does what `output` takes of it.
    """
    if not plan.output:
        sinks = plan.sinks()
        found = results(plan, outputs, sinks)
        seen = {name: hidden_in(value) for name, value in found.items()}
        return seen[sinks[0]] if len(sinks) == 1 else seen
    template = read(decode(plan.output))
    found = results(plan, outputs, steps_of(template))
    given: Json = {name: value for name, value in (inputs or {}).items() if name != VAULT}

    def lookup(reference: Reference) -> Json:
        return given if reference.root is Root.INPUT else found[reference.step]

    return resolve(_without_sealed(template, lookup), lambda each: hidden_in(lookup(each)))


def hidden_in(value: Json) -> Json:
    """Return a result as it is shown. A loop's is a list, of which some items may be sealed.

    So may some of a run's inputs.
    """
    if isinstance(value, list):
        return [shown(item) for item in value]
    hidden: Json = shown(value)
    if read_sealed(value) is None and isinstance(value, dict):
        return {name: shown(item) for name, item in value.items()}
    return hidden


def _without_sealed(template: Template, lookup: Lookup) -> Template:
    """Return the template with what is shown in the place of each reference to what is sealed."""
    if isinstance(template, Reference):
        return _seen(template, lookup)
    if isinstance(template, Text):
        seen = (part if isinstance(part, str) else _seen(part, lookup) for part in template.parts)
        return Text(tuple(seen))
    if isinstance(template, list):
        return [_without_sealed(part, lookup) for part in template]
    if isinstance(template, dict):
        return {name: _without_sealed(part, lookup) for name, part in template.items()}
    return template


def _seen(reference: Reference, lookup: Lookup) -> Reference | str:
    """Return a reference, or what is shown where it leads into something sealed."""
    value = lookup(reference)
    for segment in (None, *reference.path):
        if isinstance(value, dict):
            value = value.get(segment) if isinstance(segment, str) else value
        elif isinstance(value, list) and isinstance(segment, int) and segment < len(value):
            value = value[segment]
        if read_sealed(value) is not None:
            return str(shown(value))
    return reference
