"""What a store keeps of events: what was told, what starts workflows by it, and when it is to.

An event is told once, or again while it is to come. A trigger has a workflow started by each event
of a name, `shift` seconds after the event's own time (before it if negative). A firing is one such
start that is still to come.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

SIGN = "["
"""What a payload begins with that brings an event to a run: any other is an object."""


class Trigger(NamedTuple):
    """A workflow is started by an event; `skips` is 1 if not for a time that has passed already."""

    workflow: str
    event: str
    shift: float
    skips: int
    version: str
    plan: str


class Told(NamedTuple):
    """An event. `entity` is the id as text, `body` JSON: entity_id, snapshot and payload."""

    id: str
    name: str
    type: str
    entity: str | None
    key: str | None
    at: float
    told_at: float
    body: str


class Firing(NamedTuple):
    """A workflow is to be started by an event at `due`."""

    event: str
    workflow: str
    shift: float
    due: float


class Standing(NamedTuple):
    """How a trigger stands: `seen_at` says when a process was last known to host its workflow.

    `open` are the firings that are to come of it.
    """

    workflow: str
    event: str
    shift: float
    seen_at: float
    open: int


class Due(NamedTuple):
    """A firing that was taken, with its event and what its trigger says."""

    event: Told
    workflow: str
    shift: float
    due: float
    version: str
    plan: str


class Whose(NamedTuple):
    """What tells an event that is to come from others of its name."""

    name: str
    type: str
    entity: str | None
    key: str | None


class EventWriter(Protocol):
    """What can be done with events in an open transaction."""

    def host(self, triggers: Sequence[Trigger], workflows: Sequence[str], now: float) -> None:
        """Let these workflows have these triggers, and no others.

        Firings whose trigger is gone are gone. A new trigger has firings for the events that are
        still to come, where its time is to come as well. A process hosts them now.
        """

    def seen(self, workflows: Sequence[str], now: float) -> None:
        """Note that a process hosts these workflows."""

    def unseen(self, before: float) -> list[str]:
        """Return the workflows with triggers that no process has hosted since."""

    def of_key(self, key: str) -> str | None:
        """Return the event that was told under this idempotency key."""

    def keep_key(self, key: str, event: str, now: float) -> None:
        """Remember the event that was told under this idempotency key."""

    def at(self, event: str) -> float | None:
        """Return when this event is; None if it is not known."""

    def tell(self, event: Told) -> None:
        """Keep an event, in place of what was told of it before."""

    def schedule(self, event: Told) -> None:
        """Make its firings anew, one for each trigger of its name."""

    def take_due(self, now: float, most: int, event: str | None = None) -> list[Due]:
        """Take away and return firings that are due, the most overdue first, or one event's."""

    def is_awaited(self, name: str) -> bool:
        """Whether any run waits for an event of this name."""

    def withdraw(self, whose: Whose) -> int:
        """Forget the events that are told apart so; return how many firings went with them."""

    def drop(self, event: str) -> None:
        """Forget an event if nothing is to come of it."""

    def forget(self, before: float) -> None:
        """Forget events of before, and keys, that nothing is to come of."""


class EventReader(Protocol):
    """What can be read of events."""

    def triggers(self) -> list[Trigger]:
        """Return what starts workflows, by event, shift and workflow."""

    def standing(self) -> list[Standing]:
        """Return how each trigger stands, by event, shift and workflow."""

    def next_due(self) -> float | None:
        """Return when the next firing is due."""

    def find(self, name: str | None = None, most: int = 100) -> list[Told]:
        """Return events that are known still, those of the latest time first."""

    def firings(self, events: Sequence[str]) -> list[Firing]:
        """Return what is to come of these events, the earliest first."""
