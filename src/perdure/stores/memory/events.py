"""Events over dicts: see `ports.events` for what each method means."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from perdure.ports.events import Due, Firing, Standing, Told, Trigger, Whose
from perdure.stores.memory.oddities import refuse_odd


@dataclass(slots=True)
class EventTables:
    """What is kept of events. `firings` are by event, shift and workflow, with when they are due.

    `seen` says of a workflow with triggers when a process was last known to host it.
    """

    events: dict[str, Told] = field(default_factory=dict)
    triggers: dict[tuple[str, float, str], Trigger] = field(default_factory=dict)
    firings: dict[tuple[str, float, str], float] = field(default_factory=dict)
    keys: dict[str, tuple[str, float]] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    def copy(self) -> "EventTables":
        """Return equal tables that share nothing that can change."""
        return EventTables(
            dict(self.events), dict(self.triggers), dict(self.firings), dict(self.keys),
            dict(self.seen),
        )  # fmt: skip


class MemoryEventWriter:
    """Writes events within an open transaction.

    `change` gives the tables that it may change, `awaited` the names of the events that runs await.
    """

    def __init__(self, change: Callable[[], EventTables], awaited: Callable[[], set[str]]) -> None:
        self._change = change
        self._awaited = awaited

    def host(self, triggers: Sequence[Trigger], workflows: Sequence[str], now: float) -> None:
        """Let these workflows have these triggers, and no others."""
        refuse_odd([*triggers, *((name,) for name in workflows)])
        tables, hosted = self._change(), set(workflows)
        for key in [key for key in tables.triggers if key[2] in hosted]:
            del tables.triggers[key]
        tables.triggers |= {(each.event, each.shift, each.workflow): each for each in triggers}
        tables.seen |= {each.workflow: now for each in triggers}
        for event, shift, workflow in list(tables.firings):
            name = tables.events[event].name
            if workflow in hosted and (name, shift, workflow) not in tables.triggers:
                del tables.firings[event, shift, workflow]
        for each in triggers:
            for told in tables.events.values():
                due = told.at + each.shift
                if told.name == each.event and told.at > now and due > now:
                    tables.firings.setdefault((told.id, each.shift, each.workflow), due)

    def seen(self, workflows: Sequence[str], now: float) -> None:
        """Note that a process hosts these workflows."""
        refuse_odd([(name,) for name in workflows])
        self._change().seen |= dict.fromkeys(workflows, now)

    def unseen(self, before: float) -> list[str]:
        """Return the workflows with triggers that no process has hosted since."""
        tables = self._change()
        names = {each.workflow for each in tables.triggers.values()}
        return sorted(name for name in names if tables.seen[name] < before)

    def of_key(self, key: str) -> str | None:
        """Return the event that was told under this idempotency key."""
        found = self._change().keys.get(key)
        return found[0] if found else None

    def keep_key(self, key: str, event: str, now: float) -> None:
        """Remember the event that was told under this idempotency key."""
        refuse_odd([(key,)])
        self._change().keys[key] = (event, now)

    def at(self, event: str) -> float | None:
        """Return when this event is; None if it is not known."""
        found = self._change().events.get(event)
        return found.at if found else None

    def tell(self, event: Told) -> None:
        """Keep an event, in place of what was told of it before."""
        refuse_odd([event])
        self._change().events[event.id] = event

    def schedule(self, event: Told) -> None:
        """Make its firings anew."""
        tables = self._change()
        _call_off(tables, {event.id})
        for each in tables.triggers.values():
            due = event.at + each.shift
            if each.event == event.name and not (each.skips and due < event.told_at):
                tables.firings[event.id, each.shift, each.workflow] = due
        tables.firings[event.id, 0.0, ""] = event.at

    def take_due(self, now: float, most: int, event: str | None = None) -> list[Due]:
        """Take away and return firings that are due."""
        tables = self._change()
        order = {told: number for number, told in enumerate(tables.events)}
        due = sorted(
            (at, order[key[0]], key)
            for key, at in tables.firings.items()
            if at <= now and event in (None, key[0])
        )
        return [_take(tables, key) for _, _, key in due[:most]]

    def is_awaited(self, name: str) -> bool:
        """Whether any run waits for an event of this name."""
        return name in self._awaited()

    def withdraw(self, whose: Whose) -> int:
        """Forget the events that are told apart so; return how many firings went with them."""
        tables = self._change()
        gone = {told.id for told in tables.events.values() if _whose(told) == whose}
        for event in gone:
            del tables.events[event]
        return _call_off(tables, gone)

    def drop(self, event: str) -> None:
        """Forget an event if nothing is to come of it."""
        tables = self._change()
        if all(firing[0] != event for firing in tables.firings):
            tables.events.pop(event, None)

    def forget(self, before: float) -> None:
        """Forget events of before, and keys, that nothing is to come of."""
        tables = self._change()
        open_ = {event for event, _, _ in tables.firings}
        for told in list(tables.events.values()):
            if told.at < before and told.id not in open_:
                del tables.events[told.id]
        for key, (_, at) in list(tables.keys.items()):
            if at < before:
                del tables.keys[key]


class MemoryEventReader:
    """Reads events; `reading` gives the tables, under the store's lock."""

    def __init__(self, reading: Callable[[], AbstractContextManager[EventTables]]) -> None:
        self._reading = reading

    def triggers(self) -> list[Trigger]:
        """Return what starts workflows."""
        with self._reading() as tables:
            return [each for _, each in sorted(tables.triggers.items())]

    def standing(self) -> list[Standing]:
        """Return how each trigger stands, by event, shift and workflow."""
        with self._reading() as tables:
            return [
                Standing(
                    workflow, event, shift, tables.seen[workflow],
                    sum(
                        (tables.events[of].name, *rest) == (event, shift, workflow)
                        for of, *rest in tables.firings
                    ),
                )
                for event, shift, workflow in sorted(tables.triggers)
            ]  # fmt: skip

    def next_due(self) -> float | None:
        """Return when the next firing is due."""
        with self._reading() as tables:
            return min(tables.firings.values(), default=None)

    def find(self, name: str | None = None, most: int = 100) -> list[Told]:
        """Return events that are known still, those of the latest time first."""
        with self._reading() as tables:
            found = [told for told in tables.events.values() if name in (None, told.name)]
        return sorted(found, key=lambda told: told.at)[::-1][:most]

    def firings(self, events: Sequence[str]) -> list[Firing]:
        """Return what is to come of these events, the earliest first."""
        with self._reading() as tables:
            found = [
                Firing(event, workflow, shift, due)
                for (event, shift, workflow), due in tables.firings.items()
                if event in events
            ]
        return sorted(found, key=lambda each: (each.due, each.event, each.shift, each.workflow))


def _whose(told: Told) -> Whose:
    return Whose(told.name, told.type, told.entity, told.key)


def _call_off(tables: EventTables, events: set[str]) -> int:
    gone = [key for key in tables.firings if key[0] in events]
    for key in gone:
        del tables.firings[key]
    return len(gone)


def _take(tables: EventTables, key: tuple[str, float, str]) -> Due:
    event, shift, workflow = key
    told = tables.events[event]
    trigger = tables.triggers.get((told.name, shift, workflow))
    version, plan = (trigger.version, trigger.plan) if trigger else ("", "")
    return Due(told, workflow, shift, tables.firings.pop(key), version, plan)
