"""How workflows have done, and what their executions have used. S004-55, S004-56."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from perdure.app.engine import Engine
from perdure.app.figures.analytics import Analytics, StepFigures, analyse
from perdure.app.figures.frames import Frame, frame_of
from perdure.app.figures.gathering import RunFigures, Try, gather
from perdure.app.figures.statistics import Figure
from perdure.app.figures.usage import Usage, use
from perdure.app.views import moment
from perdure.ports.definitions import DEFINITION
from perdure.ports.rows import RunFilter, WantedLabel
from perdure.service.definitions import row_of
from perdure.service.standing import execution_id
from perdure.wire.figures import AnalyticsInfo, StepAnalytics, UsageInfo

Timeframe = str | Mapping[str, Any]


def analytics(
    engine: Engine, definition: str, timeframe: Timeframe = "last_30_days"
) -> AnalyticsInfo:
    """Return how a workflow's executions have done that began in a timeframe.

    Raises WorkflowNotFoundError, InvalidValueError for a timeframe that there is not.
    """
    row_of(engine, definition)
    frame = frame_of(timeframe, engine.process.clock.now())
    query = RunFilter(labels=(WantedLabel(DEFINITION, definition),))
    return _told(definition, analyse(gather(engine.store, frame, query), frame))


def resource_usage(
    engine: Engine, timeframe: Timeframe = "last_week", group_by: str = "workflow_id"
) -> dict[str, UsageInfo]:
    """Return what executions that began in a timeframe have used, by group in order.

    Groups are workflow_id, execution_id, workflow, version, step, model, status or day. Raises
    InvalidValueError for others.
    """
    frame = frame_of(timeframe, engine.process.clock.now())
    more = {"workflow_id": _definition, "execution_id": _execution}
    shares = use(gather(engine.store, frame), group_by, more)
    return {name: usage_info(share) for name, share in shares.items()}


def usage_info(share: Usage) -> UsageInfo:
    """Return a share as it is sent."""
    figures = {"cpu_hours": share.cpu_hours, "total_cost": share.cost}
    none = {"ram_gb_hours": Figure(), "gpu_hours": Figure()}
    return UsageInfo(
        executions=share.runs,
        attempts=share.attempts,
        cpu_hours=share.cpu_hours.value,
        total_cost=share.cost.value,
        basis={name: figure.basis for name, figure in {**figures, **none}.items()},
        samples={name: figure.samples for name, figure in {**figures, **none}.items()},
    )


def _definition(run: RunFigures, _each: Try) -> str | None:
    return run.labels.get(DEFINITION)


def _execution(run: RunFigures, _each: Try) -> str:
    return execution_id(run.id)


def _told(definition: str, found: Analytics) -> AnalyticsInfo:
    figures = {
        "avg_duration_seconds": found.seconds,
        "median_duration_seconds": found.median,
        "p95_duration_seconds": found.slow,
        "success_rate": found.success,
        "avg_cost": found.cost,
    }
    return AnalyticsInfo(
        workflow_id=definition,
        timeframe=found.frame.name,
        since=_since(found.frame),
        until=moment(found.frame.until) if found.frame.until != float("inf") else None,
        executions=found.begun,
        steps={name: _step(step) for name, step in found.steps.items()},
        basis={name: figure.basis for name, figure in figures.items()},
        samples={name: figure.samples for name, figure in figures.items()},
        **found.counts,
        **{name: figure.value for name, figure in figures.items()},
    )


def _since(frame: Frame) -> datetime | None:
    return moment(frame.since) if frame.since else None


def _step(step: StepFigures) -> StepAnalytics:
    return StepAnalytics(
        avg_duration_seconds=step.seconds.value,
        p95_duration_seconds=step.slowest.value,
        success_rate=step.success.value,
        avg_attempts=step.attempts.value,
        avg_cost=step.cost.value,
        samples=step.success.samples,
    )
