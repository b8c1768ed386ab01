"""Who is to have a signal, and the message for them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from perdure.errors import InvalidValueError
from perdure.kernel.messages import Signal
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced
from perdure.runtime.records import dump_message
from perdure.wire.encoding import check_value, encode, encode_value

KEY_SECONDS = 7 * 86400.0
"""For so long a signal with a key waits in the mailbox, unless a setting says otherwise."""


class Addressee(NamedTuple):
    """Who is to have a signal: one run, or all that wait, narrowed by a key, a workflow, a context.

    `match` is the JSON text of what their contexts have; `keep` are the seconds for which one with
    a key that nobody waits for is kept.
    """

    run: str | None = None
    key: str | None = None
    workflow: str | None = None
    idempotency_key: str | None = None
    match: str | None = None
    keep: float = KEY_SECONDS

    @property
    def is_narrow(self) -> bool:
        """Whether it is not simply for everybody who waits."""
        return (self.run, self.key, self.workflow, self.match) != (None, None, None, None)


def addressee(
    run: str | None,
    key: str | int | None,
    workflow: str | None,
    idempotency_key: str | None,
    match: Mapping[str, Any] | None,
    keep: float,
) -> Addressee:
    """Return who is to have a signal. Raises InvalidValueError for what nobody can be."""
    if key is not None:
        key = str(key)  # as `wait.for_signal` keeps it
    check_value([run, key, workflow, idempotency_key], "signal")
    return Addressee(run, key, workflow, idempotency_key, _match(match), keep)


def message_to(to: Addressee, name: str) -> str:
    """Return the message as JSON text. Raises InvalidValueError."""
    check_value(name, "signal")
    addressed = to.run is not None or to.key is not None
    match = to.match or ""
    return dump_message(Signal(id=0, name=name, key=to.key, addressed=addressed, match=match))


def address(name: str, payload: str | None, to: Addressee, now: float) -> InboxMade | Announced:
    """Return what is put to one run, or announced to all that wait. Raises InvalidValueError."""
    told = message_to(to, name)
    if to.run is not None:
        return InboxMade(to.run, told, payload, to.idempotency_key)
    until = now + to.keep if to.key is not None else None
    return Announced(name, told, payload, to.workflow, to.key, now, match=to.match, until=until)


def encode_payload(payload: Mapping[str, Any] | None) -> str | None:
    """Return a payload's JSON text. Raises InvalidValueError."""
    if payload is None:
        return None
    if not isinstance(payload, Mapping):
        raise InvalidValueError(f"a payload is a mapping, not a {type(payload).__name__}")
    return encode_value(dict(payload), "payload")


def _match(match: Mapping[str, Any] | None) -> str | None:
    if match is None:
        return None
    if not isinstance(match, Mapping) or not match:
        raise InvalidValueError(f"names and values of a context, not {match!r}", "match")
    for name, value in match.items():
        check_value(value, f"match.{name}")
        if isinstance(value, dict | list | tuple):
            raise InvalidValueError(
                "only text, numbers, true, false and None match", f"match.{name}"
            )
    return encode(dict(match))
