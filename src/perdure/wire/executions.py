"""Executions as the API of document 004 has them: one is a run that a workflow was begun by.

Its id is the run's, with another prefix. Costs and resources are measured or null.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from perdure.wire.problems import Part

StepStatus = Literal["pending", "running", "waiting", "completed", "failed", "skipped", "cancelled"]
ExecutionStatus = Literal[
    "pending", "running", "waiting", "paused", "cancelling", "completed", "failed", "cancelled"
]
Priority = Literal["low", "normal", "high", "urgent"]
Told = Literal["email", "webhook"]
PRIORITIES: dict[Priority, int] = {"low": -10, "normal": 0, "high": 10, "urgent": 20}
"""What the words are to the engine: a level is worth a minute of waiting."""


class ExecutionConfig(Part):
    """How an execution is to run: `timeout` are the seconds that it has, by the wall clock."""

    priority: Priority | Annotated[int, Field(ge=-1000, le=1000)] = "normal"
    max_parallel_steps: Annotated[int, Field(ge=1, le=1000)] | None = None
    timeout: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    resource_allocation: Literal["auto"] = "auto"


class NotificationConfig(Part):
    """Who is to be told of an execution's end."""

    on_completion: tuple[Told, ...] = ()
    on_failure: tuple[Told, ...] = ()
    webhook_url: str | None = None
    email_to: str | tuple[str, ...] | None = None


class StepErrorInfo(Part):
    """Why a step or an execution failed: what kind of failure, in words, and where."""

    kind: str
    message: str
    step: str | None = None
    attempt: int | None = None

    def __str__(self) -> str:
        """Return the kind and the message."""
        return f"{self.kind}: {self.message}"


class StepInfo(Part):
    """A step of an execution, at its last visit. `cost` is 0 where nothing is billed."""

    id: str
    type: str
    status: StepStatus
    started_at: datetime | None = None
    completed_at: datetime | None = None
    attempt: int = 0
    result: Any = None
    error: StepErrorInfo | None = None
    model_used: str | None = None
    cost: float | None = None


class ResourceUsage(Part):
    """What an execution has used of machines; null is what nobody could measure."""

    cpu_hours: float | None = None
    ram_gb_hours: float | None = None
    gpu_hours: float | None = None


class ExecutionInfo(Part):
    """An execution as it stands. `progress` is from 0 to 1 and never falls.

    `current_step` is the first of `current_steps` in the definition's order.
    """

    execution_id: str
    workflow_id: str | None
    workflow_revision: int | None = None
    status: ExecutionStatus
    started_at: datetime | None
    completed_at: datetime | None = None
    duration_seconds: float | None = None
    current_step: str | None = None
    current_steps: tuple[str, ...] = ()
    progress: float = 0.0
    estimated_completion: datetime | None = None
    waiting_for: str | None = None
    inputs: dict[str, Any] = Field(default_factory=dict)
    config: dict[str, Any] = Field(default_factory=dict)
    steps: tuple[StepInfo, ...] = ()
    final_result: Any = None
    error: StepErrorInfo | None = None
    total_cost: float | None = None
    resource_usage: ResourceUsage = ResourceUsage()

    def step_named(self, step_id: str) -> StepInfo:
        """Return one of its steps. Raises KeyError."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


class ExecutionList(Part):
    """A page of executions, the newest first; their steps are left out."""

    executions: tuple[ExecutionInfo, ...]
    total: int
    limit: int
    offset: int
    has_more: bool


class Happening(Part):
    """Something that happened to an execution.

    `type` is execution_started, step_completed, step_failed, step_skipped, execution_completed,
    execution_failed or execution_cancelled. `id` is where to go on from: they grow.
    """

    id: int
    type: str
    at: datetime
    step_id: str | None = None
    result: Any = None
    error: StepErrorInfo | None = None
