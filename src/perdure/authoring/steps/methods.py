"""The steps and other methods of a workflow class, with those of its bases, and their checks."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from perdure.authoring.steps.options import StepOptions, options_of
from perdure.errors import DefinitionError

_SPREAD = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMethod:
    """A step of a class: its name, its function, what was said of it.

    `body` is the class whose text has it first; steps of one body are written one after another.
    """

    name: str
    function: Callable[..., Any]
    options: StepOptions
    body: type

    @property
    def is_async(self) -> bool:
        """Whether calling it gives something to await."""
        return inspect.iscoroutinefunction(self.function)


@dataclass(frozen=True, slots=True)
class Methods:
    """What the rest of the front-end needs to know of a class. `steps` are in written order."""

    cls: type
    steps: Mapping[str, StepMethod]
    helpers: frozenset[str] = field(repr=False)

    @property
    def start(self) -> str:
        """Return the start step's name: the one declared so, or the only one there is."""
        declared = (step.name for step in self.steps.values() if step.options.start)
        return next(declared, next(iter(self.ordinary)))

    @property
    def ordinary(self) -> Mapping[str, StepMethod]:
        """The steps that a run goes through, in written order: all but its hooks."""
        return {name: step for name, step in self.steps.items() if not step.options.is_hook}

    def label(self, step: str) -> str:
        """Return class and step as errors name them."""
        return f"{shown(self.cls)}.{step}"

    def versions(self, name: str) -> Iterator[list[FunctionType]]:
        """Yield what stands under a name: the class's own first, then what `super()` reaches."""
        for base in self.cls.__mro__:
            if functions := functions_of(vars(base).get(name)):
                yield functions


def shown(cls: type) -> str:
    """Return a class's name as errors show it: without the function that it was written in."""
    return cls.__qualname__.rpartition("<locals>.")[2]


def methods_of(cls: type) -> Methods:
    """Return the steps of a class. Raises DefinitionError that names class, step and remedy."""
    steps: dict[str, StepMethod] = {}
    helpers: set[str] = set()
    for name, body in _names_in_order(cls).items():
        found = inspect.getattr_static(cls, name)
        options = options_of(found)
        if options is not None:
            _check_step(f"{shown(cls)}.{name}", name, found)
            steps[name] = StepMethod(name=name, function=found, options=options, body=body)
        elif functions_of(found):
            _check_not_hidden(cls, name)
            helpers.add(name)
    methods = Methods(cls, steps, frozenset(helpers))
    if steps:
        _check_start(methods)
        _check_instance(cls)
    return methods


def functions_of(found: object) -> list[FunctionType]:
    """Return the functions that a class attribute is: the outermost decorator's, then inwards."""
    if isinstance(found, classmethod | staticmethod):
        found = found.__func__
    elif isinstance(found, property):
        found = found.fget
    functions = []
    while isinstance(found, FunctionType) and found not in functions:
        functions.append(found)
        found = getattr(found, "__wrapped__", None)
    return functions


def _names_in_order(cls: type) -> dict[str, type]:
    """Return attribute names with the class that wrote each first: bases, then what they add."""
    names: dict[str, type] = {}
    for base in reversed(cls.__mro__[:-1]):
        for name in vars(base):
            if not (name.startswith("__") and name.endswith("__")):
                names.setdefault(name, base)
    return names


def _check_step(label: str, name: str, function: Callable[..., Any]) -> None:
    if function.__name__ != name:
        raise DefinitionError(
            f"{label} is a function named {function.__name__!r}. If a decorator below @step hides "
            f"its name, give that functools.wraps; a step has one name only"
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise DefinitionError(
            f"{label} has a `yield`, and a step returns once. Write return goto(...)"
        )
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or parameters[0].kind is inspect.Parameter.KEYWORD_ONLY:
        raise DefinitionError(f"{label} is a method without `self`. Write def {name}(self)")
    for extra in parameters[1:]:
        if extra.default is inspect.Parameter.empty and extra.kind not in _SPREAD:
            raise DefinitionError(
                f"{label} takes {extra.name!r}, and steps are called without arguments. Keep it in "
                f"the context: get_context().{extra.name}"
            )


def _check_not_hidden(cls: type, name: str) -> None:
    """Refuse a method that overrides a step and is none: most likely `@step` was forgotten."""
    for base in cls.__mro__[1:]:
        if options_of(vars(base).get(name)) is not None:
            raise DefinitionError(
                f"{shown(cls)}.{name} overrides a step of {shown(base)} and is no step itself. "
                f"Write @step() above it, or give it another name"
            )


def _check_start(methods: Methods) -> None:
    starts = [step.name for step in methods.steps.values() if step.options.start]
    name = shown(methods.cls)
    if len(starts) > 1:
        raise DefinitionError(
            f"{name} has {len(starts)} start steps: {' and '.join(starts)}. Keep start=True on one "
            f"of them, and write @step() above the others"
        )
    if not methods.ordinary:
        raise DefinitionError(
            f"{name} has only hooks ({', '.join(methods.steps)}), which no run begins with. Write "
            f"@step(start=True) above its first step"
        )
    if not starts and len(methods.ordinary) > 1:
        raise DefinitionError(
            f"{name} has no start step. Write @step(start=True) above the first one "
            f"(of {', '.join(methods.ordinary)})"
        )


def _check_instance(cls: type) -> None:
    """Each step gets a new instance, made without arguments."""
    try:
        inspect.signature(cls).bind()
    except TypeError as error:
        raise DefinitionError(
            f"{shown(cls)} cannot be made without arguments ({error}), and each step gets a new "
            f"instance. Keep the values in the Context"
        ) from error
