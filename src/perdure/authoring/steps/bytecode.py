"""What a function calls, and with what, read from its code object without running it.

Source text is not needed, so code that was pasted into a terminal or exec'd can be read too. The
stack of CPython 3.11 and later is followed with symbols in place of values: through conditional
expressions (`Either`), not through loops. What cannot be told is `Mixed`, which keeps its parts.
"""

import dis
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

MOST_PARTS = 64
"""How many parts a value that cannot be told keeps; a literal of many more leads nowhere."""


@dataclass(frozen=True, slots=True)
class Const:
    """A constant of the code."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    """A variable: a local one (also of an enclosing function), or a global."""

    name: str
    is_local: bool


@dataclass(frozen=True, slots=True)
class Attr:
    """An attribute of a value."""

    base: "Value"
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call. `keywords` is None where `*` or `**` hides them."""

    callee: "Value"
    positional: tuple["Value", ...]
    keywords: dict[str, "Value"] | None


@dataclass(frozen=True, slots=True)
class Either:
    """One of several values, as a condition says."""

    options: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A value that cannot be told, made of these."""

    parts: tuple["Value", ...] = ()


Value = Const | Name | Attr | Call | Either | Mixed
_NULL = Mixed()  # what the interpreter pushes beside a callable; told apart by identity
_HAS_METHOD_BIT = sys.version_info >= (3, 12)  # LOAD_ATTR also does what LOAD_METHOD did
_ALWAYS_KEYWORDS = sys.version_info >= (3, 14)  # CALL_FUNCTION_EX finds a mapping, or a NULL
_JUMPS = ("JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_NO_INTERRUPT", "JUMP_ABSOLUTE")
_ADDING = ("LIST_", "SET_A", "SET_U", "MAP_", "DICT_")  # put something into a container below
_TAKING = ("STORE_", "DELETE_", "POP_", "END_")
_IDLE = frozenset(
    {
        *("RESUME", "NOP", "CACHE", "EXTENDED_ARG", "MAKE_CELL", "COPY_FREE_VARS"),
        *("RETURN_GENERATOR", "SETUP_ANNOTATIONS", "NOT_TAKEN", "PUSH_EXC_INFO"),
    }
)


@dataclass(slots=True)
class Reading:
    """What was found in one code object and those inside it (lambdas, comprehensions).

    `values` are those that stand for themselves: neither called nor looked into for an attribute.
    `stored` are the values that each local variable is given anywhere.
    """

    calls: list[Call] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    returned: list[Value] = field(default_factory=list)
    stored: dict[str, list[Value]] = field(default_factory=dict)


def read(code: CodeType) -> Reading:
    """Return what a code object calls and returns. Never raises for code that Python made."""
    reading = Reading()
    _Walk(code, reading).run()
    for const in code.co_consts:
        if isinstance(const, CodeType):
            inner = read(const)
            reading.calls += inner.calls
            reading.values += inner.values
            for name, values in inner.stored.items():
                reading.stored.setdefault(name, []).extend(values)
    return reading


def flatten(value: Value) -> Iterator[Value]:
    """Yield the values that a value is made of; itself if it is not made of any."""
    match value:
        case Either(parts) | Mixed(parts):
            for part in parts:
                yield from flatten(part)
        case Const(tuple() | frozenset() as members):
            for member in members:
                yield from flatten(Const(member))
        case _:
            yield value


class _Walk:
    """One pass over a code object, with the stack as it would be at each instruction."""

    def __init__(self, code: CodeType, reading: Reading) -> None:
        self.code = code
        self.reading = reading
        self.stack: list[Value] = []
        self.waiting: dict[int, list[Value]] = {}  # stacks of jumps, by the offset they jump to
        self.names: tuple[str, ...] = ()  # of the keywords of the call that comes next
        self.reachable = True

    def run(self) -> None:
        for step in dis.get_instructions(self.code):
            self._arrive(step.offset)
            if step.opcode in dis.hasjrel or step.opcode in dis.hasjabs:
                self._jump(step)
            else:
                self._step(step)

    def _arrive(self, offset: int) -> None:
        """Take over the stacks of the jumps that lead here; a handler begins with none."""
        came = self.waiting.pop(offset, None)
        if came is not None:
            self.stack = _joined(self.stack, came) if self.reachable else came
        elif not self.reachable:
            self.stack = []
        self.reachable = True

    def _jump(self, step: dis.Instruction) -> None:
        height = len(self.stack) + dis.stack_effect(step.opcode, step.arg, jump=True)
        going = self.stack[: max(height, 0)]
        going += [Mixed()] * (height - len(going))
        before = self.waiting.get(step.argval)
        self.waiting[step.argval] = going if before is None else _joined(before, going)
        if step.opname.startswith(_JUMPS):
            self.reachable = False
        elif step.opname == "FOR_ITER":
            self.stack.append(Mixed(_parts(self.stack[-1:])))
        else:
            self._move(dis.stack_effect(step.opcode, step.arg, jump=False))

    def _step(self, step: dis.Instruction) -> None:
        name = step.opname
        if name.startswith("LOAD_"):
            self._load(step)
        elif name.startswith("STORE_FAST") or name in ("STORE_DEREF", "STORE_NAME"):
            self._store(step)
        elif name.startswith("CALL") or name in ("KW_NAMES", "PRECALL"):
            self._call(step)
        elif name == "PUSH_NULL":
            self.stack.append(_NULL)
        elif name == "COPY":
            self.stack.append(self._peek(step.arg or 1))
        elif name == "SWAP":
            self._swap(step.arg or 1)
        elif name in ("RETURN_VALUE", "RETURN_CONST"):
            value = Const(step.argval) if name == "RETURN_CONST" else self._pop()
            self.reading.returned.append(value)
            self._stand(value)
            self.reachable = False
        elif name in ("RAISE_VARARGS", "RERAISE"):
            self._take(step.arg or 0)
            self.reachable = False
        else:
            self._other(step)

    def _load(self, step: dis.Instruction) -> None:
        name, bit = step.opname, bool((step.arg or 0) & 1)
        if name in ("LOAD_CONST", "LOAD_SMALL_INT"):
            self.stack.append(Const(step.argval))
        elif name in ("LOAD_GLOBAL", "LOAD_NAME"):
            self.stack += [_NULL] if name == "LOAD_GLOBAL" and bit else []
            self.stack.append(Name(step.argval, is_local=False))
        elif name.startswith("LOAD_FAST") or name in ("LOAD_DEREF", "LOAD_CLASSDEREF"):
            names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
            self.stack += [Name(each, is_local=True) for each in names]
        elif name == "LOAD_METHOD" or (name == "LOAD_ATTR" and bit and _HAS_METHOD_BIT):
            self.stack += [Attr(self._pop(), step.argval), _NULL]
        elif name == "LOAD_ATTR":
            self.stack.append(Attr(self._pop(), step.argval))
        elif name.startswith("LOAD_SUPER"):
            base = Call(self._take(3)[0], (), {})
            self.stack += [Attr(base, step.argval), *([_NULL] if bit else [])]
        else:
            self._other(step)

    def _store(self, step: dis.Instruction) -> None:
        """Keep what a variable is given. 3.13 has instructions that do two such things at once."""
        stores = step.opname.count("STORE_FAST") or 1
        names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
        for name in names[:stores]:
            value = self._pop()
            self.reading.stored.setdefault(name, []).append(value)
            self._stand(value)
        self.stack += [Name(name, is_local=True) for name in names[stores:]]

    def _call(self, step: dis.Instruction) -> None:
        if step.opname == "KW_NAMES":
            self.names = self.code.co_consts[step.arg or 0]
        elif step.opname == "CALL_FUNCTION_EX":
            self._call_spread(step)
        elif step.opname in ("CALL", "CALL_KW"):
            names, self.names = self.names, ()
            if step.opname == "CALL_KW":
                last = self._pop()
                names = last.value if isinstance(last, Const) else ()
            given = self._take(step.arg or 0)
            split = len(given) - len(names)
            keywords = dict(zip(names, given[split:], strict=False))
            self._made(self._callee(), tuple(given[:split]), keywords)
        elif step.opname != "PRECALL":
            self._other(step)

    def _call_spread(self, step: dis.Instruction) -> None:
        """Close a call with `*` or `**`; constants before them can still be told."""
        has_keywords = _ALWAYS_KEYWORDS or bool((step.arg or 0) & 1)
        mapping = [self._pop()] if has_keywords else []
        spread = self._pop()
        for value in mapping:
            self._stand(value)
        if isinstance(spread, Const) and isinstance(spread.value, tuple):
            positional: tuple[Value, ...] = tuple(Const(each) for each in spread.value)
        else:
            positional = (spread,)
        self._made(self._callee(), positional, None)

    def _callee(self) -> Value:
        """Take what is called. A comprehension's iterator lies where others have a NULL."""
        callee, *beside = [value for value in self._take(2) if value is not _NULL] or [_NULL]
        for value in beside:
            self._stand(value)
        return callee

    def _made(
        self, callee: Value, positional: tuple[Value, ...], keywords: dict[str, Value] | None
    ) -> None:
        call = Call(callee, positional, keywords)
        self.reading.calls.append(call)
        for value in (*positional, *(keywords or {}).values()):
            self._stand(value)
        self.stack.append(call)

    def _other(self, step: dis.Instruction) -> None:
        """Any other instruction: one that stores only takes, any other makes something new."""
        arg = step.arg if step.opcode >= dis.HAVE_ARGUMENT else None
        effect = dis.stack_effect(step.opcode, arg)
        if step.opname.startswith(_ADDING):
            added = self._take(-effect)
            if 0 < (depth := step.arg or 1) <= len(self.stack):
                self.stack[-depth] = Mixed(_parts([self.stack[-depth], *added]))
        elif step.opname.startswith(_TAKING):
            self._move(effect)
        elif effect <= 0 and step.opname not in _IDLE:
            taken = self._take(1 - effect)
            self.stack.append(Mixed(_parts(taken)))
        else:
            self._move(effect)

    def _move(self, effect: int) -> None:
        """Change the stack's height; what is taken away stands for itself."""
        if effect >= 0:
            self.stack += [Mixed()] * effect
            return
        for value in self._take(-effect):
            self._stand(value)

    def _stand(self, value: Value) -> None:
        self.reading.values += flatten(value)

    def _pop(self) -> Value:
        return self.stack.pop() if self.stack else Mixed()

    def _peek(self, depth: int) -> Value:
        return self.stack[-depth] if len(self.stack) >= depth else Mixed()

    def _take(self, count: int) -> list[Value]:
        if count == 0:
            return []
        missing = max(count - len(self.stack), 0)
        taken = [Mixed()] * missing + self.stack[-count:]
        del self.stack[-count:]
        return taken

    def _swap(self, depth: int) -> None:
        if len(self.stack) >= depth:
            self.stack[-1], self.stack[-depth] = self.stack[-depth], self.stack[-1]


def _joined(one: list[Value], two: list[Value]) -> list[Value]:
    """Return the stack where two ways meet. Of different heights, the newer one is believed."""
    if len(one) != len(two):
        return two
    pairs = zip(one, two, strict=True)
    return [left if left == right else Either((left, right)) for left, right in pairs]


def _parts(values: list[Value]) -> tuple[Value, ...]:
    parts = [part for value in values for part in flatten(value) if part is not _NULL]
    return tuple(parts[:MOST_PARTS])
