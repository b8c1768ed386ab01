"""The one encoder and decoder of JSON texts, and the rules for what may be kept.

Integers stay exact at any size. NaN, infinities, NUL, lone surrogates and nesting deeper than
`MAX_DEPTH` are refused with the path of the place.
"""

import json
import math
from collections.abc import Callable
from typing import Any

from perdure.errors import InvalidValueError

MAX_DEPTH = 64
MAX_INT_DIGITS = 4000

_TOO_LARGE = 10**MAX_INT_DIGITS


def _make_encoder() -> Callable[[Any], str]:
    """Return an encoder that is kept: `JSONEncoder.encode` makes a new one for every small row."""
    encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return encoder.encode
    text = json.encoder.encode_basestring
    chunks = make(None, encoder.default, text, None, ":", ",", False, False, False)
    return lambda value: "".join(chunks(value, 0))


_encode_plain = _make_encoder()
_decode_plain: Callable[[str], Any] = json.JSONDecoder().decode


def encode(value: Any) -> str:
    """Return the JSON text of plain data (dict, list, str, int, float, bool, None).

    For rows that perdure itself made: nothing is checked but NaN.
    """
    return _encode_plain(value)


def decode(text: str) -> Any:
    """Return the value of a JSON text that perdure wrote."""
    return _decode_plain(text)


def encode_value(value: Any, path: str = "") -> str:
    """Return the JSON text of a value from outside; refuse what cannot be kept, with its path.

    Raises InvalidValueError.
    """
    check_value(value, path)
    return _encode_plain(value)


def check_value(value: Any, path: str = "", depth: int = 0) -> None:
    """Refuse, with its path, what JSON or a database cannot keep. Raises InvalidValueError."""
    kind = type(value)
    if value is None or kind is bool:
        return
    if kind is str:
        _check_text(value, path)
    elif kind is int:
        if not -_TOO_LARGE < value < _TOO_LARGE:
            raise InvalidValueError(f"an integer of more than {MAX_INT_DIGITS} digits", path)
    elif kind is float:
        if not math.isfinite(value):
            raise InvalidValueError(f"{value} is not a JSON number", path)
    elif depth >= MAX_DEPTH:
        raise InvalidValueError(f"nested deeper than {MAX_DEPTH} levels", path)
    elif kind is dict:
        _check_members(value, path, depth)
    elif kind in (list, tuple):
        for number, part in enumerate(value):
            check_value(part, f"{path}[{number}]", depth + 1)
    else:
        raise InvalidValueError(f"a {kind.__name__} is not plain JSON data", path)


def _check_members(value: dict[Any, Any], path: str, depth: int) -> None:
    for key, part in value.items():
        if type(key) is not str:
            raise InvalidValueError(f"the key {key!r} is not text", path)
        below = f"{path}.{key}" if path else key
        _check_text(key, below)
        check_value(part, below, depth + 1)


def _check_text(text: str, path: str) -> None:
    if "\x00" in text:
        raise InvalidValueError("text with a NUL character", path)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidValueError("text with a lone surrogate", path) from error


def clean_text(text: str) -> str:
    """Return a text that can be kept: what cannot (NUL, lone surrogates) is replaced."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def parse(text: str | bytes, path: str = "") -> Any:
    """Return the value of a JSON text from outside, checked. Raises InvalidValueError."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_int=_exact_int)
    except (ValueError, RecursionError) as error:
        raise InvalidValueError(f"not JSON: {error}", path) from error
    check_value(value, path)
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _exact_int(text: str) -> int:
    if len(text.removeprefix("-")) > MAX_INT_DIGITS:
        raise ValueError(f"an integer of more than {MAX_INT_DIGITS} digits")
    return int(text)
