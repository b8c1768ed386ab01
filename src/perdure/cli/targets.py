"""What a command line names as a workflow: a file of JSON or YAML, or a class in a module."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from perdure.app.importing import import_workflows
from perdure.authoring.defaults import default_registry
from perdure.authoring.registry import Workflow
from perdure.errors import ConfigError, PerdureError, Problem

DEFINITIONS = (".json", ".yaml", ".yml")


def load_workflow(target: str) -> tuple[Workflow, tuple[Problem, ...]]:
    """Return the workflow that is named, and warnings about it.

    `flow.json` and `flow.yaml` are definitions; `orders:Order` is a class in a module,
    `orders.py:Order` one in a file; without a class the module must have one workflow. Raises
    InvalidDefinitionError with every problem, ConfigError if there is no such thing.
    """
    if is_definition(target):
        from perdure.authoring.graphs.loader import load_definition

        return load_definition(target)
    module, _, name = target.rpartition(":") if ":" in target else (target, "", "")
    return _of_module(import_code(module), name, module), ()


def is_definition(target: str) -> bool:
    """Tell whether a target is a definition's file rather than code."""
    return target.lower().endswith(DEFINITIONS) or (
        not target.endswith(".py") and ":" not in target and Path(target).is_file()
    )


def import_code(target: str) -> ModuleType:
    """Import a module or file. Raises ConfigError that says in which line it failed, if it did."""
    if not (target.endswith(".py") or all(part.isidentifier() for part in target.split("."))):
        what = "is a folder" if Path(target).is_dir() else "is neither a file nor a module's name"
        raise ConfigError(
            f"{target!r} {what}. Name a definition (flow.json), a file (orders.py) or a module "
            "(orders)"
        )
    try:
        return import_workflows(target)
    except PerdureError:
        raise
    except Exception as error:  # importing runs anybody's code
        raise ConfigError(
            f"{target} cannot be imported: {type(error).__name__}: {error}{_line(error)}"
        ) from error


def _line(error: BaseException) -> str:
    """Say where an import failed: the last line that belongs to no importer."""
    if isinstance(error, SyntaxError):
        return ""  # its text says it
    frames = [
        frame for frame in extract_tb(error.__traceback__) if "importlib" not in frame.filename
    ]
    return f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""


def _of_module(module: ModuleType, name: str, target: str) -> Workflow:
    found = workflows_in(module)
    if not found:
        raise ConfigError(
            f"{target} declares no workflow. Write @workflow(...) above a class in it, or name a "
            "definition's file (.json, .yaml)"
        )
    if not name and len(found) == 1:
        return next(iter(found.values()))
    if name in found:
        return found[name]
    for flow in found.values():
        if flow.name == name:
            return flow
    if not name:
        raise ConfigError(
            f"{target} declares {len(found)} workflows. Name one: {_choices(target, found)}"
        )
    near = get_close_matches(name, found, n=1)
    hint = f"Did you mean {target}:{near[0]}?" if near else f"There are: {_choices(target, found)}"
    raise ConfigError(f"{target} declares no workflow {name!r}. {hint}")


def workflows_in(module: ModuleType) -> dict[str, Workflow]:
    """Return the workflows that a module's classes are, by the class's name."""
    registry = default_registry()
    found: dict[str, Workflow] = {}
    for name, value in vars(module).items():
        declared = getattr(value, "__perdure_workflow__", None) if isinstance(value, type) else None
        if isinstance(declared, str) and (flow := registry.find(declared)) is not None:
            found[name] = flow
    return found


def _choices(target: str, names: Iterable[str]) -> str:
    return ", ".join(f"{target}:{name}" for name in names)
