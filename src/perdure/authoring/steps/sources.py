"""The functions of a workflow class as read from their code, and what their values come to."""

import contextlib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

from perdure.authoring.steps.bytecode import (
    Attr,
    Call,
    Const,
    Either,
    Mixed,
    Name,
    Reading,
    Value,
    flatten,
    read,
)
from perdure.authoring.steps.methods import Methods


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One function: its code, what was read of it, its first argument's name, and what its names mean.

    `around` are the variables of the functions that it was written in.
    """

    code: CodeType
    reading: Reading
    me: str | None
    names: Mapping[str, Any]
    around: Mapping[str, Any]

    def is_self(self, value: Value) -> bool:
        """Whether a value is the function's first argument, which is `self` or `cls` by custom."""
        return isinstance(value, Name) and value.is_local and value.name == self.me

    def looked_up(self, value: Value) -> Any:
        """Return what a global, or a variable around the function, is now; None if unknown.

        Also an attribute of one that is a class or a module.
        """
        match value:
            case Name(name, is_local=is_local):
                return (self.around if is_local else self.names).get(name)
            case Attr(base, name) if isinstance(base, Name | Attr):
                owner = self.looked_up(base)
                return getattr(owner, name, None) if isinstance(owner, type | ModuleType) else None
            case _:
                return None


class Sources:
    """The functions of a class by name, each read once."""

    def __init__(self, methods: Methods) -> None:
        self.methods = methods
        self._known: dict[str, list[Source]] = {}

    def named(self, name: str) -> list[Source]:
        """Return the functions of this name: with decorators, and bases' that `super` reaches."""
        if name not in self._known:
            functions: list[FunctionType] = []
            for version in self.methods.versions(name):
                functions += version
                if "super" not in version[-1].__code__.co_names:
                    break
            self._known[name] = [_source(each) for each in functions]
        return self._known[name]

    def reached(self, name: str) -> list[Source]:
        """Return the functions that run when this method does: its own and those it calls."""
        found = [name]
        sources: list[Source] = []
        for each in found:  # grows on the way
            here = self.named(each)
            sources += here
            found += dict.fromkeys(
                called for source in here for called in self._called(source) if called not in found
            )
        return sources

    def _called(self, source: Source) -> Iterator[str]:
        """Yield the methods that a function calls, and helpers that it hands to something else."""
        methods = self.methods
        for call in source.reading.calls:
            name = self.own(source, call.callee)
            if name in methods.helpers or name in methods.steps:
                yield name
        for value in source.reading.values:
            if (name := self.own(source, value)) in methods.helpers:
                yield name

    def own(self, source: Source, value: Value) -> str:
        """Return the attribute's name if a value is one of `self` or `super()`; else empty text."""
        match value:
            case Attr(Call(Name("super")), name):
                return name
            case Attr(base, name) if source.is_self(base):
                return name
            case _:
                return ""

    def leaves(
        self, source: Source, value: Value, *, exact: bool = True, seen: tuple[str, ...] = ()
    ) -> Iterator[tuple[Source, Value, bool]]:
        """Yield what a value may be, through conditions, variables and the class's helpers.

        With each comes the function that it stands in, and whether it is taken as it is.
        """
        match value:
            case Either(options):
                for option in options:
                    yield from self.leaves(source, option, exact=exact, seen=seen)
            case Mixed():
                for part in flatten(value):
                    yield from self.leaves(source, part, exact=False, seen=seen)
            case Name(name, is_local=True) if name in source.reading.stored and name not in seen:
                for stored in source.reading.stored[name]:
                    yield from self.leaves(source, stored, exact=exact, seen=(*seen, name))
            case _:
                helper = self._giving(source, value)
                if not helper or helper in seen:
                    yield source, value, exact
                    return
                for given in self.named(helper):
                    for each in given.reading.returned:
                        yield from self.leaves(given, each, exact=exact, seen=(*seen, helper))

    def text(self, source: Source, value: Value) -> str | None:
        """Return the text that a value is, also by a constant's name; None if it is none."""
        if isinstance(value, Const):
            found = value.value
        elif name := self.own(source, value):
            found = inspect.getattr_static(self.methods.cls, name, None)
        else:
            found = source.looked_up(value)
        return str(found) if isinstance(found, str) else None

    def _giving(self, source: Source, value: Value) -> str:
        """Return the helper whose result a value is: called, or read as a property."""
        callee = value.callee if isinstance(value, Call) else value
        name = self.own(source, callee)
        if name not in self.methods.helpers:
            return ""
        found = inspect.getattr_static(self.methods.cls, name)
        return name if isinstance(found, property) != isinstance(value, Call) else ""


def _source(function: FunctionType) -> Source:
    code = function.__code__
    around = {}
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False):
        with contextlib.suppress(ValueError):  # it is given only after the class is made
            around[name] = cell.cell_contents
    return Source(
        code=code,
        reading=read(code),
        me=code.co_varnames[0] if code.co_argcount else None,
        names=function.__globals__,
        around=around,
    )
