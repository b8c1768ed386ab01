"""Templates: definitions with `${template.NAME}` in them, of which definitions are made.

A template says `parameters` and `steps_template`; beside these it may say all that a definition
says. Pure: what is made here is data, and it is examined as if its author had written it.

A string that is one parameter becomes its value, with its type; within text the value is rendered.
In a condition it stands for its value. What a value holds is data: `${` in it is no reference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from perdure.authoring.functions import FunctionRegistry
from perdure.authoring.graphs.drafts import find_references
from perdure.authoring.graphs.findings import Findings, place
from perdure.authoring.graphs.inputs import TYPES, violations
from perdure.authoring.graphs.loader import check_definition
from perdure.authoring.graphs.models import Definition
from perdure.authoring.graphs.reading import MAX_BYTES, read_data
from perdure.errors import InvalidDefinitionError, Problem
from perdure.kernel.filling import MissingReferenceError, cost, find
from perdure.kernel.references import Json, Reference, Root, cut, scan
from perdure.ports.models import ModelProvider
from perdure.wire.encoding import encode

MAX_PARAMETERS = 200
KINDS = tuple(kind for kind in TYPES if kind != "null")
_FIELDS = ("parameters", "steps_template")
_ALLOWED = (*_FIELDS, *(name for name in Definition.model_fields if name != "steps"))
_OF_PARAMETER = ("name", "type", "default", "enum", "description")


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read. `data` is what its author wrote, to be kept.

    `parameters` has a JSON Schema for each, by name; one without `default` must be given.
    """

    name: str
    data: Mapping[str, Any]
    parameters: Mapping[str, Mapping[str, Any]]

    @property
    def needed(self) -> tuple[str, ...]:
        """The parameters that must be given."""
        return tuple(name for name, part in self.parameters.items() if "default" not in part)


def load_template(
    data: Any,
    *,
    functions: FunctionRegistry | None = None,
    providers: Sequence[ModelProvider] | None = None,
) -> tuple[Template, tuple[Problem, ...]]:
    """Return the template of data as its author wrote them, and the warnings.

    Where each parameter has a default or an enum, the definition that these make is examined, too;
    else what depends on values is told when one is made. Raises InvalidDefinitionError with every
    problem.
    """
    copied = read_data(data)
    findings = Findings()
    template = _read(copied, findings)
    if template is None or findings.errors:
        raise InvalidDefinitionError(_title(copied), findings.errors)
    warnings = list(findings.warnings)
    if (sample := _sample(template)) is not None:
        made = instantiate(template, sample)
        found = [_moved(each) for each in check_definition(made, functions=functions, providers=providers)]  # fmt: skip
        if errors := [problem for problem in found if problem.severity == "error"]:
            raise InvalidDefinitionError(template.name, errors)
        warnings += found
    return template, tuple(warnings)


def instantiate(
    template: Template, parameters: Mapping[str, Any] | None = None, *, name: str | None = None
) -> dict[str, Any]:
    """Return the definition that these parameters make, as data; its name is the template's if none is given.

    Raises InvalidDefinitionError with everything that is wrong with the parameters, such as
    `parameters.max_tokens`. Whether the definition is a good one is not looked at here.
    """
    title = name if name is not None else template.name
    given = read_data({"parameters": dict(parameters or {})}, name=title)["parameters"]
    values = _defaults(template) | given
    if wrong := list(_wrong(template, values)):
        raise InvalidDefinitionError(title, wrong)
    filling = _Filling(values)
    made: dict[str, Any] = {"name": title}
    try:
        for key, value in template.data.items():
            if key == "steps_template":
                made["steps"] = filling.value(value)
            elif key not in ("name", "parameters"):
                made[key] = filling.value(value)
    except MissingReferenceError as error:
        raise InvalidDefinitionError(title, [Problem("parameters", str(error))]) from error
    if filling.left < 0:
        much = f"with these parameters it comes to more than {MAX_BYTES:,} characters"
        raise InvalidDefinitionError(title, [Problem("parameters", much)])
    return made


# -- reading ---------------------------------------------------------------------------------
def _read(data: Any, findings: Findings) -> Template | None:
    if not isinstance(data, dict):
        hint = 'Write {"name": ..., "parameters": [...], "steps_template": [...]}'
        findings.error("", "a template must be an object", hint)
        return None
    for key in data:
        if key not in _ALLOWED:
            hint = findings.nearest(key, _ALLOWED, f"It has: {', '.join(_ALLOWED)}")
            hint = "A template's steps are its 'steps_template'" if key == "steps" else hint
            findings.error(place("", key), "is no field of a template", hint)
    name = data.get("name")
    if not isinstance(name, str) or not name.strip():
        findings.error("name", "is needed, and must be text")
    steps = data.get("steps_template")
    if not isinstance(steps, list) or not steps:
        hint = 'Write "steps_template": [{"id": ..., "type": ...}, ...]'
        findings.error("steps_template", "is needed, and must be a list of steps", hint)
    known = _parameters(data.get("parameters", []), findings)
    _check_references(data, known, findings)
    return Template(str(name), MappingProxyType(data), MappingProxyType(known))


def _parameters(said: Any, findings: Findings) -> dict[str, dict[str, Any]]:
    """Return the JSON Schemas of the parameters by name."""
    if not isinstance(said, list) or len(said) > MAX_PARAMETERS:
        hint = 'Write "parameters": [{"name": ..., "type": "string"}, ...]'
        findings.error("parameters", f"must be a list of at most {MAX_PARAMETERS}", hint)
        return {}
    known: dict[str, dict[str, Any]] = {}
    for number, part in enumerate(said):
        here = place("parameters", number)
        if not isinstance(part, dict):
            findings.error(here, "must be an object", 'Write {"name": ..., "type": "string"}')
            continue
        schema = {key: value for key, value in part.items() if key != "name"}
        name = part.get("name")
        if not isinstance(name, str) or not name.isidentifier():
            findings.error(place(here, "name"), "must be a name: letters, digits and '_'")
        elif name in known:
            findings.error(place(here, "name"), f"there is a parameter {cut(name)!r} already")
        else:
            known[name] = schema
        _check_parameter(part, schema, here, findings)
    return known


def _check_parameter(
    part: Mapping[str, Any], schema: dict[str, Any], here: str, findings: Findings
) -> None:
    for key in part:
        if key not in _OF_PARAMETER:
            hint = findings.nearest(key, _OF_PARAMETER, f"It has: {', '.join(_OF_PARAMETER)}")
            findings.error(place(here, key), "is no field of a parameter", hint)
    kind = part.get("type")
    if kind not in KINDS:
        hint = findings.nearest(str(kind), KINDS, f"There are: {', '.join(KINDS)}")
        findings.error(place(here, "type"), f"{cut(str(kind))!r} is no type", hint)
        return
    values = part.get("enum", [])
    if not isinstance(values, list) or ("enum" in part and not values):
        findings.error(place(here, "enum"), "must be a list of values")
        schema.pop("enum", None)
        return
    for number, value in enumerate(values):
        for there, message in violations({"type": kind}, value, place(f"{here}.enum", number)):
            findings.error(there, message)
    if "default" in part:
        for there, message in violations(schema, part["default"], place(here, "default")):
            findings.error(there, message)


def _check_references(
    data: Mapping[str, Any], known: Mapping[str, Any], findings: Findings
) -> None:
    """Tell parameters that are used and not declared, and those that are declared and not used."""
    used = set()
    for key, value in data.items():
        if key == "parameters":
            continue
        for here, reference in _ours(value, place("", key)):
            named = str(reference.path[0])
            used.add(named)
            if named not in known:
                listed = f"There are: {', '.join(known)}" if known else "It declares none"
                hint = findings.nearest(named, known, listed)
                findings.error(here, f"the template has no parameter {cut(named)!r}", hint)
    for name in known:
        if name not in used:
            findings.warning("parameters", f"nothing uses the parameter {cut(name)!r}")


def _ours(value: Any, here: str) -> Iterator[tuple[str, Reference]]:
    found = find_references(value, here, Findings())  # other flaws are told when one is made
    return (each for each in found if each[1].root is Root.TEMPLATE)


def _sample(template: Template) -> dict[str, Any] | None:
    """Return values that may stand for the parameters that must be given; None if there are none."""
    found = {name: template.parameters[name].get("enum") for name in template.needed}
    return {name: one[0] for name, one in found.items() if one} if all(found.values()) else None


def _moved(problem: Problem) -> Problem:
    """Return a problem with its place in the template."""
    if not problem.path.startswith("steps"):
        return problem
    path = "steps_template" + problem.path.removeprefix("steps")
    return Problem(path, problem.message, problem.suggestion, problem.severity)


def _title(data: Any) -> str:
    name = data.get("name") if isinstance(data, dict) else None
    return cut(name, 80) if isinstance(name, str) else "a template"


# -- making a definition ---------------------------------------------------------------------
def _defaults(template: Template) -> dict[str, Any]:
    return {
        name: part["default"] for name, part in template.parameters.items() if "default" in part
    }


def _wrong(template: Template, values: dict[str, Any]) -> Iterator[Problem]:
    findings = Findings()
    schema = {"properties": dict(template.parameters), "required": template.needed}
    for here, message in violations(schema, values, "parameters"):
        yield Problem(here, message)
    for name in values:
        if name not in template.parameters:
            listed = f"There are: {', '.join(template.parameters)}"
            hint = findings.nearest(name, template.parameters, listed)
            yield Problem(place("parameters", name), "is no parameter of the template", hint)


class _Filling:
    """Parameters being filled in; `left` are the characters that these may still come to."""

    def __init__(self, values: Mapping[str, Json]) -> None:
        self._values = values
        self.left = MAX_BYTES

    def value(self, value: Json) -> Json:
        if isinstance(value, str):
            return self._text(value) if "${" in value else value
        if isinstance(value, list):
            return [self.value(part) for part in value]
        if not isinstance(value, dict):
            return value
        made = {key: self.value(part) for key, part in value.items()}
        condition = value.get("condition")
        if value.get("type") == "conditional" and isinstance(condition, str):
            made["condition"] = self._condition(condition)
        return made

    def _text(self, text: str) -> Json:
        parts, faults = scan(text)
        if faults or not any(_is_ours(part) for part in parts):
            return text  # as it stands; what is wrong with it is told by who examines it
        if len(parts) == 1:
            only: Json = _escaped(self._given(parts[0]))
            return only
        made = []
        for part in parts:
            if _is_ours(part):
                value = self._given(part)
                made.append(_escaped(value) if isinstance(value, str) else encode(_escaped(value)))
            else:
                made.append(f"${{{part}}}" if isinstance(part, Reference) else _escaped(part))
        return "".join(map(str, made))

    def _condition(self, text: str) -> str:
        """Fill in a condition: a value is written as CEL writes it, and never read as CEL."""
        parts, faults = scan(text)
        if faults:
            return text
        made = []
        for part in parts:
            if _is_ours(part):
                made.append(encode(self._given(part)).replace("${", r"$\u007b"))
            else:
                made.append(f"${{{part}}}" if isinstance(part, Reference) else part)
        return "".join(made)

    def _given(self, reference: str | Reference) -> Json:
        """Return a parameter's value, or what a path leads to in it. Raises MissingReferenceError."""
        assert isinstance(reference, Reference)
        if self.left < 0:
            return None  # it is too long by now; what is made is not returned
        value = find(reference, lambda _: dict(self._values))
        self.left -= cost(value, MAX_BYTES)
        return value


def _is_ours(part: str | Reference) -> bool:
    return isinstance(part, Reference) and part.root is Root.TEMPLATE


def _escaped(value: Any) -> Any:
    """Return a value in which no text has references."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, list):
        return [_escaped(part) for part in value]
    return (
        {key: _escaped(part) for key, part in value.items()} if isinstance(value, dict) else value
    )
