"""`django_ai.automation.workflows.core`: what document 003's workflows import.

A class that is declared here may be one that perdure would refuse: a wait that does not say where
the run goes on completes it, and a target that is no step fails the run when it gets there. Both
warn at the declaration.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from perdure.app.default import engine as shared_engine
from perdure.app.signals import SignalAnswer
from perdure.authoring.steps.current import get_context
from perdure.authoring.steps.decorators import declaring, step
from perdure.authoring.steps.directives import (
    complete,
    fail,
    goto,
    sleep,
    wait,
    wait_for_event,
)
from perdure.authoring.steps.retry import Retry
from perdure.authoring.steps.triggering import triggering
from perdure.compat.django_ai.models import WorkflowRun

__all__ = [
    "Retry",
    "complete",
    "engine",
    "event_workflow",
    "fail",
    "get_context",
    "goto",
    "sleep",
    "step",
    "wait",
    "wait_for_event",
    "workflow",
]

C = TypeVar("C", bound=type)


def workflow(name: str, version: str = "1", default_retry: Retry | None = None) -> Callable[[C], C]:
    """Make a class a workflow of this name: see `perdure.workflow`."""
    return declaring(name, version=version, default_retry=default_retry, lenient=True)


def event_workflow(
    event: str,
    offset_minutes: float = 0,
    name: str | None = None,
    version: str = "1",
    default_retry: Retry | None = None,
) -> Callable[[C], C]:
    """Make a class a workflow that an event starts: see `perdure.event_workflow`."""
    return triggering(
        event, offset_minutes=offset_minutes, name=name, version=version,
        default_retry=default_retry, lenient=True,
    )  # fmt: skip


class Engine:
    """`perdure.engine`, whose runs have the document's fields."""

    def start(
        self, workflow: Any, /, *, inputs: Mapping[str, Any] | None = None, **given: Any
    ) -> WorkflowRun:
        """Start a run: see `perdure.Engine.start`."""
        return WorkflowRun(shared_engine.start(workflow, inputs=inputs, **given))

    def signal(
        self, name: str, payload: Mapping[str, Any] | None = None, **to: Any
    ) -> SignalAnswer:
        """Signal runs: see `perdure.Engine.signal`."""
        return shared_engine.signal(name, payload, **to)

    def run(self, run_id: str) -> WorkflowRun:
        """Return a run: see `perdure.Engine.run`."""
        return WorkflowRun(shared_engine.run(run_id))

    def cancel(self, run_id: str, *, force: bool = False, **who: str) -> bool:
        """End a run on request; False for one that is unknown or has ended."""
        return shared_engine.cancel(run_id, force=force, **who)

    def __getattr__(self, name: str) -> Any:
        """Return what else the shared engine can do."""
        return getattr(shared_engine, name)


engine = Engine()
