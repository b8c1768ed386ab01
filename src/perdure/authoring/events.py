"""An event as a workflow sees it, and as it travels to a run's first attempt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from perdure.authoring.entities import Entity, Id, loaded
from perdure.errors import InvalidValueError
from perdure.ports.events import Told
from perdure.wire.encoding import decode, encode, encode_value

MARKS = ("event_id", "event_name", "entity_id")
"""What a context has of its event, unless it forbids fields that it has not."""


@dataclass(eq=False)
class Event:
    """Something that happened, or is to happen, at `at`; `payload` is what was told with it.

    `trouble` is what the loader of its entity has raised, which another try may help.
    """

    id: str
    name: str
    at: datetime
    payload: Mapping[str, Any]
    entity_type: str
    entity_id: Id | None
    _snapshot: Mapping[str, Any] | None = field(repr=False)
    trouble: Exception | None = field(default=None, init=False, repr=False)

    @cached_property
    def entity(self) -> Any:
        """What it is about: as the loader of its type gives it, else the snapshot that was kept."""
        try:
            return loaded(self.entity_type, self.entity_id, self._snapshot)
        except Exception as error:
            self.trouble = error
            raise


def dump_body(entity: Entity, payload: Mapping[str, Any] | None) -> str:
    """Return what is kept of an event beside what it is found by. Raises InvalidValueError."""
    if payload is not None and not isinstance(payload, Mapping):
        raise InvalidValueError(f"values by name, not {payload!r}", "payload")
    encode_value(given := dict(payload or {}), "payload")
    return encode({"entity_id": entity.id, "snapshot": entity.snapshot, "payload": given})


def marks_of(told: Told) -> dict[str, Any]:
    """Return the keys that an event leaves in a context."""
    of = decode(told.body)["entity_id"]
    return {"event_id": told.id, "event_name": told.name, "entity_id": of}


def dump_event(told: Told) -> str:
    """Return the payload with which a run begins that an event has started.

    The first is what goes into the context, whatever comes of the run; the rest is the event.
    """
    brought = {**decode(told.body)["payload"], **marks_of(told)}
    return encode([brought, told.id, told.name, told.type, told.at, told.body])


def load_event(payload: str) -> tuple[dict[str, Any], Event]:
    """Return what goes into the context, and the event, of a payload that `dump_event` made."""
    brought, id_, name, kind, at, text = decode(payload)
    body = decode(text)
    moment = datetime.fromtimestamp(at, UTC)
    event = Event(id_, name, moment, body["payload"], kind, body["entity_id"], body["snapshot"])
    return brought, event
