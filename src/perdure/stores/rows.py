"""What every store asks of the texts and numbers in its rows before it keeps them."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import to_json

Row = tuple[Any, ...]

KEY_SECONDS = 30 * 86400.0
"""For so long the key of a broadcast stays taken."""


def encode_rows(rows: Sequence[Row]) -> str:
    """Return rows as one JSON array of arrays.

    A number that is none becomes a text, which no column for numbers takes. Raises ValueError for
    a NUL and for a lone surrogate.
    """
    # plain tuples: named ones take this encoder four times as long
    text = to_json(list(map(tuple, rows)), inf_nan_mode="strings").decode()
    if "\\u0000" in text and any(map(is_odd, rows)):
        raise ValueError("text with a NUL character")
    return text


def refuse_odd(rows: Iterable[Row]) -> None:
    """Raise ValueError for rows with what no database keeps: a NUL, or a number that is none."""
    for row in rows:
        if is_odd(row):
            raise ValueError(f"a NUL character, or a number that is none: {row}")


def is_odd(row: Row) -> bool:
    """Whether a row has a NUL, or a number that is none."""
    for value in row:
        kind = type(value)
        if kind is str:
            if "\0" in value:
                return True
        elif kind is float and not math.isfinite(value):
            return True
    return False
