"""Functions that steps of a definition call by name: their declaration and registry.

A function is a typed callable. Its first argument is the step's `input`, or what an aggregation
collects where it is called `inputs`; its keyword-only arguments are the step's `parameters`:

    @function("word_count", returns="number")
    def word_count(text: str, *, unique: bool = False) -> int: ...

Registries are explicit. `default_registry()` holds what installed packs bring (entry points of
the group `perdure.packs`) and what `@function` has declared in this process.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Any, TypeVar

from perdure.authoring import parameters
from perdure.authoring.offered import offer
from perdure.errors import DefinitionError, PerdureError, Problem

PACKS = "perdure.packs"
"""The entry-point group of packs: each is a callable that takes a `FunctionRegistry`."""

F = TypeVar("F", bound=Callable[..., Any])


class UnknownFunctionError(PerdureError):
    """No function of this name is registered; the message has the nearest name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        names = sorted(known)
        close = get_close_matches(name, names, n=1)
        self.suggestion = f"Did you mean '{close[0]}'?" if close else _listing(names)
        super().__init__(f"there is no function '{name}'. {self.suggestion}")


class DuplicateFunctionError(DefinitionError):
    """Another function has this name."""


@dataclass(frozen=True, slots=True)
class Function:
    """One registered function; `returns` says in a word what it gives (`text`, `object` ...).

    `check`, if there is one, looks at an input without using it, so that a run need not be started
    with one that it cannot use; it raises `InvalidInputError`.
    """

    name: str
    call: Callable[..., Any]
    returns: str = field(default="json", kw_only=True)
    check: Callable[[Any], None] | None = field(default=None, kw_only=True)

    @property
    def is_built_in(self) -> bool:
        """Whether every process has it, for it comes with perdure."""
        return self.call.__module__.startswith("perdure.")

    @property
    def parameters(self) -> Collection[str]:
        """The names of its parameters."""
        return parameters.names(self.call)

    @property
    def takes(self) -> str:
        """Return `inputs` for a function of an aggregation's inputs by name, else `input`."""
        return "inputs" if parameters.input_name(self.call) == "inputs" else "input"

    @property
    def summary(self) -> str:
        """Return the first line of the function's documentation."""
        return (self.call.__doc__ or "").strip().partition("\n")[0]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the parameters."""
        return parameters.schema(self.call)

    def describe(self) -> dict[str, Any]:
        """Return what there is to know about it as plain data, parameters as a JSON Schema."""
        return {
            "name": self.name,
            "takes": self.takes,
            "returns": self.returns,
            "summary": self.summary,
            "parameters": self.schema(),
        }

    def problems(
        self, values: Mapping[str, Any], *, unknown_yet: Collection[str] = ()
    ) -> list[Problem]:
        """List what is wrong with a step's parameters; see `parameters.problems`."""
        return parameters.problems(self.call, values, unknown_yet=unknown_yet)

    def input_error(self, value: Any) -> str:
        """Return why its input cannot be a value of this kind; empty if it can."""
        return parameters.input_error(self.call, value)

    def __call__(self, value: Any, values: Mapping[str, Any] | None = None) -> Any:
        """Call it with a step's input and parameters, both checked by their types first.

        Raise `InvalidInputError` that names the input or the parameter that is wrong.
        """
        given = parameters.checked(self.call, values or {})
        return self.call(parameters.check_input(self.call, value, what=self.takes), **given)


class FunctionRegistry:
    """Functions by name. Adding the same one twice does nothing; another of its name is refused."""

    def __init__(self, declared: Mapping[str, Function] | None = None) -> None:
        """Start empty, or upon a mapping that is read at every look-up and never written."""
        self._declared = {} if declared is None else declared
        self._added: dict[str, Function] = {}

    def add(self, call: Callable[..., Any]) -> None:
        """Add a callable that `@function` has declared."""
        made = getattr(call, "perdure_function", None)
        if not isinstance(made, Function):
            shown = getattr(call, "__qualname__", repr(call))
            raise DefinitionError(f"{shown} is no function. Write @function(...) above it")
        _put(self._added, made)

    def get(self, name: str) -> Function:
        """Return the function, or raise `UnknownFunctionError` with the nearest name."""
        made = self._added.get(name) or self._declared.get(name)
        if made is None:
            raise UnknownFunctionError(name, self.names())
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._added or name in self._declared

    def names(self) -> tuple[str, ...]:
        """Return the names in order."""
        return tuple(sorted({*self._added, *self._declared}))

    def schema(self, name: str) -> dict[str, Any]:
        """Return the JSON Schema of a function's parameters."""
        return self.get(name).schema()


_DECLARED: dict[str, Function] = {}


def function(
    name: str, *, returns: str = "json", check: Callable[[Any], None] | None = None
) -> Callable[[F], F]:
    """Declare a typed callable as a function of this name; the callable stays as it is.

    `check` may refuse an input before a run is started with it: see `Function`. It is known to
    every `default_registry()` of this process, as soon as its module is imported.
    """

    def declare(call: F) -> F:
        parameters.input_name(call)  # refused here, where it is written, not when a run needs it
        made = Function(name, call, returns=returns, check=check)
        _put(_DECLARED, made)
        if not made.is_built_in:
            offer(name)
        call.perdure_function = made  # type: ignore[attr-defined]
        return call

    return declare


def default_registry() -> FunctionRegistry:
    """Return a registry of what the installed packs bring and what `@function` declares."""
    registry = FunctionRegistry(_DECLARED)
    for pack in entry_points(group=PACKS):
        try:
            register = pack.load()
        except ImportError as error:
            error.add_note(f"while loading the pack '{pack.name}' ({pack.value})")
            raise
        register(registry)
    return registry


def load_packs() -> None:
    """Import the packs of others, so that this process offers their functions too."""
    if any(not pack.value.startswith("perdure.") for pack in entry_points(group=PACKS)):
        default_registry()


def _put(where: dict[str, Function], made: Function) -> None:
    there = where.get(made.name)
    if there is not None and _place(there.call) != _place(made.call):
        raise DuplicateFunctionError(
            f"function '{made.name}' is {_origin(there.call)} already, so {_origin(made.call)} "
            "cannot have the name. Give it another one"
        )
    where[made.name] = made


def _place(call: Callable[..., Any]) -> tuple[str, str]:
    """Tell two functions apart, but not a module from itself when it is loaded twice.

    A script is loaded as `__main__`, and by a worker under its name: its file is the same.
    """
    code = getattr(call, "__code__", None)
    return (code.co_filename if code else call.__module__, call.__qualname__)


def _origin(call: Callable[..., Any]) -> str:
    return f"{call.__module__}.{call.__qualname__}"


def _listing(names: list[str]) -> str:
    return f"There are: {', '.join(names)}" if names else "None is registered"
