"""One step alone: with a given context, without an engine, a store or a run."""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from perdure.authoring.defaults import default_registry
from perdure.authoring.registry import Workflow
from perdure.authoring.steps.begin import validated
from perdure.authoring.steps.body import StepBody
from perdure.authoring.steps.codec import Codec
from perdure.authoring.steps.compiler import compile_class
from perdure.authoring.steps.directives import Directive
from perdure.errors import DefinitionError
from perdure.ports.executor import Work
from perdure.wire.encoding import decode, encode_value


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRan:
    """What a step did.

    `directive` is what it returned, to be compared with what it should be: `goto("ship")`,
    `complete(note="x")`. `context` is what it left, an instance of the class's `Context`; `data`
    the same as it is kept.
    """

    directive: Directive
    context: Any
    data: dict[str, Any]


def run_step(  # noqa: PLR0913 - what an attempt knows of itself
    workflow: type,
    step: str | Callable[..., Any],
    /,
    *,
    context: Any = None,
    payload: Mapping[str, Any] | None = None,
    run_id: str = "run_test",
    visit: int = 1,
    attempt: int = 1,
) -> StepRan:
    """Run one step of a class, given by name or as `Order.ship`, as a run would.

    `context` is an instance of the class's `Context`, or a mapping of its values; `payload` what a
    signal brought. What the step raises comes through, and so does what a run would refuse:
    InvalidStepResultError, ContextInvalidError; InvalidValueError for a context that is wrong.
    """
    flow = workflow_of(workflow)
    name = step if isinstance(step, str) else step.__name__
    body = body_of(flow, name)
    work = Work(
        run=run_id,
        plan=flow.plan,
        step=flow.plan.step(name),
        path=name,
        visit=visit,
        attempt=attempt,
        token=1,
        context=_text(context, body.codec()),
        payload=None if payload is None else encode_value(dict(payload), "payload"),
        reader=lambda _run, _steps: {},
    )
    given = body.context(work)
    returned = body.call(work, given)
    if inspect.isawaitable(returned):
        returned = asyncio.run(_awaited(returned))
    result = body.result(work, given, returned)
    text = work.context if result.context is None else result.context
    return StepRan(directive=returned, context=body.codec().load(text), data=decode(text))


def workflow_of(cls: type) -> Workflow:
    """Return what a class is as a workflow; one that was declared nowhere is compiled now."""
    name = str(getattr(cls, "__perdure_workflow__", cls.__name__))
    known = default_registry().find(name)
    return known if known is not None and known.cls is cls else compile_class(cls, name)


def body_of(flow: Workflow, step: str) -> StepBody:
    """Return the code of a step. Raises DefinitionError if there is none of this name."""
    body = flow.bodies.get(step)
    if not isinstance(body, StepBody):
        raise DefinitionError(
            f"{flow.name} has no step {step!r}. Its steps: {', '.join(flow.bodies)}"
        )
    return body


def _text(context: Any, codec: Codec) -> str:
    if context is None or isinstance(context, Mapping):
        return validated(context or {}, codec)
    return codec.begin(context)


async def _awaited(returned: Any) -> Any:
    return await returned
