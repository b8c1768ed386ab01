"""Dynamic definitions: a generator makes the steps of each run, from its inputs.

A dynamic definition says `generator_function` where others say `steps`. When a run is to begin its
inputs are checked, the generator is called once, and what it made is examined and compiled like
any definition: that plan is stored with the run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from perdure.authoring.generators import Generator, generators
from perdure.authoring.graphs.failures import GeneratorFailedError, GeneratorUnavailableError
from perdure.authoring.graphs.findings import Findings, place
from perdure.authoring.graphs.inputs import beginning, check_schema, declared, full_schema
from perdure.authoring.graphs.models import Definition
from perdure.authoring.graphs.reading import read_data
from perdure.authoring.plans import seal
from perdure.authoring.registry import Workflow
from perdure.errors import InvalidDefinitionError, Problem
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.references import cut
from perdure.wire.encoding import decode, encode

FIELD = "generator_function"
_OWN = ("name", "description", "version", FIELD, "input_schema")
_ALLOWED = (*_OWN, *(name for name in Definition.model_fields if name not in (*_OWN, "steps")))
_DEFAULT_VERSION = Definition.model_fields["version"].default


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A dynamic definition that was read. `data` is what its author wrote, to be kept."""

    name: str
    generator: str
    data: Mapping[str, Any]


def is_dynamic(data: Any) -> bool:
    """Tell whether data are a dynamic definition rather than one with steps."""
    return isinstance(data, Mapping) and FIELD in data


def read_dynamic(
    data: Any, *, known: Mapping[str, Generator] | None = None
) -> tuple[Dynamic, tuple[Problem, ...]]:
    """Return the dynamic definition of data, and the warnings, such as of an unknown generator.

    Raises InvalidDefinitionError with every problem.
    """
    copied = read_data(data)
    findings = Findings()
    made = _read(copied, generators() if known is None else known, findings)
    if made is None or findings.errors:
        name = copied.get("name") if isinstance(copied, dict) else None
        raise InvalidDefinitionError(cut(str(name or "dynamic"), 80), findings.errors)
    return made, tuple(findings.warnings)


def workflow_of(
    dynamic: Dynamic,
    load: Callable[[dict[str, Any]], Workflow],
    *,
    known: Mapping[str, Generator] | None = None,
) -> Workflow:
    """Return the workflow, each run of which gets a plan of its own; `load` makes it of a definition.

    Its `opening` raises InvalidValueError for wrong inputs, GeneratorUnavailableError where nobody
    here has the generator, GeneratorFailedError for what it raised, and InvalidDefinitionError for
    what it made, if that is no good definition.
    """
    schema = encode(full_schema(dynamic.data.get("input_schema"), ()))
    outer = seal(
        Plan(
            workflow=dynamic.name,
            version=dynamic.data.get("version", _DEFAULT_VERSION),
            kind=PlanKind.GRAPH,
            schema=schema,
        )
    )
    begin = beginning(outer)

    def opens(inputs: Mapping[str, Any]) -> tuple[Plan, str]:
        context = begin(inputs)
        made = _generated(dynamic, generators() if known is None else known, decode(context))
        flow = load(made)
        return flow.plan, flow.begin(decode(context))

    where = ("", dynamic.name)
    return Workflow(plan=outer, begin=begin, takes=declared(outer), place=where, opens=opens)


def _read(data: Any, known: Mapping[str, Generator], findings: Findings) -> Dynamic | None:
    if not isinstance(data, dict):
        hint = f'Write {{"name": ..., "{FIELD}": ...}}'
        findings.error("", "a dynamic definition must be an object", hint)
        return None
    for key in data:
        if key not in _ALLOWED:
            hint = "Its steps are what the generator returns"
            if key != "steps":
                hint = findings.nearest(key, _ALLOWED, f"It has: {', '.join(_ALLOWED)}")
            findings.error(place("", key), "is no field of a dynamic definition", hint)
    for key in ("name", FIELD, "version"):
        value = data.get(key, "" if key != "version" else _DEFAULT_VERSION)
        if not isinstance(value, str) or not value.strip():
            findings.error(key, "is needed, and must be text")
    schema = data.get("input_schema")
    if schema is not None and not isinstance(schema, dict):
        findings.error("input_schema", "must be an object", 'Such as {"text": {"type": "string"}}')
    check_schema(schema, {}, findings)
    generator = str(data.get(FIELD))
    if generator not in known:
        hint = findings.nearest(generator, known, _how(generator))
        findings.warning(FIELD, f"there is no generator {cut(generator)!r} in this process", hint)
    return Dynamic(str(data.get("name")), generator, MappingProxyType(data))


def _generated(
    dynamic: Dynamic, known: Mapping[str, Generator], inputs: dict[str, Any]
) -> dict[str, Any]:
    """Return the definition of one run. Raises what `workflow_of` tells of the generator."""
    call = known.get(dynamic.generator)
    if call is None:
        raise GeneratorUnavailableError(
            f"there is no generator {dynamic.generator!r} in this process. {_how(dynamic.generator)}"
        )
    try:
        made = call(inputs)
    except Exception as error:
        raise GeneratorFailedError(
            f"generator {dynamic.generator!r} raised {type(error).__name__}: {error}"
        ) from error
    given = {key: value for key, value in dynamic.data.items() if key != FIELD}
    if isinstance(made, Mapping):
        named = [str(key) for key in ("name", "version", "input_schema") if key in made]
        if named:
            raise GeneratorFailedError(
                f"generator {dynamic.generator!r} returned an object with {named[0]!r}, which the "
                "definition says. It returns 'steps', and what else belongs to them"
            )
        return {**given, **made}
    if not isinstance(made, Sequence) or isinstance(made, str | bytes):
        raise GeneratorFailedError(
            f"generator {dynamic.generator!r} returned {type(made).__name__}, not a list of steps"
        )
    return {**given, "steps": list(made)}


def _how(name: str) -> str:
    return f'Write @perdure.generator("{cut(name)}") above it, and have its module imported here'
