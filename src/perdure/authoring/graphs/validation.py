"""What is wrong with a definition: everything, at once, each with its place and what to do.

Pure: nothing is run, stored or asked. Examining and compiling share one path, so a definition that
passes here compiles, and none that does not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perdure.authoring.functions import Function, FunctionRegistry, UnknownFunctionError
from perdure.authoring.graphs.drafts import Draft, read_drafts
from perdure.authoring.graphs.findings import Findings, place
from perdure.authoring.graphs.handling import chain, check_fallbacks, handling
from perdure.authoring.graphs.inputs import check_schema
from perdure.authoring.graphs.links import Links, link
from perdure.authoring.graphs.models import Definition, Inference, Loop, placed
from perdure.authoring.graphs.shape import check_shape
from perdure.errors import Problem
from perdure.kernel.references import cut
from perdure.ports.models import ModelProvider
from perdure.wire.encoding import encode

Providers = Callable[[], Sequence[ModelProvider]]


@dataclass(frozen=True, slots=True)
class Examined:
    """A definition after its examination. Without errors there are `definition` and `links`."""

    definition: Definition | None
    links: Links
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def examine(data: Any, functions: FunctionRegistry, providers: Providers) -> Examined:
    """Examine data that `reading` made. Models that no provider has are warnings.

    Providers are asked for only if a step needs a model.
    """
    findings = Findings()
    if not isinstance(data, dict):
        findings.error("", "a definition must be an object", 'Write {"name": ..., "steps": [...]}')
        return Examined(None, Links([], []), tuple(findings.errors), ())
    definition = check_shape(data, findings)
    drafts = read_drafts(data, findings)
    links = link(drafts, data.get("output"), findings)
    for at, draft in enumerate(drafts):
        _check_function(draft.item or draft, functions, findings)
        _check_aggregation(draft.item or draft, [] if draft.item else links.explicit[at], findings)
    check_fallbacks(data, drafts, findings)
    check_schema(data.get("input_schema"), links.reads, findings)
    if definition is not None:
        _check_models(definition, drafts, providers, findings)
    errors = tuple(findings.errors)
    return Examined(None if errors else definition, links, errors, tuple(findings.warnings))


def _check_function(draft: Draft, functions: FunctionRegistry, findings: Findings) -> None:
    """Tell an unknown function, and parameters that it does not take."""
    name = draft.data.get("function")
    if not isinstance(name, str) or not name or "${" in name:
        return
    try:
        function = functions.get(name)
    except UnknownFunctionError as error:
        here = place(draft.place, "function")
        findings.error(here, f"there is no function {cut(name)!r}", error.suggestion)
        return
    _check_input(draft, function, findings)
    given = draft.data.get("parameters", {})
    if not isinstance(given, dict):
        return
    later = {name for name, value in given.items() if "${" in encode(value)}
    for problem in function.problems(given, unknown_yet=later):
        findings.error(f"{draft.place}.{problem.path}", problem.message, problem.suggestion)


def _check_input(draft: Draft, function: Function, findings: Findings) -> None:
    """Tell an input that the function cannot take, as far as it stands in the definition.

    An aggregation gives an object, whatever is in it.
    """
    data = draft.data
    kind = data.get("type")
    if kind == "aggregation" and (wrong := function.input_error({})):
        hint = "An aggregation gives an object of its inputs. Call it by a 'data_processing' step"
        findings.error(place(draft.place, "function"), f"cannot take them: {wrong}", hint)
    is_known = kind == "data_processing" and "${" not in encode(data.get("input", "${"))
    if is_known and (wrong := function.input_error(data["input"])):
        findings.error(place(draft.place, "input"), f"cannot be used: {wrong}")


def _check_aggregation(draft: Draft, explicit: list[int], findings: Findings) -> None:
    """Tell an aggregation that has nothing to collect, or parameters and nobody to take them."""
    data = draft.data
    if data.get("type") != "aggregation":
        return
    if data.get("inputs") is None and not explicit and not data.get("depends_on"):
        hint = 'Write "inputs": {"name": "${STEP.result}"} or "depends_on": ["STEP"]'
        findings.error(draft.place, "this aggregation has nothing to collect", hint)
    if data.get("function") is None and data.get("parameters"):
        here = place(draft.place, "parameters")
        findings.error(here, "there is no function that takes them", "Name one under 'function'")


def _check_models(
    definition: Definition, drafts: list[Draft], providers: Providers, findings: Findings
) -> None:
    """Tell which models nobody here has; that is known for good only when a step asks."""
    served: dict[str, bool] = {}

    def is_served(model: str) -> bool:
        if model not in served:
            served[model] = any(provider.serves(model) for provider in providers())
        return served[model]

    for draft, entry in zip(drafts, placed(definition), strict=True):
        step = entry.step.step if isinstance(entry.step, Loop) else entry.step
        if not isinstance(step, Inference) or is_served(step.model):
            continue
        table = handling(definition.error_handling, entry.said("error_handling")).fallbacks
        here = place((draft.item or draft).place, "model")
        findings.warning(here, *_unserved(step.model, table, is_served))


def _unserved(
    model: str, table: Mapping[str, str], is_served: Callable[[str], bool]
) -> tuple[str, str]:
    message = f"no provider here has the model {cut(model)!r}"
    instead = next((other for other in chain(model, table) if is_served(other)), None)
    if instead is not None:
        return message, f"{instead!r} will answer in its place, by 'fallback_models'"
    hint = "The step will fail as model_unavailable. Name another under 'fallback_models'"
    return message, hint
