"""Text, JSON and CSV files: read as values, written whole or not at all.

Paths follow the rules of `authoring.paths`. What is written says so: its path and its size.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from annotated_types import Len

from perdure.authoring.functions import function
from perdure.errors import InvalidInputError, InvalidValueError
from perdure.packs.functions.disk import read_bytes, write_bytes
from perdure.wire.encoding import encode, parse

MOST_BYTES = 8 * 1024 * 1024
"""The largest file that is read at once: a result can hold no more."""

Encoding = Literal["utf-8", "utf-16", "latin-1", "windows-1252"]
Delimiter = Annotated[str, Len(1, 1)]
Kind = Literal["text", "integer", "number", "boolean"]


@function("read_text", returns="text")
def read_text(path: str, *, encoding: Encoding = "utf-8") -> str:
    """Return the text of a file of at most 8 MiB, lines ended by a line feed."""
    return _decoded(path, encoding).replace("\r\n", "\n").replace("\r", "\n")


@function("read_json", returns="json")
def read_json(path: str, *, lines: bool = False) -> Any:
    """Return the value of a JSON file of at most 8 MiB; with `lines` each line is one of a list."""
    text = _decoded(path, "utf-8")
    if not lines:
        return _parsed(text, f"'{path}'")
    return [
        _parsed(line, f"'{path}', line {number}")
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]


@function("read_csv", returns="list")
def read_csv(
    path: str,
    *,
    delimiter: Delimiter = ",",
    encoding: Encoding = "utf-8",
    types: dict[str, Kind] | None = None,
) -> list[dict[str, Any]]:
    """Return the rows of a CSV file as objects, named by its first line.

    Values are text, but for the columns that `types` names: an empty one of these is null. A row
    with more or fewer values than the first line is an error with its line.
    """
    rows = csv.reader(
        io.StringIO(_decoded(path, encoding), newline=""), delimiter=delimiter, strict=True
    )
    try:
        names = next(rows, [])
        _check_names(names, types or {}, path)
        return [
            {
                name: _typed(text, (types or {}).get(name, "text"), place)
                for name, text in row.items()
            }
            for row, place in _rows(rows, names, path)
        ]
    except csv.Error as error:
        raise InvalidInputError(f"'{path}', line {rows.line_num}: {error}", path="input") from error


@function("write_text", returns="object")
def write_text(
    text: str, *, path: str, overwrite: bool = True, make_folders: bool = False
) -> dict[str, Any]:
    """Write a text as UTF-8, whole or not at all; return `{"path", "bytes"}`."""
    return _written(path, text, overwrite, make_folders)


@function("write_json", returns="object")
def write_json(
    value: Any,
    *,
    path: str,
    lines: bool = False,
    indent: Literal[0, 2, 4] = 2,
    overwrite: bool = True,
    make_folders: bool = False,
) -> dict[str, Any]:
    """Write a value as JSON, whole or not at all; with `lines` each item of a list on its line.

    Returns `{"path", "bytes"}`.
    """
    if lines and not isinstance(value, list):
        raise InvalidInputError("must be a list, to be written in lines", path="input")
    if lines:
        text = "".join(f"{encode(item)}\n" for item in value)
    else:
        encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, indent=indent or None)
        text = encoder.encode(value) + "\n"
    return _written(path, text, overwrite, make_folders)


@function("write_csv", returns="object")
def write_csv(
    rows: list[dict[str, Any]],
    *,
    path: str,
    columns: list[str] | None = None,
    delimiter: Delimiter = ",",
    overwrite: bool = True,
    make_folders: bool = False,
) -> dict[str, Any]:
    """Write objects as CSV with a first line of names, whole or not at all.

    Columns are those of all rows in the order in which they come, or `columns`. Null is empty;
    lists and objects are written as JSON. Returns `{"path", "bytes"}`.
    """
    names = columns if columns is not None else list(dict.fromkeys(n for row in rows for n in row))
    table = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
    # The library does not see that a lone carriage return would part lines.
    parts = any(isinstance(cell, str) and "\r" in cell for line in table for cell in line)
    text = io.StringIO(newline="")
    csv.writer(
        text,
        delimiter=delimiter,
        lineterminator="\n",
        quoting=csv.QUOTE_ALL if parts else csv.QUOTE_MINIMAL,
    ).writerows(table)
    return _written(path, text.getvalue(), overwrite, make_folders)


def _decoded(path: str, encoding: Encoding) -> str:
    content = read_bytes(path, MOST_BYTES)
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"'{path}' is no text in {encoding}, at byte {error.start}. Name another encoding",
            path="input",
        ) from error


def _parsed(text: str, place: str) -> Any:
    try:
        return parse(text)
    except InvalidValueError as error:
        raise InvalidInputError(f"{place}: {error}", path="input") from error


def _check_names(names: list[str], types: Mapping[str, Kind], path: str) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidInputError(f"'{path}' has two columns {twice!r}", path="input")
    unknown = next((name for name in types if name not in names), None)
    if unknown is not None:
        listed = ", ".join(names)[:200]
        raise InvalidInputError(
            f"names {unknown!r}, which is no column of '{path}'. There are: {listed}",
            path="parameters.types",
        )


def _rows(rows: Any, names: list[str], path: str) -> Iterator[tuple[dict[str, str], str]]:
    for row in rows:
        place = f"'{path}', line {rows.line_num}"
        if not row:
            continue
        if len(row) != len(names):
            message = f"{place} has {len(row)} values, and {len(names)} columns are named"
            raise InvalidInputError(message, path="input")
        yield dict(zip(names, row, strict=True)), place


def _typed(text: str, kind: Kind, place: str) -> Any:
    if kind == "text":
        return text
    told = text.strip()
    if not told:
        return None
    try:
        if kind == "boolean":
            return {"true": True, "false": False, "1": True, "0": False}[told.lower()]
        return int(told) if kind == "integer" else float(told)
    except (ValueError, KeyError) as error:
        raise InvalidInputError(f"{place}: {text[:40]!r} is no {kind}", path="input") from error


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return encode(value) if isinstance(value, dict | list) else value


def _written(path: str, text: str, overwrite: bool, make_folders: bool) -> dict[str, Any]:
    content = text.encode()
    there = write_bytes(path, content, overwrite=overwrite, make_folders=make_folders)
    return {"path": str(there), "bytes": len(content)}
