"""A workflow is tried out: on the real engine, in memory, under virtual time, and nothing outside is done.

Models are stood in for by what the test says, and so are steps. A model that nothing stands in for
answers if somebody here has it. Nothing of it is kept, so no figure about the workflow has it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from perdure.app.engine import Engine
from perdure.app.sandbox import Sandbox
from perdure.authoring.registry import Registry
from perdure.errors import InvalidValueError
from perdure.kernel.plan import Plan
from perdure.ports.definitions import DEFINITION, REVISION
from perdure.service import definitions, standing
from perdure.service.flows import flow_of
from perdure.service.mocks import Notes, mock_kinds
from perdure.wire.encoding import decode
from perdure.wire.executions import ExecutionInfo
from perdure.wire.trials import AssertionInfo, MockModel, MockStep, TrialInfo

MOST_TURNS = 1_000_000
"""How many moments of virtual time a trial goes through at most."""

_STANDING_APART = ("conditional", "loop", "parallel_processing")


def try_out(
    engine: Engine,
    definition: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    models: Mapping[str, MockModel] | None = None,
    steps: Mapping[str, MockStep] | None = None,
    assertions: Mapping[str, Any] | None = None,
) -> TrialInfo:
    """Try a workflow out, and return what came of it.

    `assertions` are values by the path at which they are expected in the result, such as
    `final_result.label` or `steps.clean.result`. Raises WorkflowNotFoundError, InvalidValueError
    for wrong inputs, and for steps that there are not or that nothing can stand in for.
    """
    row = definitions.row_of(engine, definition)
    flow = flow_of(row)
    notes, registry = Notes(), Registry()
    with Sandbox(registry, lasted=notes.lasted) as sandbox:
        mock_kinds(registry, models or {}, steps or {}, notes)
        labels = {DEFINITION: row.id, REVISION: row.revision}
        run = sandbox.start(flow, inputs=dict(inputs or {}), attributes=labels)
        _check_steps(sandbox.process.plans.get(sandbox.loaded(run.id).row.plan), steps or {})
        turns = 0
        while run.refresh().view.ended_at is None and turns < MOST_TURNS and sandbox.go_on():
            turns += 1
        return _told(standing.of_run(sandbox.store, run.id), notes, assertions or {})


def _check_steps(plan: Plan, steps: Mapping[str, MockStep]) -> None:
    for name in steps:
        if name not in plan.index:
            there = ", ".join(step.name for step in plan.steps)
            raise InvalidValueError(
                f"there is no such step. There are: {there}", f"mock_steps.{name}"
            )
        if (kind := plan.step(name).kind) in _STANDING_APART:
            raise InvalidValueError(
                f"nothing can stand in for a {kind} step; mock what it reads, or what is in it",
                f"mock_steps.{name}",
            )


def _told(info: ExecutionInfo, notes: Notes, expected: Mapping[str, Any]) -> TrialInfo:
    document = decode(info.model_dump_json())
    document["steps"] = {step["id"]: step for step in document["steps"]}
    checked = tuple(_checked(document, path, value) for path, value in expected.items())
    passed = all(each.passed for each in checked) if checked else info.status == "completed"
    return TrialInfo(
        **{name: getattr(info, name) for name in type(info).model_fields},
        assertions=checked,
        passed=passed,
        mocked_models=dict(notes.mocked),
        unmocked_models=notes.asked,
        unmocked_steps=tuple(notes.refused),
    )


def _checked(document: Any, path: str, expected: Any) -> AssertionInfo:
    found = document
    for part in _parts(path):
        if isinstance(found, dict) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return AssertionInfo(path=path, expected=expected, passed=False)
    return AssertionInfo(path=path, expected=expected, found=found, passed=found == expected)


def _parts(path: str) -> Iterator[str]:
    yield from (part for part in path.replace("[", ".").replace("]", "").split(".") if part)
