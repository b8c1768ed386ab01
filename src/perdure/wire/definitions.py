"""Workflows as the API of document 004 has them: what is sent, and what is answered.

Figures about a workflow are measured or null.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from perdure.wire.problems import Part, ProblemInfo

MOST_LISTED = 500
Status = Literal["created", "running", "completed", "failed", "cancelled", "archived"]
Sort = Literal["created_at", "-created_at", "name", "-name", "status", "-status"]
Check = Literal["syntax_validation", "dependency_check", "resource_requirements", "cost_estimation"]
CHECKS: tuple[Check, ...] = (
    "syntax_validation",
    "dependency_check",
    "resource_requirements",
    "cost_estimation",
)


class WorkflowInfo(Part):
    """A workflow: `version` is its author's label, `revision` counts its changes from 1.

    `kind` is `workflow`, or `dynamic`: its steps are made when an execution starts. `definition`
    is what was written; lists leave it out. `warnings` are what its author should know.
    """

    id: str
    name: str
    description: str | None = None
    kind: Literal["workflow", "dynamic"] = "workflow"
    status: Status
    version: str
    revision: int
    created_at: datetime
    updated_at: datetime
    step_count: int | None
    estimated_cost: float | None = None
    estimated_duration: float | None = None
    warnings: tuple[ProblemInfo, ...] = ()
    definition: dict[str, Any] | None = None


class WorkflowList(Part):
    """A page of workflows; `total` is how many there are on all pages."""

    workflows: tuple[WorkflowInfo, ...]
    total: int
    limit: int
    offset: int
    has_more: bool


class ListRequest(Part):
    """Which workflows to list, and in what order: created_at is the newest first, `-` turns it."""

    status: Status | None = None
    sort: Sort = "created_at"
    name: str | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 50
    offset: Annotated[int, Field(ge=0)] = 0


class RevisionInfo(Part):
    """One revision of a workflow: its number, its author's label, and when it was made."""

    revision: int
    version: str
    created_at: datetime


class Validation(Part):
    """What the checks have found; `is_valid` where no problem is an error."""

    is_valid: bool
    errors: tuple[ProblemInfo, ...]
    warnings: tuple[ProblemInfo, ...]
    checks: tuple[Check, ...]
    estimated_cost: float | None = None


class Permissions(Part):
    """Who may do what with a workflow: users by name, and `team:NAME`.

    `warnings` tell which of them nobody knows here.
    """

    read: tuple[str, ...] = ()
    execute: tuple[str, ...] = ()
    modify: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class TemplateInfo(Part):
    """A template: the parameters that are given when a workflow is made from it, and its steps."""

    id: str
    name: str
    description: str | None = None
    created_at: datetime
    parameters: tuple[dict[str, Any], ...]
    steps_template: tuple[dict[str, Any], ...]
