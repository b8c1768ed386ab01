"""From a file, a text or data to a workflow that can be started; also where a generator makes it."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from perdure.authoring.functions import FunctionRegistry, default_registry
from perdure.authoring.graphs.compiling import compile_definition
from perdure.authoring.graphs.dynamic import is_dynamic, read_dynamic, workflow_of
from perdure.authoring.graphs.inputs import beginning, declared
from perdure.authoring.graphs.reading import read_data, read_file
from perdure.authoring.graphs.validation import Examined, examine
from perdure.authoring.models import default_providers
from perdure.authoring.registry import Workflow
from perdure.errors import InvalidDefinitionError, Problem
from perdure.kernel.plan import Plan
from perdure.ports.models import ModelProvider

Source = str | os.PathLike[str] | Mapping[str, Any]
"""A path of a JSON or YAML file, or the definition itself as data."""

_functions = cache(default_registry)
_providers = cache(default_providers)


def load_definition(
    source: Source,
    *,
    functions: FunctionRegistry | None = None,
    providers: Sequence[ModelProvider] | None = None,
) -> tuple[Workflow, tuple[Problem, ...]]:
    """Return the workflow and the warnings, such as of models that nobody here has.

    Raises InvalidDefinitionError with every problem. The workflow has no bodies of its own:
    `bodies.body_makers` does its steps, by kind.
    """
    name = _name(source)
    data = read_data(source) if isinstance(source, Mapping) else read_file(source)
    if is_dynamic(data):
        dynamic, warnings = read_dynamic(data)
        return workflow_of(
            dynamic, lambda made: load_definition(made, functions=functions, providers=providers)[0]
        ), warnings
    known = functions if functions is not None else _functions()
    examined = _examine(data, known, providers)
    if examined.definition is None:
        raise InvalidDefinitionError(_title(data, name), examined.errors)
    plan = _compiled(examined, known, providers)
    place = (str(Path(name).absolute()) if name else "", plan.workflow)
    flow = Workflow(plan=plan, begin=beginning(plan), takes=declared(plan), place=place)
    return flow, examined.warnings


def _compiled(
    examined: Examined, functions: FunctionRegistry, providers: Sequence[ModelProvider] | None
) -> Plan:
    assert examined.definition is not None

    def inline(data: dict[str, Any]) -> Plan:
        return _compiled(_examine(data, functions, providers), functions, providers)

    return compile_definition(examined.definition, examined.links, functions, inline)


def check_definition(
    source: Source,
    *,
    functions: FunctionRegistry | None = None,
    providers: Sequence[ModelProvider] | None = None,
) -> tuple[Problem, ...]:
    """Return every problem of a definition, errors first; it can be loaded if none is an error."""
    try:
        data = read_data(source) if isinstance(source, Mapping) else read_file(source)
        if is_dynamic(data):
            return read_dynamic(data)[1]
    except InvalidDefinitionError as error:
        return error.problems
    examined = _examine(data, functions, providers)
    return (*examined.errors, *examined.warnings)


def _examine(
    data: Any, functions: FunctionRegistry | None, providers: Sequence[ModelProvider] | None
) -> Examined:
    return examine(
        data,
        functions if functions is not None else _functions(),
        _providers if providers is None else lambda: providers,
    )


def _name(source: Source) -> str:
    return "" if isinstance(source, Mapping) else os.fspath(source)


def _title(data: Any, file: str) -> str:
    """Return what an error calls the definition: the name it has, else its file's."""
    name = data.get("name") if isinstance(data, dict) else None
    return name[:80] if isinstance(name, str) and name else Path(file).name
