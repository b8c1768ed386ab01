"""References to values: `${workflow.input.url}`, `${extract.result.pages[0]}`, within JSON.

`.name` is a field of an object, `[n]` (from 0) an item of a list, `["any name"]` a field of any
name, and `$${` stands for `${`. Nothing is computed. `read` makes a template of a value: strings
with references are taken apart, once; `filling` puts values in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from perdure.errors import DefinitionError

MAX_DEPTH = 64
MAX_SEGMENTS = 64

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A value as JSON knows it."""


class Root(StrEnum):
    """What a reference begins with; `RESULT` stands for `STEP.result`."""

    INPUT = "workflow.input"
    RESULT = "result"
    LOOP = "loop"
    TEMPLATE = "template"
    SECRETS = "secrets"


NAMES = ("workflow", Root.LOOP, Root.TEMPLATE, Root.SECRETS)
"""What no step may be called, because references begin with it."""


class BadReferenceError(DefinitionError):
    """Something in `${...}` that is no reference; `suggestion` says what to write."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        self.message = message
        self.suggestion = suggestion
        super().__init__(f"{message}. {suggestion}".rstrip())


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a run's values: `step` is empty but for results, `path` what follows."""

    root: Root
    step: str = ""
    path: tuple[str | int, ...] = field(default=(), kw_only=True)

    @property
    def base(self) -> str:
        """Return what the path starts from, such as `extract.result`."""
        return f"{self.step}.{self.root}" if self.step else str(self.root)

    def __str__(self) -> str:
        """Return the reference as one writes it, without `${` and `}`."""
        return self.base + shown_path(self.path)


@dataclass(frozen=True, slots=True)
class Text:
    """A text with references in it: what is literal and what is not, in turn."""

    parts: tuple[str | Reference, ...]


Template: TypeAlias = (
    "bool | int | float | str | Reference | Text | list[Template] | dict[str, Template] | None"
)
"""A value in which strings with references have been read."""

_OPENING = re.compile(r"\$\$\{|\$\{")
_BODY = re.compile(r"""((?:[^}"']|"[^"]*"|'[^']*')*)\}""")
_HEAD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SEGMENT = re.compile(
    r"""\.(?P<name>[\w-]+)|\[(?P<index>\d{1,9})\]"""
    r"""|\["(?P<double>[^"]*)"\]|\['(?P<single>[^']*)'\]"""
)
_PLAIN = re.compile(r"[\w-]+")


def scan(text: str) -> tuple[list[str | Reference], list[BadReferenceError]]:
    """Return the parts of a text, and an error for each `${...}` that is no reference."""
    parts: list[str | Reference] = []
    faults: list[BadReferenceError] = []
    literal: list[str] = []
    at = 0
    while found := _OPENING.search(text, at):
        literal.append(text[at : found.start()])
        at = found.end()
        if found[0] == "$${":
            literal.append("${")
            continue
        body = _BODY.match(text, at)
        if body is None:
            faults.append(BadReferenceError(f"{cut(text[at - 2 :])!r} is not closed", _ESCAPE))
            at = len(text)
            break
        try:
            reference = parse(body[1])
        except BadReferenceError as fault:
            faults.append(fault)
        else:
            _close(literal, parts)
            parts.append(reference)
        at = body.end()
    literal.append(text[at:])
    _close(literal, parts)
    return parts, faults


_ESCAPE = "Write '}' after the name, or '$${' for a literal '${'"


def _close(literal: list[str], parts: list[str | Reference]) -> None:
    if joined := "".join(literal):
        parts.append(joined)
    literal.clear()


def parse(body: str) -> Reference:
    """Return the reference that stands between `${` and `}`. Raises BadReferenceError."""
    text = body.strip()
    head = _HEAD.match(text)
    if head is None:
        raise BadReferenceError(f"'${{{cut(body)}}}' names nothing", _FORMS)
    path, rest = _segments(text, head.end())
    if rest:
        raise BadReferenceError(
            f"'${{{cut(text)}}}' cannot be read from {cut(rest)!r} on", _hint(rest)
        )
    if len(path) > MAX_SEGMENTS:
        raise BadReferenceError(f"'${{{cut(text)}}}' has more than {MAX_SEGMENTS} parts")
    return _rooted(head[0], path)


_FORMS = "Write ${workflow.input.NAME} or ${STEP.result}"


def _segments(text: str, at: int) -> tuple[tuple[str | int, ...], str]:
    """Return the path that starts at a place in the text, and what is left of the text."""
    path: list[str | int] = []
    while found := _SEGMENT.match(text, at):
        at = found.end()
        if found["index"] is not None:
            path.append(int(found["index"]))
        else:
            path.append(next(key for key in found.group(1, 3, 4) if key is not None))
    return tuple(path), text[at:]


def _hint(rest: str) -> str:
    if rest.startswith("[-"):
        return "Items are counted from 0, from the front"
    if rest.startswith("["):
        return 'An item is [0], a field of any name is ["name"]'
    return "A reference names a value and computes nothing"


def _rooted(head: str, path: tuple[str | int, ...]) -> Reference:
    first = path[0] if path else None
    rest = path[1:]
    if head == "workflow":
        if first != "input":
            named = shown_path(rest if first == "inputs" else path)
            raise BadReferenceError(
                f"'${{{cut(head + shown_path(path))}}}' is not known",
                f"Write ${{workflow.input{cut(named)}}}",
            )
        return Reference(Root.INPUT, path=rest)
    if head in (Root.LOOP, Root.TEMPLATE, Root.SECRETS):
        if first is None:
            raise BadReferenceError(f"'${{{head}}}' names nothing", f"Write ${{{head}.NAME}}")
        return Reference(Root(head), path=path)
    if first != "result":
        raise BadReferenceError(
            f"'${{{cut(head + shown_path(path))}}}' does not say what of {cut(head)!r} is meant",
            f"Write {_meant(head, first, rest)}",
        )
    return Reference(Root.RESULT, head, path=rest)


def _meant(head: str, first: str | int | None, rest: tuple[str | int, ...]) -> str:
    path = (first, *rest) if first is not None else ()
    if head in ("input", "inputs"):
        return f"${{{cut(f'workflow.input{shown_path(path)}')}}}"
    if first in ("output", "outputs", "results", "value"):
        path = rest
    return f"${{{cut(f'{head}.result{shown_path(path)}')}}}"


def read(value: Json, depth: int = 0) -> Template:
    """Return the value as a template. Raises BadReferenceError for the first bad reference."""
    if depth > MAX_DEPTH:
        raise BadReferenceError(f"a template is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        parts, faults = scan(value) if "${" in value else ([value], [])
        for fault in faults:
            raise fault
        if all(isinstance(part, str) for part in parts):
            return "".join(map(str, parts))
        only = parts[0]
        return only if len(parts) == 1 and isinstance(only, Reference) else Text(tuple(parts))
    if isinstance(value, list):
        return [read(part, depth + 1) for part in value]
    if isinstance(value, dict):
        return {key: read(part, depth + 1) for key, part in value.items()}
    return value


def references(template: Template) -> Iterator[Reference]:
    """Yield each reference in a template once, in the order in which they stand."""
    yield from dict.fromkeys(_references(template))


def _references(template: Template) -> Iterator[Reference]:
    if isinstance(template, Reference):
        yield template
    elif isinstance(template, Text):
        yield from (part for part in template.parts if isinstance(part, Reference))
    elif isinstance(template, list):
        for part in template:
            yield from _references(part)
    elif isinstance(template, dict):
        for part in template.values():
            yield from _references(part)


def instruction(template: Template) -> str:
    """Return the literal text of a template: what is left when its references are taken out."""
    return "\n".join(filter(None, (text.strip() for text in _literals(template))))


def _literals(template: Template) -> Iterator[str]:
    if isinstance(template, str):
        yield template
    elif isinstance(template, Text):
        yield "".join(part for part in template.parts if isinstance(part, str))
    elif isinstance(template, list):
        for part in template:
            yield from _literals(part)
    elif isinstance(template, dict):
        for part in template.values():
            yield from _literals(part)


def shown_path(path: tuple[str | int, ...]) -> str:
    """Return a path as one writes it behind a name: `.pages[0]`, or `["a b"]`."""
    return "".join(
        f"[{part}]"
        if isinstance(part, int)
        else f".{part}"
        if _PLAIN.fullmatch(part)
        else f"[{_quoted(part)}]"
        for part in path
    )


def _quoted(name: str) -> str:
    return f"'{name}'" if '"' in name else f'"{name}"'


def cut(text: str, most: int = 60) -> str:
    """Return a text for a message: its beginning, if it is longer than `most` characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."
