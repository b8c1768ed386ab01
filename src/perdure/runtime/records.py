"""Messages and events as JSON texts: what stands in `inbox` and `history`."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from perdure.kernel import history, messages
from perdure.wire.encoding import decode, encode

_EVENTS: dict[str, type] = {kind.__name__: kind for kind in history.Event.__args__}
_OF_ATTEMPTS = (messages.Report, messages.Settle)  # what they bring, their events tell
_TOLD: dict[str, type] = {
    kind.__name__: kind for kind in messages.Message.__args__ if kind not in _OF_ATTEMPTS
}


def _reader(kind: type) -> Callable[[Any], list[Any]]:
    """Return a function that lists a record: its kind's name, then its fields in order."""
    names = [field.name for field in fields(kind)]
    name = kind.__name__
    if not names:
        return lambda _: [name]
    get = attrgetter(*names)
    if len(names) == 1:
        return lambda record: [name, get(record)]
    return lambda record: [name, *get(record)]


_READERS = {kind: _reader(kind) for kind in (*_EVENTS.values(), *_TOLD.values())}


def dump_events(events: Sequence[history.Event]) -> str:
    """Return events as a JSON list of lists: the kind, then the fields in order."""
    return encode([_READERS[type(event)](event) for event in events])


def load_events(text: str) -> list[history.Event]:
    """Return the events of a text that `dump_events` made."""
    return [_EVENTS[kind](*values) for kind, *values in decode(text)]


def dump_message(message: messages.Message) -> str:
    """Return a message as JSON text; a report without its outcome, which its events tell."""
    if isinstance(message, _OF_ATTEMPTS):
        return encode([type(message).__name__, message.step, message.visit, message.attempt])
    return encode(_READERS[type(message)](message))


def load_message(text: str, number: int) -> messages.Message:
    """Return the message of an inbox row; a signal's id is the row's number."""
    kind, *values = decode(text)
    if kind == "Signal":
        _, name, key, addressed = values
        return messages.Signal(id=number, name=name, key=key, addressed=bool(addressed))
    made: messages.Message = _TOLD[kind](*values)
    return made
