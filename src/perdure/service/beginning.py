"""A workflow that is kept begins a run, by its id: with settings, at most once under a key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from perdure.app.engine import Engine
from perdure.app.preflight import refuse_unusable
from perdure.app.sealing import wants_sealing
from perdure.app.views import Run
from perdure.authoring.functions import default_registry
from perdure.authoring.registry import Workflow
from perdure.ports.definitions import DEFINITION, REVISION
from perdure.service.definitions import row_of
from perdure.service.flows import flow_of
from perdure.wire.encoding import encode
from perdure.wire.executions import PRIORITIES, ExecutionConfig, NotificationConfig

ASKED = "asked"
"""The label that has how a run was asked for, as JSON text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a run is to go, and who is told of its end."""

    execution_config: ExecutionConfig = field(default_factory=ExecutionConfig)
    notification_config: NotificationConfig = field(default_factory=NotificationConfig)
    security_config: Mapping[str, bool] | None = None

    def text(self) -> str:
        """Return what was said of it as JSON text; empty where nothing was."""
        parts = {
            "execution_config": self.execution_config.model_dump(exclude_defaults=True),
            "notification_config": self.notification_config.model_dump(exclude_defaults=True),
            "security_config": dict(self.security_config or {}),
        }
        said = {name: part for name, part in parts.items() if part}
        return encode(said) if said else ""


class Begun(NamedTuple):
    """A run, and the workflow by which it was begun; under a key it may be an older one."""

    run: Run
    flow: Workflow


def begin(
    engine: Engine,
    definition: str,
    inputs: Mapping[str, Any] | None = None,
    asked: Asked | None = None,
    *,
    key: str | None = None,
) -> Begun:
    """Begin a run, durably; a second one under a `key` is the first.

    Raises WorkflowNotFoundError, InvalidValueError for wrong inputs, InvalidInputError for those
    that the first steps cannot use.
    """
    asked = asked or Asked()
    config = asked.execution_config
    row = row_of(engine, definition)
    flow = flow_of(row, max_parallel=config.max_parallel_steps)
    given = dict(inputs or {})
    if row.kind == "workflow" and not wants_sealing(given, asked.security_config):
        refuse_unusable(flow.plan, flow.begin(given), default_registry())
    labels = {DEFINITION: row.id, REVISION: row.revision}
    if text := asked.text():
        labels[ASKED] = text
    run = engine.start(
        flow,
        inputs=given,
        idempotency_key=f"{row.id}/{key}" if key is not None else None,
        priority=priority_of(config),
        deadline=config.timeout,
        attributes=labels,
        security_config=asked.security_config,
    )
    return Begun(run, flow)


def priority_of(config: ExecutionConfig) -> int:
    """Return a priority as the engine counts it."""
    said = config.priority
    return said if isinstance(said, int) else PRIORITIES[said]
