"""Events as callers tell them: what is to happen and when, and what comes of it."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from perdure.app import triggers
from perdure.app.batches import Batching
from perdure.app.births import moment
from perdure.app.doctor import living
from perdure.app.importing import is_importing
from perdure.app.outbox import Enlisted, check_transaction
from perdure.app.transactions import Block
from perdure.app.triggers import TriggerView
from perdure.authoring.entities import Entity, entity_of
from perdure.authoring.events import dump_body
from perdure.errors import InvalidValueError
from perdure.ids import new_id
from perdure.ports.events import Firing, Told, Whose
from perdure.runtime.almanac import Emission, Wanted
from perdure.wire.encoding import check_value, decode


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A workflow that an event is to start at `at`."""

    workflow: str
    at: datetime
    offset_minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAnswer:
    """What came of an event: its id, the runs it has started and woken, and what it is to start.

    `kept` are runs that keep it for a wait that they may come to; `refused` those whose context has
    no place for what it brings, or whose wait wants something else, each with why: they wait on.
    `moved_from` is the time that it had before, if it was announced for another one. `known` if
    nothing came of it because it had been told so before.
    """

    event_id: str | None
    at: datetime | None
    started: tuple[str, ...] = ()
    woken: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    scheduled: tuple[Scheduled, ...] = ()
    moved_from: datetime | None = None
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event that is known still, and what it is to start."""

    id: str
    name: str
    at: datetime
    entity_type: str
    entity_id: str | int | None
    key: str | None
    payload: Mapping[str, Any]
    scheduled: tuple[Scheduled, ...]


class Emitting(Batching):
    """The part of an engine that tells events."""

    def emit(  # noqa: PLR0913 - what, about what, when, and under which names
        self,
        name: str,
        entity: object = None,
        at: datetime | None = None,
        payload: Mapping[str, Any] | None = None,
        *,
        key: str | int | None = None,
        idempotency_key: str | None = None,
        transaction: Block | Enlisted | None = None,
    ) -> EventAnswer:
        """Tell that something happens now, or announce it for `at`, and start what it starts.

        `entity` is what it is about: a model, a dataclass, a dict, an id, or a pair of type and
        id. An event that is announced again for the same entity (and `key`, which tells several
        apart) is moved to its new time; `withdraw` calls it off. With an `idempotency_key` it is
        told once. It is durable when this returns, with a `transaction` when that has ended.
        Raises InvalidValueError.
        """
        if is_importing():
            return untold(name)
        self._check_open()
        about = entity_of(entity)
        wanted = Wanted(
            _whose(name, about, key),
            None if at is None else moment("at", at),
            dump_body(about, payload),
            new_id("evt", self._process.clock.now()),
            idempotency_key,
        )
        check_value([*wanted.whose, idempotency_key], "event")
        if at is not None and entity is not None and about.id is None and key is None:
            raise InvalidValueError(
                "it has no id, so that it could not be told apart when its event is moved. Give "
                "it an `id`, or give a key=... beside it",
                "entity",
            )
        if transaction is not None:
            check_transaction(transaction)
            transaction.join(self._process)
            transaction.emit(wanted)
            return EventAnswer(event_id=None, at=at)
        made = self._process.almanac.emit(wanted, self._process.clock.now())
        self._opened.drive()
        return _answer(made)

    emit_event = emit

    def withdraw(self, name: str, entity: object = None, *, key: str | int | None = None) -> bool:
        """Call off an event that was announced; False if nothing was to come of it any more.

        What it has started already goes on.
        """
        self._check_open()
        whose = _whose(name, entity_of(entity), key)
        check_value([*whose], "event")
        return self._process.almanac.withdraw(whose) > 0

    cancel_event = withdraw

    def events(self, name: str | None = None, *, limit: int = 100) -> list[EventView]:
        """Return events that are to come or not long over, those of the latest time first."""
        self._check_open()
        told = self.store.events.find(name, limit)
        firings = self.store.events.firings([each.id for each in told])
        return [_view(each, firings) for each in told]

    def triggers(self) -> list[TriggerView]:
        """Return which workflows events start, by event; also those that no process hosts now."""
        self._check_open()
        return triggers.views(self.store)

    def forget_triggers(self, workflow: str) -> int:
        """Have no event start a workflow that is no more; return how many starts are called off.

        Runs that were started already stay. Raises InvalidValueError where no event starts it, or
        a process that lives hosts it.
        """
        self._check_open()
        now = self._process.clock.now()
        own = self.registry.find(workflow)
        if own is not None and own.started_by:
            raise InvalidValueError(triggers.hosted(workflow, "this process"))
        gone = triggers.starts_to_come(self.store, workflow, living(self.store, now))
        self._process.almanac.forget(workflow, now)
        return gone


def _whose(name: object, about: Entity, key: str | int | None) -> Whose:
    if not isinstance(name, str) or not name.strip():
        raise InvalidValueError(f"an event's name is text, not {name!r}", "name")
    entity = None if about.id is None else str(about.id)
    return Whose(name, about.type, entity, None if key is None else str(key))


def _answer(made: Emission) -> EventAnswer:
    return EventAnswer(
        event_id=made.event,
        at=_utc(made.at),
        started=tuple(made.started),
        woken=tuple(made.woken),
        kept=tuple(made.kept),
        refused=tuple(made.refused),
        scheduled=_scheduled(made.scheduled),
        moved_from=None if made.was is None else _utc(made.was),
        known=made.known,
    )


def _view(told: Told, firings: Sequence[Firing]) -> EventView:
    body = decode(told.body)
    return EventView(
        id=told.id,
        name=told.name,
        at=_utc(told.at),
        entity_type=told.type,
        entity_id=body["entity_id"],
        key=told.key,
        payload=body["payload"],
        scheduled=_scheduled([each for each in firings if each.event == told.id]),
    )


def _scheduled(firings: Sequence[Firing]) -> tuple[Scheduled, ...]:
    return tuple(
        Scheduled(each.workflow, _utc(each.due), each.shift / 60.0)
        for each in firings
        if each.workflow
    )


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def untold(name: str) -> EventAnswer:
    """Warn that an event is not told now, and return that nothing came of it."""
    warnings.warn(
        f"event {name!r} was not told: perdure is importing this module to find its workflows. "
        'Put the call under: if __name__ == "__main__":',
        stacklevel=3,
    )
    return EventAnswer(event_id=None, at=None)
