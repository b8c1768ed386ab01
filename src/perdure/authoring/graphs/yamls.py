"""YAML text to data, with YAML 1.2's few plain types, and nothing in it that can grow.

The text is gone through twice: first its events are counted, with what each alias would unfold
to, and only what is small enough is built. No tag makes an object.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from perdure.errors import DefinitionError
from perdure.wire.encoding import MAX_DEPTH, MAX_INT_DIGITS

MAX_VALUES = 200_000
"""The most values that a definition may have, those that YAML's aliases repeat included."""

_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableError(DefinitionError):
    """The text cannot be read; `place` is a line and a column, where there is one."""

    def __init__(self, message: str, place: str = "", suggestion: str = "") -> None:
        self.message = message
        self.place = place
        self.suggestion = suggestion
        super().__init__(message)


class _Loader(_Base):  # type: ignore[misc]
    """Knows null, true, false, numbers and `<<`. All else is text: `on`, `1:30`, `2024-01-15`."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the library keeps them so


def _number(loader: Any, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node)
    if len(text) > MAX_INT_DIGITS:
        message = f"an integer of more than {MAX_INT_DIGITS:,} digits"
        raise UnreadableError(message, _where(node.start_mark))
    return int(text)


_Loader.add_constructor("tag:yaml.org,2002:int", _number)
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", list("-+.")),
    ("merge", r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})\Z"), _first
    )


def read_yaml(text: str) -> Any:
    """Return the data of a YAML text. Raises UnreadableError."""
    try:
        _count(yaml.parse(text, Loader=_Loader))
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            _check_names(node)
            return None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        what = (error.problem or "cannot be read")[:200]
        # From 6.0.4 on the library has a bound of its own, which its look-ahead may meet first.
        message = _TOO_DEEP if "nesting depth" in what else f"not YAML: {what}"
        raise UnreadableError(message, _where(error.problem_mark or error.context_mark)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableError(f"not YAML: {str(error).partition(chr(10))[0][:200]}") from error


@dataclass(slots=True)
class _Open:
    """A list or object whose end has not come: its anchor, and the values counted in it."""

    anchor: str | None
    values: int = field(default=1)


def _count(events: Iterator[Any]) -> None:
    """Refuse what is nested too deeply or unfolds to too much, before it is built."""
    sizes: dict[str, int] = {}
    opened: list[_Open] = [_Open(None)]
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append(_Open(event.anchor))
            if len(opened) > MAX_DEPTH + 1:
                raise UnreadableError(_TOO_DEEP, _where(event.start_mark))
        elif isinstance(event, yaml.CollectionEndEvent):
            done = opened.pop()
            _add(opened[-1], done.anchor, done.values, sizes)
        elif isinstance(event, yaml.ScalarEvent):
            _add(opened[-1], event.anchor, 1, sizes)
        elif isinstance(event, yaml.AliasEvent):
            opened[-1].values += _size(event, sizes)
        if opened[-1].values > MAX_VALUES:
            message = f"a definition has at most {MAX_VALUES:,} values, aliases unfolded"
            raise UnreadableError(message, _where(event.start_mark))


def _add(inside: _Open, anchor: str | None, values: int, sizes: dict[str, int]) -> None:
    inside.values += values
    if anchor is not None:
        sizes[anchor] = values


def _size(event: yaml.AliasEvent, sizes: dict[str, int]) -> int:
    name = str(event.anchor)
    if name not in sizes:
        message = f"the alias '*{name[:60]}' names nothing that ended before it"
        raise UnreadableError(message, _where(event.start_mark))
    return sizes[name]


def _check_names(root: yaml.Node | None) -> None:
    """Refuse names that stand twice in one object, of which YAML keeps the last."""
    left = [root] if root is not None else []
    seen: set[int] = set()
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            left.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            _check_members(node)
            left += [part for pair in node.value for part in pair]


def _check_members(node: yaml.MappingNode) -> None:
    names: set[tuple[str, str]] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            name = (str(key.tag), str(key.value))
            if name in names:
                message = f"{name[1][:60]!r} stands twice in the same object"
                raise UnreadableError(message, _where(key.start_mark))
            names.add(name)


def _where(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
