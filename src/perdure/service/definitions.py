"""Workflows as data: made, read, changed and deleted by their ids."""

from collections.abc import Mapping
from typing import Any

from perdure.app.engine import Engine
from perdure.app.views import moment
from perdure.authoring.handlers import Handler, set_handler
from perdure.errors import InvalidValueError, Problem
from perdure.ids import new_id
from perdure.ports.definitions import DefinitionQuery, DefinitionRow, status_of
from perdure.ports.rows import RunFilter, WantedLabel
from perdure.service import flows
from perdure.service.estimates import with_estimates
from perdure.service.machine import lacks
from perdure.wire.definitions import (
    ListRequest,
    Permissions,
    RevisionInfo,
    WorkflowInfo,
    WorkflowList,
)
from perdure.wire.encoding import decode, encode
from perdure.wire.problems import (
    LiveExecutionsError,
    NotPossibleError,
    RevisionConflictError,
    WorkflowNotFoundError,
    problem_info,
)

KINDS = ("workflow", "dynamic")
GENERATOR = "generator_function"
_CANCELLED_AT_A_TIME = 500


def create(
    engine: Engine,
    definition: Mapping[str, Any],
    *,
    key: str | None = None,
    id: str | None = None,  # noqa: A002 - what it is called on the wire
) -> WorkflowInfo:
    """Keep a workflow and return it; a second time under one `key` returns the first.

    Raises InvalidDefinitionError with every problem.
    """
    body, flow, warnings = flows.read(definition)
    now = engine.process.clock.now()
    row = DefinitionRow(
        id=id or new_id("wf", now),
        kind="dynamic" if GENERATOR in definition else "workflow",
        name=str(definition["name"]),
        revision=1,
        version=_version(definition),
        body=body,
        made_at=now,
        changed_at=now,
        key=f"definition/{key}" if key is not None else None,
    )
    if row.id != (made := engine.store.definitions.add(row)):
        return get(engine, made)
    info = _info(row, warnings=[*warnings, *lacks(definition)])
    return with_estimates(engine, info, flow.plan)


def get(engine: Engine, definition: str, *, revision: int | None = None) -> WorkflowInfo:
    """Return a workflow with what was written. Raises WorkflowNotFoundError."""
    row = row_of(engine, definition, revision)
    return with_estimates(engine, _info(row), flows.flow_of(row).plan)


def row_of(engine: Engine, definition: str, revision: int | None = None) -> DefinitionRow:
    """Return a workflow's row, as long as it is not deleted. Raises WorkflowNotFoundError."""
    row = engine.store.definitions.get(definition, revision)
    if row is None or row.kind not in KINDS or row.archived_at is not None:
        raise WorkflowNotFoundError(definition)
    return row


def find(engine: Engine, request: ListRequest) -> WorkflowList:
    """Return a page of workflows, each without what was written."""
    query = DefinitionQuery(
        kinds=KINDS,
        status=request.status,
        name=request.name,
        sort=request.sort.removeprefix("-"),
        backwards=request.sort.startswith("-"),
        limit=request.limit,
        offset=request.offset,
    )
    rows = engine.store.definitions.find(query)
    total = engine.store.definitions.count(query)
    return WorkflowList(
        workflows=tuple(_info(row, whole=False) for row in rows),
        total=total,
        limit=request.limit,
        offset=request.offset,
        has_more=request.offset + len(rows) < total,
    )


def update(
    engine: Engine, definition: str, new: Mapping[str, Any], *, revision: int | None = None
) -> WorkflowInfo:
    """Give a workflow a new revision: all of what is written. Executions go on by theirs.

    With `revision` only where that one is the newest. Raises WorkflowNotFoundError,
    RevisionConflictError, InvalidDefinitionError.
    """
    before = row_of(engine, definition)
    if revision is not None and revision != before.revision:
        raise RevisionConflictError(definition, revision, before.revision)
    if (before.kind == "dynamic") != (GENERATOR in new):
        raise NotPossibleError(
            f"workflow {definition} is {before.kind}, and stays so. Create another one"
        )
    body, flow, warnings = flows.read(new)
    row = before._replace(
        name=str(new["name"]),
        revision=before.revision + 1,
        version=_version(new),
        body=body,
        changed_at=engine.process.clock.now(),
    )
    if not engine.store.definitions.revise(row, before.revision):
        now = row_of(engine, definition)
        raise RevisionConflictError(definition, before.revision, now.revision)
    info = _info(row, warnings=[*warnings, *lacks(new)])
    return with_estimates(engine, info, flow.plan)


def delete(engine: Engine, definition: str, *, cancel_running: bool = False) -> None:
    """Delete a workflow; what its executions have come to is kept as long as others' is.

    Raises WorkflowNotFoundError, and LiveExecutionsError unless its executions are to be cancelled.
    """
    row_of(engine, definition)
    live = engine.store.definitions.runs(definition, "live")
    if live and not cancel_running:
        raise LiveExecutionsError(definition, live)
    if not engine.store.definitions.archive(definition, engine.process.clock.now()):
        raise WorkflowNotFoundError(definition)
    query = RunFilter(
        live=True, labels=(WantedLabel("definition", definition),), limit=_CANCELLED_AT_A_TIME
    )
    while rows := engine.store.find(query):
        if not sum(engine.cancel(row.id, why="its workflow is deleted") for row in rows):
            return  # those that are left clean up


def revisions(engine: Engine, definition: str) -> tuple[RevisionInfo, ...]:
    """Return a workflow's revisions, the newest first. Raises WorkflowNotFoundError."""
    row_of(engine, definition)
    rows = engine.store.definitions.revisions(definition)
    return tuple(
        RevisionInfo(revision=number, version=version, created_at=moment(at))
        for number, version, at in rows
    )


def set_error_handler(engine: Engine, definition: str, handler: Handler | None) -> None:
    """Have a function of this process asked after each failed attempt of a workflow's steps.

    It is called with step, kind of failure and message, and returns an action, or None to leave it
    to the definition; see `authoring.handlers`. None takes it back. Raises WorkflowNotFoundError.
    """
    set_handler(row_of(engine, definition).name, handler)


def permissions(engine: Engine, definition: str) -> Permissions:
    """Return who may do what, as it was set. Raises WorkflowNotFoundError."""
    return _permissions(row_of(engine, definition))


def set_permissions(engine: Engine, definition: str, wanted: Permissions) -> Permissions:
    """Say who may do what with a workflow, in place of what was said before.

    They are kept for a server to hold people to: who has the store's file is its owner. Raises
    WorkflowNotFoundError, InvalidValueError.
    """
    row = row_of(engine, definition)
    rights = wanted.model_dump(exclude={"warnings"})
    for right, principals in rights.items():
        for principal in principals:
            if not principal or principal == "team:":
                raise InvalidValueError("a user's name, or team:NAME", f"permissions.{right}")
    while not engine.store.definitions.say(
        definition, encode({**decode(row.said), "permissions": rights}), row.said
    ):
        row = row_of(engine, definition)
    return _permissions(row_of(engine, definition))


def _permissions(row: DefinitionRow) -> Permissions:
    rights = decode(row.said).get("permissions", {})
    names = sorted({name for principals in rights.values() for name in principals})
    told = (f"nobody is known as {name!r} here yet" for name in names)
    return Permissions(**{k: tuple(v) for k, v in rights.items()}, warnings=tuple(told))


def _info(
    row: DefinitionRow, *, warnings: list[Problem] | None = None, whole: bool = True
) -> WorkflowInfo:
    body = decode(row.body)
    steps = body.get("steps")
    return WorkflowInfo(
        id=row.id,
        name=str(body["name"]),
        description=body.get("description"),
        kind="dynamic" if row.kind == "dynamic" else "workflow",
        status=status_of(row.archived_at is not None, row.latest),
        version=row.version,
        revision=row.revision,
        created_at=moment(row.made_at),
        updated_at=moment(row.changed_at),
        step_count=len(steps) if steps is not None else None,
        warnings=tuple(map(problem_info, warnings or ())),
        definition=body if whole else None,
    )


def _version(definition: Mapping[str, Any]) -> str:
    return str(definition.get("version", "1"))
