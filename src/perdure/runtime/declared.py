"""Keeps the schedules that stand at workflows: their rows are what the classes say."""

import logging
import threading
from collections.abc import Callable, Mapping

from perdure.authoring.registry import Registry, Workflow
from perdure.authoring.schedules import Schedule, dump
from perdure.kernel.plan import PlanKind
from perdure.ports.rows import ScheduleRow
from perdure.ports.store import Store

log = logging.getLogger("perdure.scheduler")


def made(name: str, flow: Workflow, said: Schedule, now: float, *, declared: bool) -> ScheduleRow:
    """Return the row of a new schedule. Its sequence is above that of any it had before."""
    return ScheduleRow(
        name, int(now * 1000), flow.name, dump(said), int(declared), int(is_hosted(flow)), 0, now,
        said.recurrence(now).after(now),
    )  # fmt: skip


def changed(row: ScheduleRow, flow: Workflow, said: Schedule, now: float) -> ScheduleRow:
    """Return a schedule's row with what it says from now on; what was missed is not caught up."""
    return row._replace(
        seq=row.seq + 1, workflow=flow.name, said=dump(said), hosted=int(is_hosted(flow)),
        made_at=now, next_at=None if row.paused else said.recurrence(now).after(now),
    )  # fmt: skip


def is_hosted(flow: Workflow) -> bool:
    """Whether only a process with the workflow's code can make its first context.

    So it is, to be safe, where the code is not here to say.
    """
    is_elsewhere = flow.plan.kind is PlanKind.MACHINE and not flow.bodies
    return is_elsewhere or hasattr(flow.cls, "create_context")


class Declared:
    """Brings the rows up to date once for all that this process hosts, and again with more.

    Only a process that works does so, and the one that started last has the last word. Its duty and
    whoever looks at the schedules may call at the same time.
    """

    def __init__(self, store: Store, registry: Registry, works: Callable[[], bool]) -> None:
        self._store = store
        self._registry = registry
        self._works = works
        self._generation = -1
        self._lock = threading.Lock()

    def __call__(self, now: float) -> None:
        """Write what is new. Raises StoreError, and is to be called again then."""
        with self._lock:
            self._bring_up(now)

    def _bring_up(self, now: float) -> None:
        generation = self._registry.generation
        if generation == self._generation or not self._works():
            return
        rows = {row.name: row for row in self._store.schedules()}
        for name in self._registry.names():
            flow = self._registry.get(name)
            if flow.schedule is not None:
                self._keep(name, flow, flow.schedule, rows, now)
            elif (row := rows.get(name)) is not None and row.declared:
                self._store.drop_schedule(name)
        self._generation = generation

    def _keep(
        self, name: str, flow: Workflow, said: Schedule, rows: Mapping[str, ScheduleRow], now: float
    ) -> None:
        row = rows.get(name)
        if row is None:
            self._store.put_schedule(made(name, flow, said, now, declared=True), 0)
        elif not row.declared:
            log.warning(
                "workflow %r has a schedule of its own, and another one of that name was made by "
                "hand; that one holds. Delete it: perdure schedules delete %s", name, name,
            )  # fmt: skip
        elif (row.said, row.hosted) != (dump(said), int(is_hosted(flow))):
            self._store.put_schedule(changed(row, flow, said, now), row.seq)
