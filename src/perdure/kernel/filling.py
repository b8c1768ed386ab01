"""References filled in: a template and a way to look values up make a value, within bounds.

A string that is one reference becomes the value, with its type. Within text a value is rendered:
text as it is, all else as compact JSON. It goes by structure and once: a value that holds `${` is
data, names of fields are never expanded, and no attribute of an object is read.
"""

import json
from collections.abc import Callable
from difflib import get_close_matches

from perdure.errors import InvalidInputError
from perdure.kernel.references import Json, Reference, Template, Text, cut, shown_path

MAX_TEXT = 256 * 1024
"""The most characters that a text with references may come to."""
MAX_VALUE = 8 * 1024 * 1024
"""The most characters (as JSON, about) that all values in one template may come to."""

Lookup = Callable[[Reference], Json]
"""Gives what a reference's `base` stands for; the path is followed here."""

_encode: Callable[[Json], str] = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":")
).encode


class MissingReferenceError(InvalidInputError):
    """A reference leads to nothing; `path` is the first place on its way that is not there."""


class OversizeError(InvalidInputError):
    """What references bring is more than may be put together."""


def resolve(template: Template, lookup: Lookup) -> Json:
    """Return the template with each reference replaced by its value.

    Raises MissingReferenceError that names the place which is not there, and OversizeError before
    more than MAX_TEXT or MAX_VALUE characters are put together.
    """
    return _Filling(lookup).value(template)


def render(template: Template, lookup: Lookup) -> str:
    """Return the template filled in and as text: what is not text becomes compact JSON."""
    value = _Filling(lookup).value(template)
    return value if isinstance(value, str) else _json(value, MAX_TEXT, "the text")


def find(reference: Reference, lookup: Lookup) -> Json:
    """Return what a reference names. Raises MissingReferenceError."""
    value = lookup(reference)
    for number, segment in enumerate(reference.path):
        value = _step_down(value, segment, reference.base + shown_path(reference.path[:number]))
    return value


class _Filling:
    """One template being filled in, with what may still be added to it."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._left = MAX_VALUE

    def value(self, template: Template) -> Json:
        if isinstance(template, Reference):
            value = find(template, self._lookup)
            self._spend(cost(value, self._left), template)
            return value
        if isinstance(template, Text):
            return self._text(template)
        if isinstance(template, list):
            return [self.value(part) for part in template]
        if isinstance(template, dict):
            return {key: self.value(part) for key, part in template.items()}
        return template

    def _text(self, template: Text) -> str:
        made: list[str] = []
        length = 0
        for part in template.parts:
            value = part if isinstance(part, str) else find(part, self._lookup)
            what = "literal text" if isinstance(part, str) else f"${{{part}}}"
            if isinstance(value, str):
                length += len(value)
            else:
                value = _json(value, MAX_TEXT - length, what)
                length += len(value)
            if length > MAX_TEXT:
                raise _oversize(what, MAX_TEXT)
            made.append(value)
        self._spend(length, template)
        return "".join(made)

    def _spend(self, cost: int, template: Reference | Text) -> None:
        self._left -= cost
        if self._left < 0:
            what = f"${{{template}}}" if isinstance(template, Reference) else "a text"
            raise _oversize(what, MAX_VALUE)


def _oversize(what: str, most: int) -> OversizeError:
    alone = " A reference that stands alone in its string is not rendered." * (most == MAX_TEXT)
    return OversizeError(
        f"with {what} this comes to more than {most:,} characters. Take a part of it, or make it "
        f"shorter in a step before.{alone}"
    )


def _json(value: Json, most: int, what: str) -> str:
    """Return compact JSON, not begun if it must be longer than `most` characters."""
    text = _encode(value) if cost(value, most) <= most else None
    if text is None or len(text) > most:
        raise _oversize(what, MAX_TEXT)
    return text


def cost(value: Json, most: int) -> int:
    """Return how long the value's JSON is at least; above `most` the counting stops."""
    total = 0
    left: list[Json] = [value]
    while left and total <= most:
        part = left.pop()
        if isinstance(part, str):
            total += len(part) + 2
        elif isinstance(part, list):
            total += 1 + max(len(part), 1)
            left.extend(part)
        elif isinstance(part, dict):
            total += 1 + max(len(part), 1) + sum(len(key) + 3 for key in part)
            left.extend(part.values())
        else:
            total += max(1, part.bit_length() // 4) if type(part) is int else 1
    return total


def _step_down(value: Json, segment: str | int, there: str) -> Json:
    path = there + shown_path((segment,))
    if isinstance(segment, int):
        if not isinstance(value, list):
            raise MissingReferenceError(f"{there} is {_kind(value)}, not a list", path=path)
        if segment >= len(value):
            counted = f"{there} has {len(value)} items, counted from 0"
            raise MissingReferenceError(f"there is no item {segment}; {counted}", path=path)
        return value[segment]
    if not isinstance(value, dict):
        raise MissingReferenceError(f"{there} is {_kind(value)}, not an object", path=path)
    if segment not in value:
        raise MissingReferenceError(
            f"there is no field {cut(segment)!r}. {_fields(segment, there, value)}", path=path
        )
    return value[segment]


def _fields(wanted: str, there: str, value: dict[str, Json]) -> str:
    names = [name for name in list(value)[:100] if len(name) <= 60]
    if near := get_close_matches(wanted[:60], names, n=1):
        return f"Did you mean {near[0]!r}?"
    listed = ", ".join(repr(name) for name in names[:8]) + ", ..." * (len(value) > 8)
    return f"{there} has: {listed}" if names else f"{there} is empty"


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "a number"
