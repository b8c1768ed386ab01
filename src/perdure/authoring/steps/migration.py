"""Whether the context of a run that began by older code fits the newer, or can be made to."""

from collections.abc import Callable, Mapping
from typing import Any

from perdure.authoring.steps.codec import Codec
from perdure.errors import ContextInvalidError, DefinitionError
from perdure.wire.encoding import decode, encode

HINT = (
    "The stored context of a run that began by older code does not fit. Give the field a default, "
    "or the workflow migrate={VERSION: function}"
)

Move = Callable[[dict[str, Any]], Mapping[str, Any] | None]
"""Makes the context of a run of another version (plain JSON values) one of this: it changes the
dict that it is given, or returns another one."""

Fits = Callable[[str, str], str]


def fitter(codec: Callable[[], Codec]) -> Fits:
    """Return what takes a version and a context of it, and gives that back if it fits."""

    def fits(_version: str, context: str) -> str:
        codec().load(context, HINT)
        return context

    return fits


def migrating(fits: Fits, moves: Mapping[str, Move]) -> Fits:
    """Return what moves contexts of these versions before it looks whether they fit."""

    def moved(version: str, context: str) -> str:
        if (move := moves.get(version)) is None:
            return fits(version, context)
        body = decode(context)
        made = move(body)
        if made is None:
            made = body
        if not isinstance(made, Mapping):
            raise ContextInvalidError(
                f"migrate from version {version!r} returned {made!r}. Return the context, a dict",
            )
        return fits(version, encode(dict(made)))

    return moved


def check_moves(name: str, moves: Mapping[str, Move]) -> None:
    """Raise DefinitionError unless these are functions by version."""
    for version, move in moves.items():
        if not isinstance(version, str) or not callable(move):
            raise DefinitionError(
                f"@workflow({name!r}, migrate=...) is a dict of versions and functions, such as "
                f'{{"1": add_email}}, not {version!r}: {move!r}'
            )
