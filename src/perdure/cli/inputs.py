"""What is given to a run or a signal: `name=text`, `name:=JSON`, or a file of JSON."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from perdure.errors import ConfigError, InvalidValueError
from perdure.wire.encoding import check_value, parse

MOST_BYTES = 32 * 1024 * 1024
"""The largest file of inputs that is read."""


def read_pairs(pairs: Iterable[str], what: str) -> dict[str, Any]:
    """Return the values by name; `what` names them in errors (`inputs`, `payload`).

    `name=text` is text as it stands, `name:=JSON` a number, true, a list or an object. Raises
    ConfigError for what is neither, InvalidValueError for JSON that cannot be kept.
    """
    values: dict[str, Any] = {}
    for pair in pairs:
        name, value = _pair(pair, what)
        if name in values:
            raise ConfigError(f"{what}: {name!r} is given twice")
        values[name] = value
    return values


def _pair(pair: str, what: str) -> tuple[str, Any]:
    name, equals, text = pair.partition("=")
    typed = name.endswith(":")
    name = name.removesuffix(":")
    if not equals or not name:
        raise ConfigError(
            f"{what}: {pair[:80]!r} is not NAME=TEXT or NAME:=JSON. Write it as in: "
            "title='Annual report'  or  limit:=5"
        )
    place = f"{what}.{name}"
    if typed:
        return name, parse(text, place)
    check_value(text, place)
    return name, text


def read_inputs(pairs: Iterable[str], file: Path | None) -> dict[str, Any]:
    """Return the inputs of a run: those of the file, and the pairs, which win."""
    given = read_pairs(pairs, "inputs")
    return {**(_read_file(file) if file is not None else {}), **given}


def read_secrets(pairs: Iterable[str], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return inputs that are marked as secret: `name=VARIABLE`, so that no command line has them."""
    values: dict[str, Any] = {}
    for name, variable in read_pairs(pairs, "secret").items():
        if variable not in environ:
            raise ConfigError(
                f"--secret {name}={str(variable)[:80]}: there is no such environment variable. Give "
                "the name of one, and not the secret itself"
            )
        check_value(environ[variable], f"inputs.{name}")
        values[name] = {"type": "secret", "value": environ[variable]}
    return values


def _read_file(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"--inputs: {str(file)!r} cannot be read: {error.strerror}") from error
    if len(raw) > MOST_BYTES:
        raise ConfigError(
            f"--inputs: {str(file)!r} has more than {MOST_BYTES // 2**20} MiB. Put large data in "
            "a file of its own and give its path"
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is no UTF-8 text, at byte {error.start}"
        raise InvalidValueError(message, str(file)) from error
    values = parse(text, str(file))
    if not isinstance(values, dict):
        raise InvalidValueError("must be an object, inputs by name", str(file))
    return values
