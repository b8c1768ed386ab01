"""How sealed values stand among others, what a run with a vault says of itself, and what is shown.

A run that has a vault says so at the very beginning of its inputs' JSON text, under the name VAULT;
in no other run is anything sealed. There a whole input, and a whole result of a step, may be sealed:
an object with nothing in it but SEALED, whose text is the kind, a colon, and what only the run's data
key opens.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from perdure.wire.encoding import decode, encode

VAULT = "$vault"
"""The name of what a run's inputs say of its vault. No input may be called so."""
SEALED = "$sealed"
SECRET = "secret"  # noqa: S105 - a word, and none that opens anything
"""The kind of what is a secret, or depends on one: it is shown to nobody."""
PRIVATE = "private"
"""The kind of what is only not to be kept in clear; what depends on it is no secret."""

SHOWN = {SECRET: "<secret>", PRIVATE: "<encrypted>"}
"""What is shown in the place of a sealed value."""
GONE = {SECRET: "<secret, deleted>", PRIVATE: "<encrypted, deleted>"}
"""What is shown in its place when the run's data key is no more."""

_BEGINNING = f'{{"{VAULT}":'


class Settings(NamedTuple):
    """What was asked for when a run with a vault was started.

    `encrypts`: results that others depend on are sealed, too. `deletes`: the data key goes when the
    run ends. `audits`: what reads a secret says so. `by` is who started it, `at` when.
    """

    encrypts: bool = False
    deletes: bool = False
    audits: bool = False
    by: str = ""
    at: float = 0.0


def has_vault(inputs: str) -> bool:
    """Whether the run with these inputs (JSON text) has a vault."""
    return inputs.startswith(_BEGINNING)


def settings_of(inputs: str) -> Settings | None:
    """Return what a run's inputs say of its vault; None if it has none."""
    return Settings(*decode(inputs)[VAULT]) if has_vault(inputs) else None


def with_vault(settings: Settings, inputs: Mapping[str, Any]) -> str:
    """Return the JSON text of the inputs of a run that has a vault."""
    return encode({VAULT: list(settings), **inputs})


def input_place(name: str) -> str:
    """Return what a sealed input is bound to; a result is bound to its step's path."""
    return f"workflow.input.{name}"


def sealed_value(kind: str, token: str) -> dict[str, str]:
    """Return what stands in the place of a value: its kind, and what the data key opens."""
    return {SEALED: f"{kind}:{token}"}


def read_sealed(value: object) -> tuple[str, str] | None:
    """Return the kind and the token of a sealed value; None if it is none."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    text = value.get(SEALED)
    if not isinstance(text, str):
        return None
    kind, colon, token = text.partition(":")
    return (kind, token) if colon and kind in SHOWN else None


def shown(value: Any, *, gone: bool = False) -> Any:
    """Return a value of a run with a vault as it is shown: what is sealed is not."""
    found = read_sealed(value)
    return value if found is None else (GONE if gone else SHOWN)[found[0]]


def shown_inputs(inputs: str, *, gone: bool = False) -> dict[str, Any]:
    """Return a run's inputs, or its context, as they are shown."""
    values: dict[str, Any] = decode(inputs)
    if not has_vault(inputs):
        return values
    return {name: shown(each, gone=gone) for name, each in values.items() if name != VAULT}
