"""What a run looks like from outside: a snapshot, read again on request."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Never, Protocol

from perdure.app.endings import Ending
from perdure.app.labels import TAG
from perdure.app.sealing import told_of
from perdure.errors import (
    InsideImportError,
    ResultTimeoutError,
    RunCancelledError,
    RunFailedError,
)
from perdure.kernel.ways import CHILDREN, named
from perdure.ports.commit import UNSETTLED, Label, StepEnded
from perdure.ports.rows import JobRow, Loaded, RunRow, WaitRow
from perdure.ports.vault import DataKey
from perdure.runtime.envelopes import Birth
from perdure.runtime.ways import WAYS, waiting_of
from perdure.wire.encoding import decode
from perdure.wire.sealed import shown_inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """What the running attempt of a step said of itself last; `progress` is from 0 to 1."""

    step: str
    at: datetime
    progress: float | None = None
    detail: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run's standing at one moment.

    `data` is the context of a step workflow, or the inputs of a graph. `error` has kind, type,
    message and step. `waiting_signal` is the signal that it waits for, `awaits` says in words all
    that may end the wait. `wake_at` is when the next timer or retry is due, or a pending run begins,
    `heartbeat` the newest one of its running steps. `unsettled` is the step of whose last attempt
    nobody knows what it has done: somebody has to settle that. `stranded` is the step at which it
    does not fit the code that is there, and waits for other code. A pending run that is `in_line`
    begins when fewer of its workflow live. `attributes` are its search attributes as texts.
    `secrets` says how they are kept, of a run that has any: `data` shows none of them.
    """

    id: str
    name: str
    version: str
    status: str
    current_step: str | None
    data: dict[str, Any]
    error: dict[str, Any] | None = None
    waiting_signal: str | None = None
    awaits: str | None = None
    wake_at: datetime | None = None
    heartbeat: Heartbeat | None = None
    paused: bool = False
    parent: str | None = None
    created_at: datetime | None = None
    ended_at: datetime | None = None
    unsettled: str | None = None
    stranded: str | None = None
    in_line: bool = False
    tags: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)
    secrets: str | None = None


class Reader(Protocol):
    """What a `Run` asks of its engine."""

    def view(self, run: str) -> RunView:
        """Return the run's standing now."""

    def result_of(self, view: RunView) -> Any:
        """Return what a completed run came to."""

    def await_end(self, run: "Run", timeout: float | None) -> bool:
        """Wait for the run's end; False if it did not come in time."""

    def listening(self, run: "Run", call: Callable[[], object]) -> AbstractContextManager[None]:
        """Have this called, from any thread, when there may be news of the run's end."""

    @property
    def inline(self) -> bool:
        """Whether nothing goes on while a caller waits."""


class Run:
    """A run as one of its callers has it. Its fields are those of the last `refresh`."""

    __slots__ = ("_engine", "_view", "ending")

    def __init__(self, engine: Reader, view: RunView) -> None:
        self._engine = engine
        self._view = view
        self.ending = Ending()

    def __repr__(self) -> str:
        """Show the id, the workflow and the status."""
        return f"<Run {self.id} of {self.name}: {self.status}>"

    @property
    def id(self) -> str:
        """The run's id."""
        return self._view.id

    @property
    def name(self) -> str:
        """The workflow's name."""
        return self._view.name

    @property
    def version(self) -> str:
        """The workflow's version."""
        return self._view.version

    @property
    def status(self) -> str:
        """pending, running, waiting, cancelling, completed, failed or cancelled."""
        return self._view.status

    @property
    def paused(self) -> bool:
        """Whether no more attempts begin."""
        return self._view.paused

    @property
    def current_step(self) -> str | None:
        """Where the run is."""
        return self._view.current_step

    @property
    def data(self) -> dict[str, Any]:
        """The context of a step workflow, or the inputs of a graph."""
        return self._view.data

    @property
    def error(self) -> dict[str, Any] | None:
        """Why the run failed: kind, type, message, step."""
        return self._view.error

    @property
    def waiting_signal(self) -> str | None:
        """The signal that the run waits for."""
        return self._view.waiting_signal

    @property
    def wake_at(self) -> datetime | None:
        """When the next timer or retry is due."""
        return self._view.wake_at

    @property
    def heartbeat(self) -> Heartbeat | None:
        """The newest heartbeat of the run's running steps."""
        return self._view.heartbeat

    @property
    def unsettled(self) -> str | None:
        """The step of whose last attempt nobody knows what it has done."""
        return self._view.unsettled

    @property
    def stranded(self) -> str | None:
        """The step at which the run does not fit the code that is there, if it was tried."""
        return self._view.stranded

    @property
    def in_line(self) -> bool:
        """Whether it waits to begin until fewer runs of its workflow live."""
        return self._view.in_line

    @property
    def view(self) -> RunView:
        """All fields at once, as they were read last."""
        return self._view

    def refresh(self) -> "Run":
        """Read the run again."""
        self._view = self._engine.view(self.id)
        return self

    def _read_end(self) -> "Run":
        """Read the run after its end; one that ended here need not be read from the store."""
        if self.ending.last is None:
            return self.refresh()
        hot, at = self.ending.last
        self._view = replace(
            self._view,
            status=hot.run.status.value,
            current_step=hot.run.cursor,
            data=shown_inputs(hot.context),
            error=None,
            waiting_signal=None,
            awaits=None,
            wake_at=None,
            heartbeat=None,
            unsettled=None,
            stranded=None,
            paused=hot.run.paused,
            ended_at=moment(at),
        )
        return self

    refresh_from_db = refresh

    def wait(self, timeout: float | None = None) -> "Run":
        """Wait for the run's end and read it. Raises ResultTimeoutError after `timeout` seconds."""
        while self._engine.await_end(self, timeout):
            if self._read_end().view.ended_at is not None:
                return self
            self.ending.reset()  # it was retried since
        self.refresh()
        raise ResultTimeoutError(
            f"run {self.id} is still {self.status} after {timeout} s"
            + (f", waiting for {self.view.awaits}" if self.view.awaits else "")
        )

    @property
    def is_inline(self) -> bool:
        """Whether nothing goes on while a caller waits: its engine runs steps inline."""
        return self._engine.inline

    def has_ended(self) -> bool:
        """Whether the run has ended by now; its fields stay as they are."""
        return self._engine.await_end(self, 0.0)

    def listening(self, call: Callable[[], object]) -> AbstractContextManager[None]:
        """Have this called, from any thread, when the run may have ended, for as long as it is open."""
        return self._engine.listening(self, call)

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the run's end and return what it came to.

        A step workflow comes to its context (a dict), a graph to its final result. Raises
        RunFailedError, RunCancelledError, or ResultTimeoutError after `timeout` seconds.
        """
        self.wait(timeout)
        if self.status == "failed":
            raise RunFailedError(self.id, dict(self.error or {}))
        if self.status == "cancelled":
            raise RunCancelledError(f"run {self.id} was cancelled")
        return self._engine.result_of(self._view)


class InertRun(Run):
    """What `start` answers during an import made by perdure: a run that is none."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        view = RunView(id="", name=name, version="", status="pending", current_step=None, data={})
        super().__init__(_Nobody(), view)

    @property
    def id(self) -> None:  # type: ignore[override]  # it has none, which is what tells it apart
        """None: nothing was started."""


class _Nobody:
    """The engine of a run that is none: whatever is asked, it says why."""

    def view(self, run: str) -> Never:  # noqa: ARG002
        """Raise InsideImportError."""
        raise InsideImportError(
            "this run was not started: perdure was importing the module that asked for it. Put "
            'the call under: if __name__ == "__main__":'
        )

    def result_of(self, view: RunView) -> Never:
        """Raise InsideImportError."""
        self.view(view.id)

    def await_end(self, run: Run, timeout: float | None) -> Never:  # noqa: ARG002
        """Raise InsideImportError."""
        self.view(run.view.id)

    def listening(self, run: Run, call: Callable[[], object]) -> Never:  # noqa: ARG002
        """Raise InsideImportError."""
        self.view(run.view.id)

    @property
    def inline(self) -> bool:
        """Answer at once, so that the question is asked which raises."""
        return True


def view_of(
    loaded: Loaded,
    error: dict[str, Any] | None = None,
    labels: Iterable[Label] = (),
    key: DataKey | None = None,
) -> RunView:
    """Return the view of a run that was just read; `labels` may be those of other runs, too."""
    row = loaded.row
    own = [label for label in labels if label.run == row.id]
    waits = sorted((w for w in loaded.waits if w.kind == "signal"), key=lambda wait: wait.way)
    dues = [timer.due for timer in loaded.timers if timer.kind != "deadline"]
    open_ = [job for job in loaded.jobs if job.attempt > 1 and job.owner is None]
    waiting = [] if row.paused else open_  # while it is held they are not tried again
    dues += [job.due for job in waiting if job.mode != UNSETTLED and not job.stranded]
    return RunView(
        id=row.id,
        name=row.workflow,
        version=row.version,
        status=row.status,
        current_step=row.cursor or _open_step(loaded),
        data=shown_inputs(loaded.context, gone=key is not None and key.wrapped is None),
        error=error,
        waiting_signal=waits[0].name if waits else None,
        awaits=_awaited(loaded.waits),
        wake_at=moment(min(dues)) if dues and not row.ended_at else None,
        heartbeat=_heartbeat(loaded.jobs),
        paused=bool(row.paused),
        parent=row.parent,
        created_at=moment(row.created_at),
        ended_at=moment(row.ended_at) if row.ended_at is not None else None,
        unsettled=next((job.step for job in loaded.jobs if job.mode == UNSETTLED), None),
        stranded=next((job.step for job in loaded.jobs if job.stranded), None),
        in_line=any(wait.kind == "line" for wait in loaded.waits),
        tags=_tags(own),
        attributes=_attributes(own),
        secrets=told_of(loaded.context, key),
    )


def _heartbeat(jobs: Sequence[JobRow]) -> Heartbeat | None:
    newest = max(jobs, key=lambda job: job.beat_at or 0.0, default=None)
    if newest is None or newest.beat_at is None:
        return None
    return Heartbeat(
        step=newest.step,
        at=moment(newest.beat_at),
        progress=newest.progress,
        detail=decode(newest.detail) if newest.detail is not None else None,
    )


def _awaited(waits: Sequence[WaitRow]) -> str | None:
    """Return what may end the first of a run's waits, in words."""
    ways = [wait for wait in waits if wait.kind in (*WAYS, CHILDREN)]
    if not ways:
        return None
    first = min((wait.step, wait.visit) for wait in ways)
    return named(waiting_of([w for w in ways if (w.step, w.visit) == first]).ways)


def _open_step(loaded: Loaded) -> str | None:
    return min((job.step for job in loaded.jobs), default=None)


def moment(seconds: float) -> datetime:
    """Return the moment that is so many seconds after 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def error_of(row: RunRow, steps: list[StepEnded]) -> dict[str, Any] | None:
    """Return a run's error with what its step knows of it: type, attempt, traceback."""
    if row.error is None:
        return None
    error: dict[str, Any] = decode(row.error)
    for step in reversed(steps):
        if step.step == error.get("step") and step.error is not None:
            return {**decode(step.error), "step": step.step, "attempt": step.attempt}
    return {"type": error.get("kind"), **error}


def first_view(birth: Birth, now: float) -> RunView:
    """Return the view of a run as it was created: running, at its first step, or pending."""
    plan, at = birth.plan, birth.start.at
    is_delayed = at is not None and at > now
    first = plan.start or next((step.name for step in plan.steps if not step.needs), None)
    return RunView(
        id=birth.run,
        name=plan.workflow,
        version=plan.version,
        status="pending" if is_delayed else "running",
        current_step=None if is_delayed else first,
        data=shown_inputs(birth.context),
        wake_at=moment(at) if at is not None and is_delayed else None,
        created_at=moment(now),
        tags=_tags(birth.labels),
        attributes=_attributes(birth.labels),
    )


def _tags(labels: Iterable[Label]) -> tuple[str, ...]:
    return tuple(label.value for label in labels if label.name == TAG)


def _attributes(labels: Iterable[Label]) -> dict[str, str]:
    return {label.name: label.value for label in labels if label.name != TAG}
