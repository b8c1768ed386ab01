"""One step alone: with a given context, without an engine, a store or a run."""

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
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
from perdure.ports.executor import ChildWanted, Work
from perdure.ports.rows import RunRow
from perdure.wire.encoding import decode, encode, encode_value


@dataclass(frozen=True, slots=True)
class Started:
    """A child that a step started: its workflow, what it begins with, and whether it is detached."""

    workflow: str
    data: dict[str, Any]
    detached: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """A child that a step is to find: what it came to, or how it failed (kind and message)."""

    workflow: str
    result: Any = None
    failed: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRan:
    """What a step did.

    `directive` is what it returned, to be compared with what it should be: `goto("ship")`,
    `complete(note="x")`. `context` is what it left, an instance of the class's `Context`; `data`
    the same as it is kept. `started` are the children that it started, in their order. A hook that
    returned nothing has no directive.
    """

    directive: Directive | None
    context: Any
    data: dict[str, Any]
    started: tuple[Started, ...] = ()


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
    children: Sequence[Ended] = (),
    failure: tuple[str, str, str] | None = None,
) -> StepRan:
    """Run one step of a class, given by name or as `Order.ship`, as a run would.

    `context` is an instance of the class's `Context`, or a mapping of its values; `payload` what a
    signal brought. `children` are what `children()` returns, `failure` (step, kind, message) what
    `get_failure()` does, for a hook. Nothing is started: `started` tells what would be. What the
    step raises comes through, and so does what a run would refuse: InvalidStepResultError,
    ContextInvalidError; InvalidValueError for a context that is wrong.
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
        family=Household(children, failure),
    )
    given = body.context(work)
    returned = body.call(work, given)
    if inspect.isawaitable(returned):
        returned = asyncio.run(_awaited(returned))
    result = body.result(work, given, returned)
    text = work.context if result.context is None else result.context
    return StepRan(
        directive=returned,
        context=body.codec().load(text),
        data=decode(text),
        started=tuple(map(_started, result.children)),
    )


def _started(child: ChildWanted) -> Started:
    return Started(child.plan.workflow, decode(child.context), child.detached)


class Household:
    """The family of a step that runs alone: children that have ended, or would be started."""

    def __init__(self, ended: Sequence[Ended], failure: tuple[str, str, str] | None) -> None:
        self._ended = list(ended)
        self._failure = failure

    def wanted(
        self, workflow: str | type, inputs: Mapping[str, Any], *, priority: int, detached: bool
    ) -> ChildWanted:
        """Return a child to be started. Raises UnknownWorkflowError, InvalidValueError."""
        if isinstance(workflow, type):
            flow = workflow_of(workflow)
        else:
            flow = default_registry().named(workflow)
        return ChildWanted(
            plan=flow.plan,
            body="",
            context=flow.begin(inputs),
            priority=priority,
            detached=detached,
        )

    def children(self, run: str) -> list[RunRow]:
        """Return the children that were given."""
        return [_row(run, place, ended) for place, ended in enumerate(self._ended)]

    def child(self, run: str) -> RunRow | None:
        """Return the child of this id, if it was given."""
        parent = run.rpartition("_child_")[0]
        return next((row for row in self.children(parent) if row.id == run), None)

    def result(self, row: RunRow) -> Any:
        """Return what a child was said to have come to."""
        return self._ended[row.place or 0].result

    def error(self, run: str) -> str | None:  # noqa: ARG002 - there is one run
        """Return why the run was said to fail."""
        if self._failure is None:
            return None
        return encode(dict(zip(("step", "kind", "message"), self._failure, strict=True)))


def _row(parent: str, place: int, ended: Ended) -> RunRow:
    error = None
    if ended.failed is not None:
        error = encode({"kind": ended.failed[0], "message": ended.failed[1]})
    return RunRow(
        id=f"{parent}_child_{place}", namespace="default", workflow=ended.workflow, version="1",
        plan="", status="completed" if error is None else "failed", paused=0, seq=1, batch=0,
        cursor=None, marks="", visits="", priority=0, created_at=0.0, ended_at=0.0, error=error,
        start_key=None, unique_key=None, deadline=None, parent=parent, of_brood=1, place=place,
    )  # fmt: skip


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
