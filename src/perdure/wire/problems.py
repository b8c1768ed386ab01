"""What is told of something that is wrong: problems of a definition, and errors with stable codes.

`code` is for programs, `status` what HTTP calls it; the message is for people.
"""

from pydantic import BaseModel, ConfigDict

from perdure.errors import PerdureError, Problem


class Part(BaseModel):
    """What is sent and answered: nothing undeclared, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ProblemInfo(Part):
    """One thing in a definition: where, what, what would be right; an error or a warning."""

    path: str
    message: str
    suggestion: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        """Return the problem on one line."""
        place = f"{self.path}: " if self.path else ""
        return f"{place}{self.message}." + (f" {self.suggestion}" if self.suggestion else "")

    def __repr__(self) -> str:
        """Show the same: scripts print lists of problems."""
        return f"<{self.severity} at {self}>"


def problem_info(problem: Problem) -> ProblemInfo:
    """Return a problem as it is sent."""
    return ProblemInfo(
        path=problem.path,
        message=problem.message,
        suggestion=problem.suggestion,
        severity=problem.severity,
    )


class ServiceError(PerdureError):
    """What was asked for cannot be done; a class for each reason."""

    code = "error"
    status = 400


class WorkflowNotFoundError(ServiceError):
    """No definition has this id, or it was deleted."""

    code = "workflow_not_found"
    status = 404

    def __init__(self, definition: str) -> None:
        self.definition = definition
        super().__init__(
            f"there is no workflow {definition!r}. They are listed by workflows.list()"
        )


class TemplateNotFoundError(ServiceError):
    """No template has this id, or it was deleted."""

    code = "template_not_found"
    status = 404

    def __init__(self, template: str) -> None:
        self.template = template
        super().__init__(
            f"there is no template {template!r}. They are listed by workflows.list_templates()"
        )


class ExecutionNotFoundError(ServiceError):
    """No execution has this id, or none of this workflow."""

    code = "execution_not_found"
    status = 404

    def __init__(self, execution: str, definition: str | None = None) -> None:
        self.execution = execution
        of = f" of workflow {definition!r}" if definition is not None else ""
        super().__init__(f"there is no execution {execution!r}{of}")


class RevisionConflictError(ServiceError):
    """A definition has been changed since the revision was read that the change was made from."""

    code = "revision_conflict"
    status = 409

    def __init__(self, definition: str, wanted: int, found: int) -> None:
        self.definition, self.wanted, self.found = definition, wanted, found
        super().__init__(
            f"workflow {definition} is at revision {found}, not at {wanted}. Read it again, and "
            f"make the change from there"
        )


class LiveExecutionsError(ServiceError):
    """A definition has executions that go on, so it is not deleted."""

    code = "live_executions"
    status = 409

    def __init__(self, definition: str, live: int) -> None:
        self.definition, self.live = definition, live
        super().__init__(
            f"workflow {definition} has {live} execution(s) that have not ended. Cancel them, or "
            f"delete it with cancel_running=True"
        )


class NotPossibleError(ServiceError):
    """An execution stands so that what was asked of it changes nothing."""

    code = "not_possible"
    status = 409
