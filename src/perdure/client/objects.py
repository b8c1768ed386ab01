"""What the calls of a client answer: a workflow and an execution, as they were read last.

Each has the calls, `client.workflows`, which it was answered by.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from perdure.authoring.handlers import Handler
from perdure.client.monitor import Monitor
from perdure.wire.definitions import WorkflowInfo
from perdure.wire.executions import ExecutionInfo, ResourceUsage, StepErrorInfo, StepInfo
from perdure.wire.problems import ProblemInfo


class Workflow:
    """A workflow that is kept under an `id`. Its fields are those of the last `refresh`."""

    def __init__(self, workflows: Any, info: WorkflowInfo) -> None:
        self._workflows = workflows
        self._info = info

    def __repr__(self) -> str:
        """Show the id, the name and the revision."""
        return f"<Workflow {self.id} {self.name!r}, revision {self.revision}: {self.status}>"

    @property
    def info(self) -> WorkflowInfo:
        """All fields at once, as they are sent."""
        return self._info

    @property
    def id(self) -> str:
        """What the workflow is called by: `wf_...`."""
        return self._info.id

    @property
    def name(self) -> str:
        """Its name."""
        return self._info.name

    @property
    def description(self) -> str | None:
        """What it is for."""
        return self._info.description

    @property
    def status(self) -> str:
        """That of its latest execution; `created` if there is none, `archived` if it was deleted."""
        return self._info.status

    @property
    def version(self) -> str:
        """Its author's label."""
        return self._info.version

    @property
    def revision(self) -> int:
        """How often it was written, from 1 on."""
        return self._info.revision

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return self._info.created_at

    @property
    def step_count(self) -> int | None:
        """How many steps it has; None where they are made when an execution starts."""
        return self._info.step_count

    @property
    def estimated_cost(self) -> float | None:
        """What an execution may cost; None if nobody can say."""
        return self._info.estimated_cost

    @property
    def estimated_duration(self) -> float | None:
        """How many seconds an execution may take; None if nobody can say."""
        return self._info.estimated_duration

    @property
    def warnings(self) -> tuple[ProblemInfo, ...]:
        """What its author should know, told when it was made or changed."""
        return self._info.warnings

    @property
    def definition(self) -> dict[str, Any] | None:
        """What was written; None in lists."""
        return self._info.definition

    def execute(self, inputs: Mapping[str, Any] | None = None, **how: Any) -> "Execution":
        """Begin an execution: see `Workflows.execute`."""
        begun: Execution = self._workflows.execute(self.id, inputs, **how)
        return begun

    def update(self, **changes: Any) -> "Workflow":
        """Change what is written: see `Workflows.update`. Raises RevisionConflictError."""
        self._info = self._workflows.update(self.id, revision=self.revision, **changes).info
        return self

    def set_error_handler(self, handler: Handler | None) -> None:
        """Have a function asked after each failed attempt: see `Workflows.set_error_handler`."""
        self._workflows.set_error_handler(self.id, handler)

    def delete(self, *, cancel_running: bool = False) -> None:
        """Delete it: see `Workflows.delete`."""
        self._workflows.delete(self.id, cancel_running=cancel_running)

    def refresh(self) -> "Workflow":
        """Read it again."""
        self._info = self._workflows.get(self.id).info
        return self


class Execution:
    """An execution. Its fields are those of the last `refresh`, or of the last thing it was told."""

    def __init__(self, workflows: Any, info: ExecutionInfo) -> None:
        self._workflows = workflows
        self._info = info

    def __repr__(self) -> str:
        """Show the id and the status."""
        return f"<Execution {self.id} of {self.workflow_id}: {self.status}>"

    @property
    def info(self) -> ExecutionInfo:
        """All fields at once, as they are sent."""
        return self._info

    @property
    def id(self) -> str:
        """What the execution is called by: `exec_...`."""
        return self._info.execution_id

    @property
    def execution_id(self) -> str:
        """The same, by its name on the wire."""
        return self._info.execution_id

    @property
    def workflow_id(self) -> str | None:
        """The workflow's id; None for a run that none began."""
        return self._info.workflow_id

    @property
    def status(self) -> str:
        """pending, running, waiting, paused, cancelling, completed, failed or cancelled."""
        return self._info.status

    @property
    def progress(self) -> float:
        """How many of its steps have ended, from 0 to 1."""
        return self._info.progress

    @property
    def current_step(self) -> str | None:
        """The first of the steps that it is at."""
        return self._info.current_step

    @property
    def current_steps(self) -> tuple[str, ...]:
        """The steps that it is at."""
        return self._info.current_steps

    @property
    def steps(self) -> tuple[StepInfo, ...]:
        """Its steps, in the definition's order; empty as long as it was only begun or listed."""
        return self._info.steps

    @property
    def final_result(self) -> Any:
        """What it came to; None before."""
        return self._info.final_result

    @property
    def error(self) -> StepErrorInfo | None:
        """Why it failed."""
        return self._info.error

    @property
    def started_at(self) -> datetime | None:
        """When it was begun."""
        return self._info.started_at

    @property
    def completed_at(self) -> datetime | None:
        """When it ended, however it did."""
        return self._info.completed_at

    @property
    def duration_seconds(self) -> float | None:
        """How long it took."""
        return self._info.duration_seconds

    @property
    def total_cost(self) -> float | None:
        """What its steps have cost; None where that of one is not known."""
        return self._info.total_cost

    @property
    def resource_usage(self) -> ResourceUsage:
        """What it has used of machines, as far as that was measured."""
        return self._info.resource_usage

    def step(self, step_id: str) -> StepInfo:
        """Return one of its steps. Raises KeyError."""
        return self._info.step_named(step_id)

    def refresh(self) -> "Execution":
        """Read it again, with its steps."""
        return self._now(lambda: self._workflows.get_execution(self.id))

    def wait(self, timeout: float | None = None) -> "Execution":
        """Wait for its end and read it, also where it failed. Raises ResultTimeoutError."""
        self._workflows.wait(self.id, timeout)
        return self.refresh()

    def monitor(self, *, after: int = 0) -> Monitor:
        """Follow it: see `Workflows.monitor`."""
        made: Monitor = self._workflows.monitor(self.id, after=after)
        return made

    def cancel(self, *, why: str = "", force: bool = False) -> "Execution":
        """End it; where it has ended nothing changes."""
        return self._now(lambda: self._workflows.cancel(self.id, why=why, force=force))

    def pause(self, *, why: str = "") -> "Execution":
        """Begin no more of its steps. Raises NotPossibleError."""
        return self._now(lambda: self._workflows.pause(self.id, why=why))

    def resume(self, *, why: str = "") -> "Execution":
        """Let it go on after `pause`. Raises NotPossibleError."""
        return self._now(lambda: self._workflows.resume(self.id, why=why))

    def retry(self, *, why: str = "") -> "Execution":
        """Let it go on at what failed. Raises NotPossibleError."""
        return self._now(lambda: self._workflows.retry(self.id, why=why))

    def rewind(self, step: str, *, inputs: Mapping[str, Any] | None = None) -> "Execution":
        """Take it back to before a step. Raises CannotRewindError."""
        return self._now(lambda: self._workflows.rewind(self.id, step, inputs=inputs))

    def fork(self, step: str, *, inputs: Mapping[str, Any] | None = None) -> "Execution":
        """Begin another one where this one stood before a step. Raises CannotRewindError."""
        made: Execution = self._workflows.fork(self.id, step, inputs=inputs)
        return made

    def signal(self, name: str, payload: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Tell it a signal; the answer says whether it was woken. Raises NotPossibleError."""
        return self._workflows.signal(self.id, name, payload, **more)

    def _now(self, ask: "Callable[[], Execution]") -> "Execution":
        self._info = ask().info
        return self
