"""What a step's body is, in a few letters, to tell whether it was changed under the same name.

Taken are the instructions of its code object with the names and constants that they use, those of
what it reaches through the class's helpers and `super()` too. Comments, docstrings and where a line
stands do not count. Another Python makes other instructions, so its version stands before them.
"""

import dis
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import CodeType

from perdure.authoring.steps.methods import Methods
from perdure.authoring.steps.sources import Sources

_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_IDLE = frozenset({"CACHE", "NOP", "RESUME", "EXTENDED_ARG"})


def digester(methods: Methods) -> Callable[[], Mapping[str, str]]:
    """Return what gives the digest of each step's body, by name; they are read when it is asked."""
    return cache(lambda: _digests(methods))


def digest(codes: Iterable[CodeType]) -> str:
    """Return what tells these code objects from others, with the Python that made them."""
    hashed = hashlib.blake2b(digest_size=8)
    for code in codes:
        hashed.update("\n".join(_lines(code)).encode())
    return f"{_PYTHON}:{hashed.hexdigest()}"


def is_changed(before: str, now: str) -> bool | None:
    """Say whether a body is another one by its digests; None if another Python made the first."""
    if before.partition(":")[0] != now.partition(":")[0]:
        return None
    return before != now


def _digests(methods: Methods) -> Mapping[str, str]:
    sources = Sources(methods)
    return {name: digest(source.code for source in sources.reached(name)) for name in methods.steps}


def _lines(code: CodeType) -> Iterator[str]:
    yield f"{code.co_flags} {code.co_argcount} {code.co_varnames[: code.co_argcount]}"
    for step in dis.get_instructions(code):
        if step.opname in _IDLE:
            continue
        if step.opname == "KW_NAMES":  # 3.11 gives but the number of the constant
            yield f"{step.opname} {_constant(code.co_consts[step.arg or 0])}"
        elif step.opcode in dis.hasconst:
            yield f"{step.opname} {_constant(step.argval)}"
        else:
            yield f"{step.opname} {step.argrepr or step.arg}"
    yield code.co_exceptiontable.hex()


def _constant(value: object) -> str:
    match value:
        case CodeType():
            return "; ".join(_lines(value))
        case tuple():
            return f"({', '.join(map(_constant, value))})"
        case frozenset():
            return f"{{{', '.join(sorted(map(_constant, value)))}}}"
        case _:
            return f"{type(value).__name__} {value!r}"
