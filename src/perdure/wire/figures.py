"""Figures about workflows as the API of document 004 has them: measured, or null.

`basis` tells for each figure on what it rests: `history` are runs that were measured, `prices` tokens
that were measured at prices that hold now, `none` is nothing. `samples` tells of how many.
"""

from datetime import datetime
from typing import Any, Literal

from perdure.wire.problems import Part

Basis = Literal["none", "history", "prices"]


class StepAnalytics(Part):
    """A step over all executions; `avg_attempts` is how often it was tried on the mean."""

    avg_duration_seconds: float | None
    p95_duration_seconds: float | None
    success_rate: float | None
    avg_attempts: float | None
    avg_cost: float | None
    samples: int


class AnalyticsInfo(Part):
    """A workflow's executions that began in a timeframe.

    Durations are of those that completed, `success_rate` is the percentage of those that completed
    or failed, `avg_cost` of all that have ended and whose cost is known.
    """

    workflow_id: str
    timeframe: str
    since: datetime | None
    until: datetime | None
    executions: int
    completed: int
    failed: int
    cancelled: int
    running: int
    avg_duration_seconds: float | None
    median_duration_seconds: float | None
    p95_duration_seconds: float | None
    success_rate: float | None
    avg_cost: float | None
    basis: dict[str, Basis]
    samples: dict[str, int]
    steps: dict[str, StepAnalytics]


class UsageInfo(Part):
    """What a group of executions has used and what was paid; no executor measures memory or GPUs."""

    executions: int
    attempts: int
    cpu_hours: float | None
    ram_gb_hours: float | None = None
    gpu_hours: float | None = None
    total_cost: float | None
    basis: dict[str, Basis]
    samples: dict[str, int]


class ChangeInfo(Part):
    """A change that is proposed: what is done where, why it may be done, and what it saves."""

    kind: str
    path: str
    what: str
    why: str
    saves_seconds: float
    saves_cost: float


class PredictedInfo(Part):
    """What an execution will take and cost; `accuracy` is null: nobody gave scored examples."""

    duration: float | None
    cost: float | None
    accuracy: float | None = None
    basis: dict[str, Basis]
    samples: int


class BindingInfo(Part):
    """A constraint that no proposal meets."""

    constraint: str
    limit: float
    predicted: float


class ProposalInfo(Part):
    """What could be changed of a workflow, and what comes of it.

    `infeasible` has the constraints that are not met all the same, the one that is missed most
    first, and `unknown` those that nobody can check. `applied` is whether it is a revision now.
    """

    workflow_id: str
    changes: tuple[ChangeInfo, ...]
    now: PredictedInfo
    predicted: PredictedInfo
    infeasible: tuple[BindingInfo, ...]
    unknown: tuple[str, ...]
    evidence: dict[str, Any]
    definition: dict[str, Any]
    applied: bool = False
