"""What is wrong with a definition: everything, at once, each with its place and what to do.

Pure: nothing is run, stored or asked. Examining and compiling share one path, so a definition that
passes here compiles, and none that does not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perdure.authoring.functions import Function, FunctionRegistry, UnknownFunctionError
from perdure.authoring.graphs.attempts import IDEMPOTENCY_KEY
from perdure.authoring.graphs.drafts import Draft, read_drafts
from perdure.authoring.graphs.findings import Findings, place
from perdure.authoring.graphs.handling import chain, check_fallbacks, check_rules, handling
from perdure.authoring.graphs.inputs import check_schema, full_schema
from perdure.authoring.graphs.kinds import check_kind
from perdure.authoring.graphs.links import Links, link
from perdure.authoring.graphs.models import (
    MAX_INLINE,
    Definition,
    Inference,
    Loop,
    inline_of,
    inner_steps,
    placed,
)
from perdure.authoring.graphs.shape import check_shape
from perdure.authoring.models import NOBODY, why_not
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


def examine(
    data: Any, functions: FunctionRegistry, providers: Providers, *, depth: int = 0
) -> Examined:
    """Examine data that `reading` made. Models that no provider has are warnings.

    Providers are asked for only if a step needs a model. `depth` says within how many others the
    definition is written.
    """
    findings = Findings()
    if not isinstance(data, dict):
        findings.error("", "a definition must be an object", 'Write {"name": ..., "steps": [...]}')
        return Examined(None, Links([], []), tuple(findings.errors), ())
    definition = check_shape(data, findings)
    drafts = read_drafts(data, findings)
    links = link(drafts, data.get("output"), findings)
    for at, draft in enumerate(drafts):
        for each in draft.doing:
            _check_function(each, functions, findings)
            _check_aggregation(each, [] if draft.items else links.explicit[at], findings)
            check_kind(each, findings)
            _check_inline(each, title_of(data, draft), (functions, providers), findings, depth)
    check_fallbacks(data, drafts, findings)
    check_rules(data, drafts, findings)
    check_schema(data.get("input_schema"), links.reads, findings)
    if definition is not None:
        _check_models(definition, drafts, providers, findings)
    errors = tuple(findings.errors)
    return Examined(None if errors else definition, links, errors, tuple(findings.warnings))


def title_of(data: Mapping[str, Any], draft: Draft) -> str:
    """Return what a workflow is called that is written within a step, unless it has a name."""
    return f"{data.get('name')}/{draft.id}"


def _check_inline(
    draft: Draft,
    title: str,
    known: tuple[FunctionRegistry, Providers],
    findings: Findings,
    depth: int,
) -> None:
    """Tell what is wrong with a workflow that is written within a step."""
    inner = draft.data.get("workflow")
    if draft.data.get("type") != "workflow" or not isinstance(inner, dict):
        return
    here = place(draft.place, "workflow")
    if depth == MAX_INLINE:
        hint = "Write it as a definition of its own, and name it"
        findings.error(here, f"workflows stand {MAX_INLINE} deep within each other at most", hint)
        return
    found = examine(inline_of(inner, title), *known, depth=depth + 1)
    for problem in found.errors:
        findings.error(_within(here, problem.path), problem.message, problem.suggestion)
    for problem in found.warnings:
        findings.warning(_within(here, problem.path), problem.message, problem.suggestion)
    given = draft.data.get("inputs", {})
    for name in found.links.reads:
        if isinstance(given, dict) and name not in given and not _has_default(inner, name):
            findings.error(
                place(draft.place, "inputs"),
                f"the workflow reads {cut(name)!r}, which is not given",
            )


def _within(here: str, path: str) -> str:
    return f"{here}.{path}" if path and not path.startswith("[") else f"{here}{path}"


def _has_default(definition: Mapping[str, Any], name: str) -> bool:
    schema = definition.get("input_schema")
    part = full_schema(schema if isinstance(schema, dict) else None, (name,))["properties"][name]
    return isinstance(part, dict) and "default" in part


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
    if draft.data.get("type") == "python" and IDEMPOTENCY_KEY in function.parameters:
        given = {IDEMPOTENCY_KEY: "${workflow.input}", **given}  # it is given one
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
    given = data.get("input", None if kind == "python" else "${")
    is_known = kind in ("data_processing", "python") and "${" not in encode(given)
    if is_known and (wrong := function.input_error(given)):
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
        is_loop = isinstance(entry.step, Loop)
        steps = inner_steps(entry.step.step) if isinstance(entry.step, Loop) else [entry.step]
        for each, step in zip(draft.doing if is_loop else (draft,), steps, strict=True):
            if not isinstance(step, Inference) or is_served(step.model):
                continue
            table = handling(definition.error_handling, entry.said("error_handling")).fallbacks
            here = place(each.place, "model")
            why = why_not(step.model, providers())
            findings.warning(here, *_unserved(step.model, table, is_served, why))


def _unserved(
    model: str,
    table: Mapping[str, str],
    is_served: Callable[[str], bool],
    why: str,
) -> tuple[str, str]:
    message = f"no provider here has the model {cut(model)!r}"
    message += f": {why}" if why != NOBODY else ""
    instead = next((other for other in chain(model, table) if is_served(other)), None)
    if instead is not None:
        return message, f"{instead!r} will answer in its place, by 'fallback_models'"
    hint = "The step will fail as model_unavailable. Name another under 'fallback_models'"
    return message, hint
