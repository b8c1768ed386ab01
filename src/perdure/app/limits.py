"""How many runs of a workflow may live at a time, as people see it; set at run time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import EllipsisType
from typing import TypeAlias

from perdure.app.views import moment
from perdure.authoring.registry import ON_LIMIT, Registry, is_limit
from perdure.errors import InvalidValueError, UnknownWorkflowError
from perdure.ports.limits import LimitRow
from perdure.ports.store import Store
from perdure.runtime.draft import ADMITS

Keep: TypeAlias = EllipsisType
"""Says that something stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitView:
    """A workflow's limit as it stands; `max_live` is None where any number may live.

    `live` runs have begun and have not ended, `in_line` wait to begin, the longest since
    `waiting_since`. `declared` is what the class says, where something else is set.
    """

    workflow: str
    max_live: int | None = None
    on_limit: str = ON_LIMIT[0]
    live: int = 0
    in_line: int = 0
    waiting_since: datetime | None = None
    is_set: bool = False
    declared: int | None = None


class Limits:
    """The limits of one store. `wake` has this process tell those who may begin now."""

    def __init__(
        self, store: Store, registry: Registry, wake: Callable[[Sequence[str]], None]
    ) -> None:
        self._store = store
        self._registry = registry
        self._wake = wake

    def set(
        self,
        workflow: str | type,
        *,
        max_live: int | Keep | None = ...,
        on_limit: str | Keep = ...,
    ) -> LimitView:
        """Limit a workflow from now on, in every process; what is not named stays as it is.

        At most `max_live` of its runs live at a time, whatever its class says; None is any number.
        Others wait in line with `on_limit="wait"`, or are refused ("refuse"). Runs that live go on,
        also where they are more. Durable when it returns. Raises InvalidValueError,
        UnknownWorkflowError.
        """
        name = self._named(workflow)
        row = self._row(name)
        if max_live is not ... and max_live is not None and not is_limit(max_live):
            raise InvalidValueError(
                f"it is how many runs may live at a time, 1 or more, not {max_live!r}. To begin "
                "none for a while, pause them",
                "max_live",
            )
        if on_limit is not ... and on_limit not in ON_LIMIT:
            raise InvalidValueError(
                f"it is one of {', '.join(ON_LIMIT)}, not {on_limit!r}", "on_limit"
            )
        most = row.holds if max_live is ... else max_live
        waits = row.lines_up if on_limit is ... else on_limit == ON_LIMIT[0]
        return self._put(row._replace(is_set=1, most=most, waits=int(waits)))

    def reset(self, workflow: str | type) -> LimitView:
        """Let a workflow have the limit again that its class declares, or none."""
        row = self._row(self._named(workflow))
        return self._put(row._replace(is_set=0, most=None, waits=1))

    def get(self, workflow: str | type) -> LimitView:
        """Return a workflow's limit as it stands. Raises UnknownWorkflowError."""
        return view_of(self._row(self._named(workflow)))

    def list(self) -> list[LimitView]:
        """Return the workflows that are limited, or were, by name."""
        return [view_of(row) for row in self._store.limits.standing()]

    def _put(self, row: LimitRow) -> LimitView:
        self._wake(self._store.limits.put(row, ADMITS))
        return self.get(row.workflow)

    def _row(self, name: str) -> LimitRow:
        """Return a workflow's row; what a class here declares may not have been told yet."""
        flow = self._registry.find(name)
        declared = (flow.max_live, int(flow.on_limit == ON_LIMIT[0])) if flow else (None, 1)
        rows = (row for row in self._store.limits.standing() if row.workflow == name)
        return next(rows, LimitRow(name, *declared, 0, None, 1))

    def _named(self, workflow: str | type) -> str:
        name = str(getattr(workflow, "__perdure_workflow__", workflow))
        if self._registry.find(name) is None and self._store.latest_plan(name) is None:
            raise UnknownWorkflowError(
                f"no workflow {name!r} is known here, and no run of one was ever started. Those "
                "that were are listed by: perdure runs"
            )
        return name


def view_of(row: LimitRow) -> LimitView:
    """Return a limit's row as people read it."""
    return LimitView(
        workflow=row.workflow,
        max_live=row.holds,
        on_limit=ON_LIMIT[0] if row.lines_up else ON_LIMIT[1],
        live=row.live,
        in_line=row.in_line,
        waiting_since=None if row.since is None else moment(row.since),
        is_set=bool(row.is_set),
        declared=row.declared,
    )
