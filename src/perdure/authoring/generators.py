"""Generators: functions that make the steps of a dynamic definition from a run's inputs.

    @generator("steps_for_documents")
    def steps_for_documents(inputs: dict) -> list[dict]: ...

One is called once for each run, before it begins. What it returns is data: a list of steps, or an
object with `steps` and whatever else a definition may say.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from perdure.errors import DefinitionError

Generator = Callable[[dict[str, Any]], Any]
"""Takes a run's inputs, defaults filled in; returns steps, or a definition without a name."""

F = TypeVar("F", bound=Generator)

_declared: dict[str, Generator] = {}


class DuplicateGeneratorError(DefinitionError):
    """Another generator has this name."""


def generator(name: str) -> Callable[[F], F]:
    """Declare a function as the generator of this name; the function stays as it is.

    It is known in this process as soon as its module is imported.
    """

    def declare(call: F) -> F:
        there = _declared.get(name)
        if there is not None and _place(there) != _place(call):
            raise DuplicateGeneratorError(
                f"generator {name!r} is {_origin(there)} already, so {_origin(call)} cannot have "
                "the name. Give it another one"
            )
        _declared[name] = call
        return call

    return declare


def generators() -> Mapping[str, Generator]:
    """Return the generators of this process, by name."""
    return dict(_declared)


def _place(call: Generator) -> tuple[str, str]:
    """Tell two functions apart, but not a module from itself when it is loaded twice."""
    code = getattr(call, "__code__", None)
    return (code.co_filename if code else call.__module__, call.__qualname__)


def _origin(call: Generator) -> str:
    return f"{call.__module__}.{call.__qualname__}"
