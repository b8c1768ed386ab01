"""Messages and events as JSON texts: what stands in `inbox` and `history`."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from perdure.kernel import history, messages
from perdure.kernel.ways import Way
from perdure.wire.encoding import decode, encode

_EVENTS: dict[str, type] = {kind.__name__: kind for kind in history.Event.__args__}
_OF_ATTEMPTS = (
    messages.Report,
    messages.Settle,
    messages.Adopt,
)  # what they bring, their events tell
_TOLD: dict[str, type] = {
    kind.__name__: kind for kind in messages.Message.__args__ if kind not in _OF_ATTEMPTS
}


_WAY = tuple(field.name for field in fields(Way))
_WAIT = [field.name for field in fields(history.WaitBegun)]
_SIGNAL = [field.name for field in fields(messages.Signal) if field.name != "unfit"]
_TRIMMED: dict[type, int] = {
    history.SignalTaken: 4,
    history.SignalDropped: 2,
    history.SignalKept: 5,
    history.RunRewound: 5,
    messages.Rewind: 5,
}
"""Kinds whose last fields are seldom used: what is their default after so many is not written."""


def _reader(kind: type) -> Callable[[Any], list[Any]]:
    """Return a function that lists a record: its kind's name, then its fields in order."""
    names = [field.name for field in fields(kind)]
    name = kind.__name__
    if not names:
        return lambda _: [name]
    get = attrgetter(*names)
    if len(names) == 1:
        return lambda record: [name, get(record)]
    if kind in _TRIMMED:
        defaults = [field.default for field in fields(kind)]
        return lambda record: [name, *_trimmed(get(record), defaults, _TRIMMED[kind])]
    return lambda record: [name, *get(record)]


def _trimmed(values: Sequence[Any], defaults: Sequence[Any], least: int) -> Sequence[Any]:
    count = len(values)
    while count > least and values[count - 1] == defaults[count - 1]:
        count -= 1
    return values[:count]


def _list_wait(event: history.WaitBegun) -> list[Any]:
    """List a wait; most have one way out, which is a signal of any content."""
    values = [getattr(event, name) for name in _WAIT]
    values[-1] = [[getattr(way, name) for name in _WAY] for way in event.also]
    plain = [event.kind, event.match, event.accepts, event.also] == ["signal", "", "", ()]
    return ["WaitBegun", *(values[:7] if plain else values)]


def _list_signal(signal: messages.Signal) -> list[Any]:
    """List a signal, without which ways it does not fit: that is found out when it is told."""
    values = [getattr(signal, name) for name in _SIGNAL]
    return ["Signal", *(values[:4] if values[4:] == ["signal", ""] else values)]


_READERS = {kind: _reader(kind) for kind in (*_EVENTS.values(), *_TOLD.values())}
_READERS |= {history.WaitBegun: _list_wait, messages.Signal: _list_signal}


def dump_events(events: Sequence[history.Event]) -> str:
    """Return events as a JSON list of lists: the kind, then the fields in order."""
    return encode([_READERS[type(event)](event) for event in events])


def load_events(text: str) -> list[history.Event]:
    """Return the events of a text that `dump_events` made."""
    return [_event(kind, values) for kind, *values in decode(text)]


def _event(kind: str, values: list[Any]) -> history.Event:
    if kind == "WaitBegun" and len(values) > 7:
        values[-1] = tuple(Way(**dict(zip(_WAY, way, strict=True))) for way in values[-1])
    made: history.Event = _EVENTS[kind](*values)
    return made


def dump_message(message: messages.Message) -> str:
    """Return a message as JSON text; a report without its outcome, which its events tell."""
    if isinstance(message, _OF_ATTEMPTS):
        return encode([type(message).__name__, message.step, message.visit, message.attempt])
    return encode(_READERS[type(message)](message))


def load_message(text: str, number: int) -> messages.Message:
    """Return the message of an inbox row; a signal's id is the row's number."""
    kind, *values = decode(text)
    if kind == "Signal":
        return messages.Signal(**dict(zip(_SIGNAL, (number, *values[1:]), strict=False)))
    made: messages.Message = _TOLD[kind](*values)
    return made
