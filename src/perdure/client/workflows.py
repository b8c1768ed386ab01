"""`client.workflows`: every call of the API, as a method."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from perdure.app.figures.optimizing import GOALS
from perdure.app.signals import SignalAnswer
from perdure.authoring.handlers import Handler
from perdure.client.calls import Page
from perdure.client.monitor import Monitor
from perdure.client.objects import Execution, Workflow
from perdure.client.requests import body_of, parsed
from perdure.client.templating import Templating
from perdure.errors import ResultTimeoutError
from perdure.service import analytics, definitions, executions, optimize, trials, validating
from perdure.service.beginning import Asked
from perdure.service.watching import Watch
from perdure.wire.definitions import ListRequest, Permissions, RevisionInfo, Validation
from perdure.wire.executions import ExecutionConfig, NotificationConfig
from perdure.wire.figures import AnalyticsInfo, ProposalInfo, UsageInfo
from perdure.wire.trials import MockModel, MockStep, TrialInfo


class Workflows(Templating):
    """The calls. Errors are typed, and say what would be right."""

    # -- definitions -------------------------------------------------------------------------
    def create(
        self,
        name: str | None = None,
        description: str | None = None,
        steps: Sequence[Mapping[str, Any]] | None = None,
        *,
        definition: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Workflow:
        """Keep a workflow and return it; `fields` are the definition's others, such as `error_handling`.

        A whole `definition` may be given instead. A second call under one `idempotency_key` returns
        the first one's. Raises InvalidDefinitionError with every problem.
        """
        said = {"name": name, "description": description, "steps": steps, **fields}
        made = definitions.create(self._engine, body_of(definition, said), key=idempotency_key)
        return Workflow(self, made)

    def create_dynamic(
        self,
        name: str,
        generator_function: str,
        input_schema: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Workflow:
        """Keep a workflow whose steps a generator makes, from the inputs, when an execution starts.

        The generator is a function that `@perdure.generator(NAME)` has declared; one that nobody
        knows here is a warning. Raises InvalidDefinitionError.
        """
        said = {"generator_function": generator_function, "input_schema": input_schema, **fields}
        return self.create(name, **said)

    def get(self, workflow_id: str, *, revision: int | None = None) -> Workflow:
        """Return a workflow, with what was written. Raises WorkflowNotFoundError."""
        return Workflow(self, definitions.get(self._engine, workflow_id, revision=revision))

    def list(
        self,
        status: str | None = None,
        limit: int = 50,
        offset: int = 0,
        sort: str = "created_at",
        *,
        name: str | None = None,
    ) -> Page:
        """Return a page of workflows.

        `status` is created, running, completed, failed, cancelled or archived; `sort` is created_at
        (the newest first), name or status, with `-` before it the other way. Raises
        InvalidValueError.
        """
        request = parsed(
            ListRequest, status=status, limit=limit, offset=offset, sort=sort, name=name
        )
        page = definitions.find(self._engine, request)
        found = [Workflow(self, each) for each in page.workflows]
        return Page(found, total=page.total, has_more=page.has_more)

    def iterate(self, **wanted: Any) -> Iterator[Workflow]:
        """Yield all workflows, page by page; as in `list`."""
        offset, page = 0, self.list(**wanted)
        yield from page
        while page.has_more:
            offset += len(page)
            page = self.list(**wanted, offset=offset)
            yield from page

    def update(
        self,
        workflow_id: str,
        *,
        definition: Mapping[str, Any] | None = None,
        revision: int | None = None,
        **changes: Any,
    ) -> Workflow:
        """Change a workflow: these fields, or all by a `definition`. Executions go on by what they have.

        With `revision` only where that one is the newest. Raises WorkflowNotFoundError,
        RevisionConflictError, InvalidDefinitionError.
        """
        if definition is None:
            now = definitions.get(self._engine, workflow_id)
            definition = {**(now.definition or {}), **changes}
            revision = revision if revision is not None else now.revision
        made = definitions.update(self._engine, workflow_id, definition, revision=revision)
        return Workflow(self, made)

    def delete(self, workflow_id: str, *, cancel_running: bool = False) -> None:
        """Delete a workflow. Raises WorkflowNotFoundError, LiveExecutionsError."""
        definitions.delete(self._engine, workflow_id, cancel_running=cancel_running)

    def revisions(self, workflow_id: str) -> tuple[RevisionInfo, ...]:
        """Return a workflow's revisions, the newest first. Raises WorkflowNotFoundError."""
        return definitions.revisions(self._engine, workflow_id)

    def set_permissions(
        self, workflow_id: str, permissions: Mapping[str, Sequence[str]]
    ) -> Permissions:
        """Say who may read, execute, modify and delete a workflow. Raises WorkflowNotFoundError.

        They are kept for a server; here whoever can open the store may do all.
        """
        wanted = parsed(Permissions, **{right: tuple(who) for right, who in permissions.items()})
        return definitions.set_permissions(self._engine, workflow_id, wanted)

    def set_error_handler(self, workflow_id: str, handler: Handler | None) -> None:
        """Have a function asked after each failed attempt of a workflow's steps, in this process.

        It is called as (step_id, error_type, error_message), and returns {"action": "use_fallback",
        "fallback_model": ...}, {"action": "wait_and_retry", "wait_seconds": ...}, {"action":
        "fail_workflow"}, or None: then the definition decides. Raises WorkflowNotFoundError.
        """
        definitions.set_error_handler(self._engine, workflow_id, handler)

    def validate(
        self, workflow_definition: Mapping[str, Any], checks: Sequence[str] | None = None
    ) -> Validation:
        """Return what is wrong with a definition, all at once. Raises InvalidValueError for a check.

        `checks` are syntax_validation, dependency_check, resource_requirements, cost_estimation.
        """
        return validating.validate(workflow_definition, checks, engine=self._engine)

    def test(
        self,
        workflow_id: str,
        test_inputs: Mapping[str, Any] | None = None,
        mock_models: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        mock_steps: Mapping[str, Mapping[str, Any]] | None = None,
        assertions: Mapping[str, Any] | None = None,
    ) -> TrialInfo:
        """Try a workflow out in virtual time, and return what came of it; nothing of it is kept.

        A mock has `response` (a step's `result`), `latency_ms`, and `error` (with `fail_times`).
        Models without one answer if somebody here has them; requests, mails and written files only
        come of `mock_steps`. `assertions` are values by path, such as `final_result.label`. Raises
        WorkflowNotFoundError, InvalidValueError.
        """
        return trials.try_out(
            self._engine,
            workflow_id,
            test_inputs,
            models={name: parsed(MockModel, **mock) for name, mock in (mock_models or {}).items()},
            steps={name: parsed(MockStep, **mock) for name, mock in (mock_steps or {}).items()},
            assertions=assertions,
        )

    # -- figures -----------------------------------------------------------------------------
    def analytics(
        self, workflow_id: str, timeframe: str | Mapping[str, Any] = "last_30_days"
    ) -> AnalyticsInfo:
        """Return how a workflow's executions have done that began in a timeframe: measured, or null.

        A timeframe is last_24_hours, last_week, last_7_days, last_30_days, last_90_days, all, or
        `{"from": ..., "to": ...}`. Raises WorkflowNotFoundError, InvalidValueError.
        """
        return analytics.analytics(self._engine, workflow_id, timeframe)

    def resource_usage(
        self, timeframe: str | Mapping[str, Any] = "last_week", group_by: str = "workflow_id"
    ) -> dict[str, UsageInfo]:
        """Return what executions that began in a timeframe have used and cost, by group.

        Groups are workflow_id, execution_id, workflow, version, step, model, status or day. Raises
        InvalidValueError.
        """
        return analytics.resource_usage(self._engine, timeframe, group_by)

    def optimize(
        self,
        workflow_id: str,
        optimization_goals: Sequence[str] = GOALS,
        constraints: Mapping[str, float] | None = None,
        *,
        apply: bool = False,
    ) -> ProposalInfo:
        """Return what could be changed of a workflow so that it takes less, with equal results.

        Goals are speed, cost and accuracy; constraints max_cost and max_duration_seconds. Nothing is
        changed unless `apply` asks for it and every constraint is met. Raises
        WorkflowNotFoundError, InvalidValueError.
        """
        return optimize.optimize(
            self._engine, workflow_id, optimization_goals, constraints, apply=apply
        )

    # -- executions --------------------------------------------------------------------------
    def execute(
        self,
        workflow_id: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        execution_config: Mapping[str, Any] | None = None,
        notification_config: Mapping[str, Any] | None = None,
        security_config: Mapping[str, bool] | None = None,
        idempotency_key: str | None = None,
    ) -> Execution:
        """Begin an execution and return it as it was begun. It is durable when this returns.

        A second call under one `idempotency_key` returns the first one's. Raises
        WorkflowNotFoundError, InvalidValueError for wrong inputs or settings.
        """
        asked = Asked(
            execution_config=parsed(ExecutionConfig, **(execution_config or {})),
            notification_config=parsed(NotificationConfig, **(notification_config or {})),
            security_config=security_config,
        )
        made = executions.execute(self._engine, workflow_id, inputs, asked, key=idempotency_key)
        return Execution(self, made)

    def get_execution(self, execution_id: str, *, workflow_id: str | None = None) -> Execution:
        """Return an execution, with its steps. Raises ExecutionNotFoundError."""
        return Execution(self, executions.get(self._engine, execution_id, definition=workflow_id))

    def list_executions(
        self, workflow_id: str, *, status: str | None = None, limit: int = 50, offset: int = 0
    ) -> Page:
        """Return a page of a workflow's executions, the newest first, without their steps.

        `status` is running (all that go on), completed, failed or cancelled. Raises
        WorkflowNotFoundError, InvalidValueError.
        """
        page = executions.find(self._engine, workflow_id, status=status, limit=limit, offset=offset)
        found = [Execution(self, each) for each in page.executions]
        return Page(found, total=page.total, has_more=page.has_more)

    def wait(self, execution_id: str, timeout: float | None = None) -> None:
        """Wait for an execution's end. Raises ExecutionNotFoundError, ResultTimeoutError."""
        run = executions.run_of(self._engine, execution_id)
        try:
            run.wait(timeout)
        except ResultTimeoutError as error:
            raise ResultTimeoutError(str(error).replace(run.id, execution_id)) from None

    def monitor(self, execution_id: str, *, after: int = 0) -> Monitor:
        """Follow an execution: its past first, then what comes. Raises ExecutionNotFoundError.

        With `after` from behind the event of this id.
        """
        run = executions.run_of(self._engine, execution_id)
        return Monitor(
            run.id, lambda: Watch(self._engine.store, run.id, after=after), run.listening
        )

    def cancel(self, execution_id: str, *, why: str = "", force: bool = False) -> Execution:
        """End an execution. Raises ExecutionNotFoundError."""
        return Execution(self, executions.cancel(self._engine, execution_id, why=why, force=force))

    def pause(self, execution_id: str, *, why: str = "") -> Execution:
        """Begin no more steps of an execution. Raises ExecutionNotFoundError, NotPossibleError."""
        return Execution(self, executions.pause(self._engine, execution_id, why=why))

    def resume(self, execution_id: str, *, why: str = "") -> Execution:
        """Let a paused execution go on. Raises ExecutionNotFoundError, NotPossibleError."""
        return Execution(self, executions.resume(self._engine, execution_id, why=why))

    def retry(self, execution_id: str, *, why: str = "") -> Execution:
        """Let a failed execution go on. Raises ExecutionNotFoundError, NotPossibleError."""
        return Execution(self, executions.retry(self._engine, execution_id, why=why))

    def rewind(
        self, execution_id: str, step: str, *, inputs: Mapping[str, Any] | None = None
    ) -> Execution:
        """Take an execution back to before a step. Raises CannotRewindError."""
        return Execution(self, executions.rewind(self._engine, execution_id, step, inputs=inputs))

    def fork(
        self, execution_id: str, step: str, *, inputs: Mapping[str, Any] | None = None
    ) -> Execution:
        """Begin an execution where another one stood before a step. Raises CannotRewindError."""
        return Execution(self, executions.fork(self._engine, execution_id, step, inputs=inputs))

    def signal(
        self,
        execution_id: str,
        name: str,
        payload: Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> SignalAnswer:
        """Tell an execution a signal. Raises ExecutionNotFoundError, NotPossibleError."""
        return executions.signal(self._engine, execution_id, name, payload, key=idempotency_key)
