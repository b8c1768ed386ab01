"""Files and texts become plain data: JSON or YAML, within bounds, every flaw with its place."""

import json
import math
import os
import re
import stat
from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

from perdure.authoring.graphs.findings import Findings, place
from perdure.authoring.graphs.yamls import MAX_VALUES, UnreadableError, read_yaml
from perdure.errors import InvalidDefinitionError, InvalidValueError, Problem
from perdure.wire.encoding import MAX_DEPTH, MAX_INT_DIGITS, check_value

MAX_BYTES = 2 * 1024 * 1024
"""The most bytes that a definition may have."""

_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)


class _Bad:
    """Stands in data for what JSON's text says and no value can be."""

    def __init__(self, message: str) -> None:
        self.message = message


class _Doubled(dict[str, Any]):
    """An object in which names stand twice."""

    names: tuple[str, ...] = ()


def read_file(path: str | os.PathLike[str]) -> Any:
    """Return the data of a definition's file. Raises InvalidDefinitionError.

    The name's ending says whether it is JSON or YAML; without a known one, a text that does not
    begin with a brace is YAML.
    """
    name = Path(path)
    text = _text(name)
    ending = name.suffix.lower()
    is_yaml = ending in (".yaml", ".yml")
    if ending not in (".json", ".yaml", ".yml"):
        is_yaml = not text.lstrip().startswith("{")
    return read_text(text, name=name.name, is_yaml=is_yaml)


def read_text(text: str, *, name: str = "", is_yaml: bool = False) -> Any:
    """Return the data of a definition's text. Raises InvalidDefinitionError."""
    try:
        _check_size(text)
        return read_data(read_yaml(text) if is_yaml else _read_json(text), name=name)
    except UnreadableError as flaw:
        problem = Problem(flaw.place, flaw.message, flaw.suggestion)
        raise InvalidDefinitionError(name, [problem]) from flaw


def read_data(data: Any, *, name: str = "") -> Any:
    """Return a copy of the data as plain JSON values. Raises InvalidDefinitionError.

    Everything that JSON or a database cannot keep is told with its path.
    """
    findings = Findings()
    try:
        copied = _Copying(findings).value(data, "", 0)
    except UnreadableError as flaw:
        findings.error(flaw.place, flaw.message, flaw.suggestion)
        copied = None
    if findings.errors:
        raise InvalidDefinitionError(name, findings.errors)
    return copied


def _text(path: Path) -> str:
    problem = _unreadable(path)
    if problem is None:
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except OSError as error:
            problem = Problem("", f"{str(path)!r} cannot be read: {error.strerror}")
        else:
            try:
                return raw.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                problem = Problem("", f"{str(path)!r} is no UTF-8 text, at byte {error.start}")
    raise InvalidDefinitionError(path.name, [problem])


def _unreadable(path: Path) -> Problem | None:
    """Return why a path names no definition that can be read."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        if not isinstance(error, FileNotFoundError):
            return Problem("", f"{str(path)[:200]!r} cannot be read: {error}")
        return Problem("", f"there is no file {str(path)!r}", _neighbour(path))
    if not stat.S_ISREG(status.st_mode):
        return Problem("", f"{str(path)!r} is no file")
    if status.st_size > MAX_BYTES:
        message = f"{str(path)!r} has {status.st_size:,} bytes; a definition has at most"
        return Problem(
            "", f"{message} {MAX_BYTES:,}", "Keep data out of it, and give them as inputs"
        )
    return None


def _neighbour(path: Path) -> str:
    folder = path.parent
    try:
        names = [other.name for other in islice(folder.iterdir(), 1_000)]
    except OSError:
        return f"Nor is there a folder {str(folder)!r}"
    near = get_close_matches(path.name, names, n=1)
    return f"Did you mean {str(folder / near[0])!r}?" if near else f"Looked in {str(Path.cwd())!r}"


def _check_size(text: str) -> None:
    if len(text) > MAX_BYTES:
        raise UnreadableError(
            f"a definition has at most {MAX_BYTES:,} characters, this has {len(text):,}"
        )


def _read_json(text: str) -> Any:
    _check_nesting(text)
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=lambda name: _Bad(f"{name} is not a JSON number"),
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UnreadableError(f"not JSON: {error.msg}", where) from error


def _check_nesting(text: str) -> None:
    """Refuse deep nesting before the parser, which would recurse, comes to it."""
    depth = 0
    for token in _TOKENS.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                line = text.count("\n", 0, token.start()) + 1
                column = token.start() - text.rfind("\n", 0, token.start())
                where = f"line {line}, column {column}"
                raise UnreadableError(f"nested deeper than {MAX_DEPTH} levels", where)
        elif token[0] in "]}":
            depth -= 1


def _integer(text: str) -> int | _Bad:
    if len(text) > MAX_INT_DIGITS:
        return _Bad(f"an integer of more than {MAX_INT_DIGITS:,} digits")
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    counts = Counter(key for key, _ in pairs)
    doubled = _Doubled(made)
    doubled.names = tuple(key for key, count in counts.items() if count > 1)
    return doubled


class _Copying:
    """Copies data, and tells what cannot be kept."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._left = MAX_VALUES

    def value(self, value: Any, here: str, depth: int) -> Any:
        self._left -= 1
        if self._left < 0:
            raise UnreadableError(f"a definition has at most {MAX_VALUES:,} values", here)
        if isinstance(value, Mapping) or type(value) in (list, tuple):
            if depth >= MAX_DEPTH:
                raise UnreadableError(f"nested deeper than {MAX_DEPTH} levels", _end(here))
            if isinstance(value, Mapping):
                return self._members(value, here, depth)
            return [self.value(part, place(here, n), depth + 1) for n, part in enumerate(value)]
        return self._scalar(value, here)

    def _members(self, value: Mapping[Any, Any], here: str, depth: int) -> dict[str, Any]:
        for name in value.names if isinstance(value, _Doubled) else ():
            self._findings.error(place(here, name), "stands twice in the same object")
        made = {}
        for key, part in value.items():
            if not isinstance(key, str):
                message = f"the name {str(key)[:60]!r} is not text"
                self._findings.error(here, message, "Put it in quotes")
                continue
            below = place(here, key)
            self._scalar(key, below)
            made[key] = self.value(part, below, depth + 1)
        return made

    def _scalar(self, value: Any, here: str) -> Any:
        if isinstance(value, _Bad):
            self._findings.error(here, value.message)
            return None
        if isinstance(value, float) and not math.isfinite(value):
            self._findings.error(here, f"{value} is not a JSON number")
            return None
        try:
            check_value(value)
        except InvalidValueError as error:
            self._findings.error(here, str(error))
        return value


def _end(path: str, most: int = 80) -> str:
    return path if len(path) <= most else f"{path[: most // 2]}...{path[-most // 2 :]}"
