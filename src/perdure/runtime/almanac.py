"""Keeps what is to come of events: starts workflows and wakes runs when it is time, each once.

What an event starts is written down when the event is told, in one transaction with it: a firing
for each trigger. A firing is taken away in the transaction that lets its run be born, under a key
made of event, workflow, offset and time, so that nothing fires twice, whoever does it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from perdure.authoring import plans
from perdure.authoring.events import dump_event, marks_of
from perdure.authoring.registry import Registry
from perdure.ids import named_id
from perdure.kernel.messages import Signal
from perdure.ports.commit import Born
from perdure.ports.events import Due, Firing, Told, Trigger, Whose
from perdure.ports.rows import Announced
from perdure.ports.store import Store, Transaction
from perdure.runtime.envelopes import Poke
from perdure.runtime.herald import Heard, Herald
from perdure.runtime.ledger import Ledger
from perdure.runtime.outside import Outside, bear
from perdure.runtime.records import dump_message
from perdure.wire.encoding import encode

log = logging.getLogger("perdure.events")

SLICE = 500
LOOK_SECONDS = 5.0
KEEP_SECONDS = 30 * 86_400.0
"""So long an event is known after its time: told again with the same time, it starts nothing. And so
long a trigger stays whose workflow no process hosts."""


UNHOSTED = "no process has hosted it for 30 days. What was still to start is called off"


class Wanted(NamedTuple):
    """An event as somebody tells it: `at` is None for one that happens now.

    `fresh` is the id that it has if it is none that is known. `idempotency_key` has it told once.
    """

    whose: Whose
    at: float | None
    body: str
    fresh: str
    idempotency_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Emission:
    """What came of telling an event: its id, the runs it has started, and what is to come.

    `woken` are the runs that wait for it, `kept` those that keep it for a wait that may come, and
    `refused` those that do not take it, with why; until they have it, `broadcasts` are the numbers
    under which they are to. `known` if nothing came of it because it had been told so before. `was`
    is the time that it had before, where it was moved.
    """

    event: str
    at: float
    was: float | None = None
    started: Sequence[str] = ()
    woken: Sequence[str] = ()
    kept: Sequence[str] = ()
    refused: Sequence[tuple[str, str]] = ()
    scheduled: Sequence[Firing] = ()
    known: bool = False
    broadcasts: Sequence[int] = ()


class Almanac:
    """One duty, and the door for events."""

    def __init__(
        self, store: Store, ledger: Ledger, herald: Herald, outside: Outside, registry: Registry
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._herald = herald
        self._outside = outside
        self._registry = registry
        self._hosted = -1
        self._next = 0.0
        self._next_clearing = 0.0

    # -- what starts workflows -----------------------------------------------------------------
    def host(self, now: float) -> None:
        """Let the store know what events start the workflows of this process, where it does not.

        Who says it last is right: a new version of a workflow takes the place of the one before.
        """
        generation = self._registry.generation
        if generation == self._hosted:
            return
        flows = self._registry.code()
        wanted = [
            Trigger(flow.name, by.event, by.shift, int(by.skips), flow.plan.version, flow.plan.hash)
            for flow in flows
            for by in flow.started_by
        ]
        known = self._store.events.triggers()
        names = {flow.name for flow in flows}
        mine = [each for each in known if each.workflow in names]
        if set(mine) != set(wanted):
            changed = sorted({each.workflow for each in set(mine) ^ set(wanted)})
            commit = self._outside.commit(now)
            commit.plans += [
                (flow.plan.hash, flow.name, flow.plan.version, plans.dump(flow.plan))
                for flow in flows
                if flow.name in changed and flow.started_by
            ]
            with self._store.transaction() as open_:
                open_.apply(commit)
                fresh = [each for each in wanted if each.workflow in changed]
                open_.events.host(fresh, changed, now)
        self._hosted = generation

    def forget(self, workflow: str, now: float) -> None:
        """Have no event start a workflow any more, until a process says that it hosts it."""
        with self._store.transaction() as open_:
            open_.events.host([], [workflow], now)

    # -- telling events ------------------------------------------------------------------------
    def emit(self, wanted: Wanted, now: float) -> Emission:
        """Tell an event, and start what it starts now; it is durable when this returns."""
        self.host(now)
        with self._store.transaction() as open_:
            made = self.write(open_, wanted, now)
        return self.told(made)

    def write(self, open_: Transaction, wanted: Wanted, now: float) -> Emission:
        """Tell an event in an open transaction; `told` must follow when that is committed."""
        key = wanted.idempotency_key
        if key is not None and (event := open_.events.of_key(key)) is not None:
            return Emission(event=event, at=open_.events.at(event) or now, known=True)
        told, was = self._identify(open_, wanted, now)
        if key is not None:
            open_.events.keep_key(key, told.id, now)
        open_.events.tell(told)
        if was == told.at:
            return Emission(event=told.id, at=told.at, known=True)
        open_.events.schedule(told)
        started: list[str] = []
        broadcasts: list[int] = []
        while due := open_.events.take_due(now, SLICE, told.id):
            broadcasts += self._announce(open_, due, now)
            started += self._start(open_, due, now)
        if told.id == wanted.fresh:
            open_.events.drop(told.id)  # nothing will ever ask for it
        return Emission(event=told.id, at=told.at, was=was, started=started, broadcasts=broadcasts)

    def told(self, made: Emission) -> Emission:
        """Have the runs looked at that were born, and wake those that wait; return all of it."""
        self._ledger.put_all(Poke(run) for run in made.started)
        heard = self._bring(made.broadcasts)
        told = [one for each in heard for one in each.runs]
        scheduled = [each for each in self._store.events.firings([made.event]) if each.workflow]
        self._hint()
        return replace(
            made,
            scheduled=scheduled,
            woken=[run for run, kind in told if kind == "event"],
            kept=[run for run, kind in told if kind != "event"],
            refused=[one for each in heard for one in each.refused],
        )

    def withdraw(self, whose: Whose) -> int:
        """Forget what is to come of an event; return how many firings there were."""
        with self._store.transaction() as open_:
            return open_.events.withdraw(whose)

    @staticmethod
    def _identify(open_: Transaction, wanted: Wanted, now: float) -> tuple[Told, float | None]:
        """Return the event, and the time that it had before.

        One that is told with a time is the same event each time that it is told. Told without one
        it happens now, and is that event only if that is still to come.
        """
        same = named_id("evt", *wanted.whose)
        was = open_.events.at(same)
        if wanted.at is not None:
            return Told(same, *wanted.whose, wanted.at, now, wanted.body), was
        if was is not None and was > now:
            return Told(same, *wanted.whose, now, now, wanted.body), was
        return Told(wanted.fresh, *wanted.whose, now, now, wanted.body), None

    # -- starting what is due ------------------------------------------------------------------
    def hint(self, due: float) -> None:
        """Look again at this time, at the latest."""
        self._next = min(self._next, due)

    def tick(self, now: float) -> float:
        """Start what is due, and return when to look again."""
        self.host(now)
        if now >= self._next:
            self._next = now + LOOK_SECONDS
            due = self._store.events.next_due()
            while due is not None and due <= now:
                self._fire(now)
                due = self._store.events.next_due()
            if due is not None:
                self.hint(due)
            self._clear(now)
        return self._next

    def _fire(self, now: float) -> None:
        with self._store.transaction() as open_:
            due = open_.events.take_due(now, SLICE)
            broadcasts = self._announce(open_, due, now)
            started = self._start(open_, due, now)
        self._ledger.put_all(Poke(run) for run in started)
        self._bring(broadcasts)

    def _bring(self, broadcasts: Sequence[int]) -> list[Heard]:
        """Bring events to the runs that wait for them; what they refuse is on record at least."""
        heard = [self._herald.deliver(number) for number in broadcasts]
        for run, why in (one for each in heard for one in each.refused):
            log.warning(
                "run %s waits for an event, and does not take the one that came: %s", run, why
            )
        return heard

    def _start(self, open_: Transaction, due: Sequence[Due], now: float) -> list[str]:
        """Let runs be born for what was taken; one that was born of the same before is not again."""
        commit = self._outside.commit(now)
        for each in due:
            if each.workflow:
                born, event = _born(each, now), each.event
                bear(commit, born, encode(marks_of(event)), payload=dump_event(event))
        if not commit.born:
            return []
        passed = open_.apply(commit).born
        return [born.run for born in commit.born if born.run in passed]

    def _announce(self, open_: Transaction, due: Sequence[Due], now: float) -> list[int]:
        """Accept broadcasts of the events that happen now, where anybody waits for them.

        Before runs are born: an event ends no wait of the run that it starts.
        """
        happens = [each.event for each in due if not each.workflow]
        return [
            open_.announce(_broadcast(event, now))
            for event in happens
            if open_.events.is_awaited(event.name)
        ]

    def _clear(self, now: float) -> None:
        """Forget what is long over, now and then."""
        if now >= self._next_clearing:
            self._next_clearing = now + KEEP_SECONDS / 100
            if not (self._store.events.find(most=1) or self._store.events.triggers()):
                return
            mine = [flow.name for flow in self._registry.code() if flow.started_by]
            with self._store.transaction() as open_:
                open_.events.forget(now - KEEP_SECONDS)
                open_.events.seen(mine, now)
                unseen = open_.events.unseen(now - KEEP_SECONDS)
                open_.events.host([], unseen, now)
            for workflow in unseen:
                log.warning("no event starts %r any more: %s", workflow, UNHOSTED)

    def _hint(self) -> None:
        due = self._store.events.next_due()
        if due is not None and due < self._next:
            self.hint(due)
            self._ledger.on_due(due)


def _broadcast(event: Told, now: float) -> Announced:
    signal = Signal(id=0, name=event.name, key=event.entity, addressed=False, kind="event")
    message = dump_message(signal)
    return Announced(event.name, message, dump_event(event), None, event.entity, now, kind="event")


def _born(due: Due, now: float) -> Born:
    key = f"event:{due.event.id}:{due.workflow}:{due.shift}:{due.due}"
    return Born(
        run=named_id("run", key, at=now), seq=0, namespace="default",
        workflow=due.workflow, version=due.version, plan=due.plan, status="pending", cursor=None, marks="", visits="", priority=0,
        created_at=now, ended_at=None, error=None, start_key=key, unique_key=None, deadline=None,
    )  # fmt: skip
