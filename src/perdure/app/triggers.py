"""What events start, as it stands in the store; and what they are to start no more.

A trigger stays when its class is gone from the code: a process that does not know a workflow cannot
tell whether it was removed, or is another process's. Whoever removes one says so; what nobody has
hosted for long is forgotten by the almanac.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from perdure.errors import InvalidValueError
from perdure.ports.events import Standing
from perdure.ports.rows import WorkerRow
from perdure.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerView:
    """An event starts a workflow. `to_come` are the starts by it that are written down already.

    `seen_at` says when a process was last known to host the workflow, to within eight hours.
    """

    event: str
    workflow: str
    offset_minutes: float
    to_come: int
    seen_at: datetime


def views(store: Store) -> list[TriggerView]:
    """Return all triggers, by event."""
    return [
        TriggerView(
            event=each.event,
            workflow=each.workflow,
            offset_minutes=each.shift / 60.0,
            to_come=each.open,
            seen_at=datetime.fromtimestamp(each.seen_at, UTC),
        )
        for each in store.events.standing()
    ]


def starts_to_come(store: Store, workflow: str, alive: Sequence[WorkerRow]) -> int:
    """Return how many starts are called off if a workflow's triggers are forgotten.

    Raises InvalidValueError where there is none, or a process that lives hosts the workflow.
    """
    standing = store.events.standing()
    mine = [each for each in standing if each.workflow == workflow]
    if not mine:
        names = sorted({each.workflow for each in standing})
        near = get_close_matches(str(workflow), names, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Events start: {', '.join(names) or '-'}"
        raise InvalidValueError(f"no event starts a workflow {workflow!r}. {hint}", "workflow")
    if hosts := _hosts(store, alive).get(workflow):
        raise InvalidValueError(hosted(workflow, f"process {hosts[0].pid} on {hosts[0].host}"))
    return sum(each.open for each in mine)


def hosted(workflow: str, who: str) -> str:
    """Say why a workflow that somebody hosts cannot be forgotten."""
    return (
        f"{who} hosts workflow {workflow!r}, and says what starts it. Take its @event_workflow away "
        "there, and start the process anew"
    )


def unhosted(store: Store, alive: Sequence[WorkerRow]) -> Iterator[Standing]:
    """Yield the triggers of workflows that none of these processes hosts."""
    hosts = _hosts(store, alive)
    yield from (each for each in store.events.standing() if each.workflow not in hosts)


def _hosts(store: Store, alive: Sequence[WorkerRow]) -> dict[str, list[WorkerRow]]:
    by_id = {worker.id: worker for worker in alive}
    hosts: dict[str, list[WorkerRow]] = {}
    for row in store.revisions():
        if row.worker in by_id:
            hosts.setdefault(row.workflow, []).append(by_id[row.worker])
    return hosts
