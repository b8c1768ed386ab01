"""Conditions: CEL with references in it, such as `${a.result.label} == 'POSITIVE' && ${n} > 2`.

A reference stands for its value, whatever it holds: it becomes a variable, and no text of a value
is ever read as CEL. JSON's numbers become doubles. What a condition may cost is bounded before it
is evaluated: its text, what it reads, and over how many items a macro goes; macros do not nest.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from perdure.errors import InvalidInputError
from perdure.kernel.filling import (
    MAX_TEXT,
    Lookup,
    MissingReferenceError,
    OversizeError,
    cost,
    find,
)
from perdure.kernel.references import BadReferenceError, Json, Reference, cut, parse

MAX_CONDITION = 4 * 1024
"""The most characters of a condition."""
MAX_ITEMS = 1_000
"""The most items that all macros of a condition may go over."""
MAX_MAPPED = 100
"""The same with `filter` or `map`: each item copies those before it, so a thousand take 0.4 s."""
MAX_VALUES = 5_000
"""The most values that a condition may read; each takes a microsecond."""
MACROS = ("all", "exists", "exists_one", "filter", "map")

FUNCTIONS = (
    *("size", "contains", "startsWith", "endsWith", "matches", "has", "type", "dyn"),
    *("int", "uint", "double", "string", "bytes", "timestamp", "duration"),
    *("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfYear", "getDayOfWeek"),
    *("getHours", "getMinutes", "getSeconds", "getMilliseconds"),
)
"""What a condition may call."""

_TYPES = ("int", "uint", "double", "string", "bytes", "bool", "list", "map", "null_type")
_OWN = ("_ref", "_has")
_EXACT = 2**53
_OTHER_SPELLINGS = {
    "and": "&&", "or": "||", "not": "!", "len": "size", "True": "true", "False": "false",
    "None": "null",
}  # fmt: skip
_TOKEN = re.compile(
    r"""(?P<text>[rRbB]{0,2}(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''"""
    r"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))"""
    r"""|(?P<has>has\s*\(\s*\$\{(?P<asked>(?:[^}"']|"[^"]*"|'[^']*')*)\}\s*\))"""
    r"""|\$\{(?P<body>(?:[^}"']|"[^"]*"|'[^']*')*)\}"""
    r"""|(?P<word>[A-Za-z_]\w*)|(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||.)|(?P<space>\s+)""",
    re.DOTALL,
)


class BadConditionError(BadReferenceError):
    """A condition that cannot be one; `suggestion` says what to write."""


class ConditionError(InvalidInputError):
    """A condition came to nothing that is true or false, for the values that it was given."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read: CEL text, and the references that its variables stand for.

    `asked` are the variables of `has(...)`: true where the reference leads to something.
    """

    text: str
    cel: str
    variables: dict[str, Reference] = field(default_factory=dict)
    asked: dict[str, Reference] = field(default_factory=dict)
    macros: int = 0
    maps: bool = False
    adds: bool = False

    def references(self) -> Iterator[Reference]:
        """Yield the references in it."""
        yield from (*self.variables.values(), *self.asked.values())


@lru_cache(1_000)
def read_condition(text: str) -> Condition:
    """Return a text as a condition. Raises BadConditionError, or BadReferenceError."""
    if len(text) > MAX_CONDITION:
        raise BadConditionError(f"a condition has at most {MAX_CONDITION:,} characters")
    made = _Reading(text)
    for found in _TOKEN.finditer(text):
        made.take(found)
    condition = made.condition()
    program = _compiled(condition.cel, text)
    _check_names(set(program.variables()) - made.bound, program.functions())
    return condition


def _check_names(variables: Collection[str], functions: Collection[str]) -> None:
    """Refuse names that nothing has. Raises BadConditionError."""
    for name in sorted(variables):
        if name not in _TYPES and not name.startswith(_OWN):
            raise BadConditionError(
                f"{cut(name)!r} names nothing here",
                f"A text stands in quotes: '{cut(name)}'. A value is ${{STEP.result}}",
            )
    for name in sorted(functions):
        if name.isidentifier() and not name.startswith("_") and name not in FUNCTIONS:
            near = get_close_matches(name, FUNCTIONS, n=1)
            listed = f"There are: {', '.join((*FUNCTIONS[:8], *MACROS))}"
            hint = f"Did you mean {near[0]!r}?" if near else listed
            raise BadConditionError(f"there is no function {cut(name)!r} in conditions", hint)


def constant(text: str) -> bool | None:
    """Return what a condition always comes to, that reads nothing; None for any other."""
    try:
        condition = read_condition(text)
        return None if any(condition.references()) else _evaluated(condition, {}, {})
    except (BadReferenceError, ConditionError):
        return None


class _Reading:
    """One condition being read, piece by piece."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._cel: list[str] = []
        self._spelt: list[str] = []
        self._odd: list[str] = []
        self._variables: dict[str, Reference] = {}
        self._asked: dict[str, Reference] = {}
        self._opened: list[bool] = []
        self.bound: set[str] = set()
        self._before = self._last = ""
        self._macros = 0
        self._maps = False
        self._adds = False

    def take(self, found: "re.Match[str]") -> None:
        piece = found[0]
        if found["text"] is not None:
            self._literal(piece)
        elif found["asked"] is not None:
            self._add(self._variable(self._asked, found["asked"], "has"), piece)
        elif found["body"] is not None:
            self._add(self._variable(self._variables, found["body"], "ref"), piece)
        elif found["word"] is not None:
            self._word(piece)
        else:
            self._sign(piece)
        if found["space"] is None:
            self._before, self._last = self._last, piece

    def condition(self) -> Condition:
        if self._odd:
            spelt = re.sub(r"! +", "!", "".join(self._spelt))
            names = ", ".join(repr(odd) for odd in dict.fromkeys(self._odd))
            raise BadConditionError(f"conditions are CEL, which has no {names}", f"Write {spelt}")
        return Condition(
            self._text, "".join(self._cel), self._variables, self._asked, self._macros,
            self._maps, self._adds,
        )  # fmt: skip

    def _add(self, cel: str, spelt: str | None = None) -> None:
        self._cel.append(cel)
        self._spelt.append(cel if spelt is None else spelt)

    def _literal(self, piece: str) -> None:
        if "${" in piece:
            raise BadConditionError(
                f"a reference stands in quotes in {cut(piece)}",
                "Take the quotes away: it stands for its value, which need not be quoted",
            )
        self._add(piece)

    def _variable(self, names: dict[str, Reference], body: str, kind: str) -> str:
        reference = parse(body)
        for name, known in names.items():
            if known == reference:
                return name
        name = f"_{kind}{len(names)}"
        names[name] = reference
        return name

    def _word(self, piece: str) -> None:
        other = None if self._last == "." else _OTHER_SPELLINGS.get(piece)
        if other is not None:
            self._odd.append(piece)
            self._add(piece, other)
            return
        if self._last not in (".", "{", ",") and piece.startswith(_OWN):
            raise BadConditionError(f"{piece!r} is a name of perdure's own")
        if self._last == "(" and self._opened and self._opened[-1]:
            self.bound.add(piece)
        self._add(piece)

    def _sign(self, piece: str) -> None:
        if piece in ("===", "!==", "="):
            self._odd.append(piece)
            self._add(piece, "!=" if piece == "!==" else "==")
            return
        if piece == "$":
            raise BadConditionError("'$' begins nothing here", "A reference is ${STEP.result}")
        if piece == "(":
            self._open()
        elif piece == ")" and self._opened:
            self._opened.pop()
        self._adds = self._adds or piece == "+"
        self._add(piece)

    def _open(self) -> None:
        is_macro = self._before == "." and self._last in MACROS
        if is_macro and any(self._opened):
            raise BadConditionError(
                f"{self._last!r} stands inside of another macro", "Do a part of it in a step before"
            )
        self._macros += is_macro
        self._maps = self._maps or (is_macro and self._last in ("filter", "map"))
        self._opened.append(is_macro)


@lru_cache(1_000)
def _compiled(text: str, shown: str) -> Any:
    """Return what CEL makes of a text. Raises BadConditionError."""
    import cel  # takes a third of a second, which only workflows with conditions need

    try:
        return cel.compile(text)
    except Exception as error:  # the library raises what its parser does
        why = " ".join(str(error).split())[:200]
        raise BadConditionError(
            f"{cut(shown)!r} is not CEL: {why}", "Such as ${STEP.result.label} == 'POSITIVE'"
        ) from error


def holds(condition: Condition, lookup: Lookup) -> bool:
    """Return whether a condition holds for these values.

    Raises MissingReferenceError for a field that is not there (unless `has` asked first),
    OversizeError, and ConditionError where it comes to neither true nor false.
    """
    values: dict[str, Any] = {}
    missing: dict[str, MissingReferenceError] = {}
    bounds = _Bounds(condition)
    for name, reference in condition.variables.items():
        try:
            value = find(reference, lookup)
        except MissingReferenceError as error:
            missing[name] = error
            continue
        bounds.take(reference, value)
        values[name] = _as_cel(value)
    values |= {name: _leads(reference, lookup) for name, reference in condition.asked.items()}
    return _evaluated(condition, values, missing)


class _Bounds:
    """What the values of one condition may come to."""

    def __init__(self, condition: Condition) -> None:
        self._condition = condition
        self._characters = MAX_TEXT
        self._values = MAX_VALUES
        self._items = 0

    def take(self, reference: Reference, value: Json) -> None:
        """Count a value. Raises OversizeError."""
        self._characters -= cost(value, self._characters)
        if self._characters < 0:
            raise self._oversize(reference, f"more than {MAX_TEXT:,} characters")
        widest, count = _measured(value)
        self._values -= count
        if self._values < 0:
            raise self._oversize(reference, f"more than {MAX_VALUES:,} values")
        adds = self._condition.adds
        self._items = self._items + widest if adds else max(self._items, widest)
        macros = self._condition.macros
        most = MAX_MAPPED if self._condition.maps else MAX_ITEMS
        if macros and self._items * macros > most:
            what = "filter or map" if self._condition.maps else "a macro"
            raise self._oversize(
                reference, f"{self._items * macros:,} items, and with {what} at most {most:,}"
            )

    def _oversize(self, reference: Reference, what: str) -> OversizeError:
        return OversizeError(
            f"with ${{{reference}}} the condition goes over {what}. Count or filter in a step before"
        )


def _evaluated(
    condition: Condition, values: dict[str, Any], missing: dict[str, MissingReferenceError]
) -> bool:
    try:
        answer = _compiled(condition.cel, condition.text).execute(values)
    except Exception as error:  # the library raises what its evaluator does
        for name, gone in missing.items():
            if name in str(error):
                raise gone from error
        raise ConditionError(
            f"the condition {cut(condition.text)!r} cannot be decided: {_readable(condition, error)}"
        ) from error
    if not isinstance(answer, bool):
        raise ConditionError(
            f"the condition {cut(condition.text)!r} came to {cut(repr(answer))}, and not to true or "
            "false"
        )
    return answer


def _readable(condition: Condition, error: Exception) -> str:
    """Return what the library said, with references in place of variables."""
    said = " ".join(str(error).split())
    for name, reference in condition.variables.items():
        shown = f"${{{reference}}}".replace("\\", r"\\")
        said = re.sub(rf"\b{name}\b", shown, said)
    return said[:200]


def _leads(reference: Reference, lookup: Lookup) -> bool:
    try:
        find(reference, lookup)
    except MissingReferenceError:
        return False
    return True


def _measured(value: Json) -> tuple[int, int]:
    """Return how many items the widest list or object in a value has, and how many values are in it."""
    if not isinstance(value, list | dict):
        return 0, 1
    inner = [_measured(part) for part in (value.values() if isinstance(value, dict) else value)]
    widest = max((wide for wide, _ in inner), default=0)
    return max(len(value), widest), 1 + sum(count for _, count in inner)


def _as_cel(value: Json) -> Any:
    """Return a value as CEL gets it: numbers as doubles, unless that would change them."""
    if type(value) is int:
        return float(value) if abs(value) <= _EXACT else value
    if isinstance(value, list):
        return [_as_cel(part) for part in value]
    if isinstance(value, dict):
        return {key: _as_cel(part) for key, part in value.items()}
    return value
