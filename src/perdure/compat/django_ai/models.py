"""`django_ai.automation.workflows.models`: runs as rows, over the engine's own store.

No Django: `WorkflowRun.objects` has what monitoring code asks for, and tells what it has not.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from perdure.app.default import engine
from perdure.app.views import Run
from perdure.errors import PerdureError, RunNotFoundError
from perdure.ports.rows import RunFilter

PAGE = 500


class WorkflowStatus(StrEnum):
    """How a run stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FieldError(PerdureError):
    """Runs cannot be looked up by this."""


class WorkflowRun:
    """A run, with the fields of the document. They are those of the last `refresh_from_db`."""

    objects: "Manager"

    # Django's names
    class DoesNotExist(PerdureError):  # noqa: N818
        """No run matches."""

    class MultipleObjectsReturned(PerdureError):  # noqa: N818
        """More than one run matches."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __repr__(self) -> str:
        return f"<WorkflowRun {self.id} of {self.name}: {self.status}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkflowRun) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def id(self) -> str:
        """The run's id, a text."""
        return self._run.id

    @property
    def pk(self) -> str:
        """The same."""
        return self._run.id

    @property
    def name(self) -> str:
        """The workflow's name."""
        return self._run.name

    @property
    def version(self) -> str:
        """The workflow's version."""
        return self._run.version

    @property
    def status(self) -> WorkflowStatus:
        """How the run stands; equal to its plain text."""
        return WorkflowStatus(self._run.status)

    @property
    def current_step(self) -> str:
        """Where the run is; empty where it is nowhere."""
        return self._run.current_step or ""

    @property
    def data(self) -> dict[str, Any]:
        """The context."""
        return self._run.data

    @property
    def error(self) -> str:
        """Why the run failed, as text: what `fail` was given, or the exception; else empty."""
        error = self._run.error
        if error is None:
            return ""
        message = str(error.get("message") or "")
        kind = error.get("type")
        return message if not kind or kind == error.get("kind") else f"{kind}: {message}"

    @property
    def waiting_signal(self) -> str:
        """The signal that the run waits for; empty if it waits for none."""
        return self._run.waiting_signal or ""

    @property
    def wake_at(self) -> datetime | None:
        """When the next timer or retry is due."""
        return self._run.wake_at

    @property
    def created_at(self) -> datetime | None:
        """When the run was started."""
        return self._run.view.created_at

    def refresh_from_db(self) -> None:
        """Read the run again."""
        self._run.refresh()

    def refresh(self) -> Self:
        """Read the run again, and return it."""
        self._run.refresh()
        return self

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the run's end and return what it came to: see `perdure`'s `Run.result`."""
        return self._run.result(timeout)


_FIELDS = (
    *("id", "pk", "name", "version", "status", "current_step", "data", "error"),
    *("waiting_signal", "wake_at", "created_at"),
)


class Runs:
    """The runs that match what was asked, newest first; read anew by each use."""

    def __init__(self, **wanted: Any) -> None:
        self._wanted = wanted
        for name in wanted:
            field, _, lookup = name.partition("__")
            if field not in _FIELDS or lookup not in ("", "in"):
                raise FieldError(
                    f"runs cannot be looked up by {name!r}; there are {', '.join(_FIELDS)}, and "
                    f"each with __in"
                )

    def __iter__(self) -> Iterator[WorkflowRun]:
        return (run for run in self._read() if self._matches(run))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return self.exists()

    def __getitem__(self, which: int | slice) -> Any:
        return list(self)[which]

    def all(self) -> "Runs":
        """Return the same."""
        return self

    def filter(self, **wanted: Any) -> "Runs":
        """Return those of them that match this, too."""
        return _Narrowed(self, **wanted) if self._wanted else Runs(**wanted)

    def count(self) -> int:
        """Return how many there are."""
        return len(self)

    def exists(self) -> bool:
        """Whether there is one."""
        return self.first() is not None

    def first(self) -> WorkflowRun | None:
        """Return the newest, or None."""
        return next(iter(self), None)

    def get(self, **wanted: Any) -> WorkflowRun:
        """Return the one that matches. Raises DoesNotExist, MultipleObjectsReturned."""
        found = list(self.filter(**wanted) if wanted else self)
        if not found:
            raise WorkflowRun.DoesNotExist(f"no run matches {wanted}")
        if len(found) > 1:
            raise WorkflowRun.MultipleObjectsReturned(f"{len(found)} runs match {wanted}")
        return found[0]

    def _matches(self, run: WorkflowRun) -> bool:
        for name, value in self._wanted.items():
            field, _, lookup = name.partition("__")
            found = getattr(run, field)
            if (found not in value) if lookup else (found != value):
                return False
        return True

    def _read(self) -> Iterator[WorkflowRun]:
        """Read by what the store can tell apart, the rest is compared."""
        one = self._wanted.get("id", self._wanted.get("pk"))
        if one is not None:
            yield from _of_id(str(one))
            return
        here = engine.get()
        status, name = self._wanted.get("status"), self._wanted.get("name")
        offset = 0
        while True:
            query = RunFilter(status=status, workflow=name, limit=PAGE, offset=offset)
            views = here.runs(query)
            yield from (WorkflowRun(Run(here, view)) for view in views)
            if len(views) < PAGE:
                return
            offset += PAGE


class _Narrowed(Runs):
    """Those of some runs that match more."""

    def __init__(self, among: Runs, **wanted: Any) -> None:
        super().__init__(**wanted)
        self._among = among

    def _read(self) -> Iterator[WorkflowRun]:
        return iter(self._among)


class Manager:
    """`WorkflowRun.objects`."""

    def all(self) -> Runs:
        """Return every run, newest first."""
        return Runs()

    def filter(self, **wanted: Any) -> Runs:
        """Return the runs with these fields, newest first."""
        return Runs(**wanted)

    def get(self, **wanted: Any) -> WorkflowRun:
        """Return the run with these fields. Raises WorkflowRun.DoesNotExist."""
        return Runs(**wanted).get()

    def count(self) -> int:
        """Return how many runs there are."""
        return Runs().count()


def _of_id(run: str) -> Iterator[WorkflowRun]:
    try:
        yield WorkflowRun(engine.run(run))
    except RunNotFoundError:
        return


WorkflowRun.objects = Manager()
