"""What a model works on: the text of the referenced values, apart from the instruction."""

import re
from collections.abc import Iterator
from typing import Any

from perdure.errors import InvalidInputError
from perdure.ports.models import ModelRequest

MOST_CHARACTERS = 5_000_000
"""The longest text that a built-in model reads."""

_COMMAND = re.compile(
    r"\s*(?:please\s+)?(?:summari[sz]e|extract|analy[sz]e|classify|identify|find|list|give|describe|"
    r"detect|generate|write|what|which|determine)\b[^:\n]{0,120}(?::|\n)\s*",
    re.IGNORECASE,
)


def material(request: ModelRequest) -> tuple[str, str]:
    """Return the instruction and the text; raise `InvalidInputError` if there is no text.

    Several values are parted by an empty line. Without values the prompt is the text, less a
    command at its head ("Summarize: ...").
    """
    if request.values:
        text = "\n\n".join(part for part in map(text_of, request.values) if part.strip())
        instruction = request.instruction
    else:
        command = _COMMAND.match(request.prompt)
        cut = command.end() if command and command.end() < len(request.prompt) else 0
        instruction, text = request.prompt[:cut], request.prompt[cut:]
    if not text.strip():
        raise InvalidInputError(f"{request.model} was given no text", path="input")
    if len(text) > MOST_CHARACTERS:
        raise InvalidInputError(
            f"{request.model} was given {len(text):,} characters; at most {MOST_CHARACTERS:,} "
            "are read. Split the text",
            path="input",
        )
    return instruction, text


def text_of(value: Any) -> str:
    """Return a value as text: strings as they are, objects as lines of `name: value`."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n\n".join(value)
    return "\n".join(_lines(value))


def _lines(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(inner, f"{name} {key}".strip())
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, name)
    elif value is not None:
        prose = isinstance(value, str) and len(value.split()) > 8
        yield str(value) if prose or not name else f"{name}: {value}"
