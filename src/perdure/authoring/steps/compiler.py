"""From a class of steps to the Workflow that the engine hosts: its plan, and the code behind it."""

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from perdure.authoring.dbapi import Connect
from perdure.authoring.plans import seal
from perdure.authoring.registry import Workflow
from perdure.authoring.steps.begin import beginner, taken
from perdure.authoring.steps.body import AsyncStepBody, StepBody
from perdure.authoring.steps.codec import Codec
from perdure.authoring.steps.continuations import (
    Continuation,
    check_waits,
    completing,
    continuations_of,
)
from perdure.authoring.steps.digests import digester
from perdure.authoring.steps.done import Application
from perdure.authoring.steps.edges import Edges, edges_of
from perdure.authoring.steps.hooks import Hook, check_hooks
from perdure.authoring.steps.methods import Methods, StepMethod, methods_of, shown
from perdure.authoring.steps.migration import fitter
from perdure.authoring.steps.models import OPEN_SCHEMA, declared_model, schema_of
from perdure.authoring.steps.once import AsyncOnceBody, OnceBody, verifier
from perdure.authoring.steps.options import StepOptions
from perdure.authoring.steps.retry import Retry
from perdure.authoring.steps.transactional import TransactionalBody
from perdure.errors import DefinitionError
from perdure.kernel.plan import DEFAULT_QUEUE, NO_RETRY, Plan, PlanKind, RetryPolicy, StepPlan
from perdure.kernel.ways import coming_name

_MAKERS: Mapping[tuple[bool, bool], type[StepBody]] = {  # async or not, asked or not
    (False, False): StepBody,
    (True, False): AsyncStepBody,
    (False, True): OnceBody,
    (True, True): AsyncOnceBody,
}


class WorkflowWarning(UserWarning):
    """A workflow class that can be declared, and most likely does not do what was meant."""


def compile_class(
    cls: type,
    name: str,
    *,
    version: str = "1",
    default_retry: Retry | None = None,
    queue: str = DEFAULT_QUEUE,
    lenient: bool = False,
) -> Workflow:
    """Return the workflow that a class of steps is. Raises DefinitionError for what is wrong.

    `lenient` is for classes written for another engine, and only warns of two things that are
    else refused: a wait whose continuation cannot be told, which completes the run, and a target
    that is no step, which fails it when it gets there.
    """
    methods = methods_of(cls)
    _check_former(methods)
    if not methods.steps:
        return _without_steps(cls, name, version)
    declared = declared_model(cls)
    shape = _shape(methods, declared, default_retry or Retry(), queue, lenient=lenient)
    return Workflow(
        plan=seal(shape.plan(name, version)),
        bodies={step.name: shape.body(step) for step in methods.steps.values()},
        begin=beginner(cls, declared, shape.codec),
        takes=taken(cls, declared),
        place=place_of(cls),
        fits=fitter(shape.codec),
        digests=digester(methods),
        cls=cls,
    )


def place_of(cls: type) -> tuple[str, str]:
    """Return the file and qualified name of a class: the same ones when it is loaded again.

    A script is loaded as `__main__`, as `__mp_main__` and under its name; its file is one. Code of
    no file (a notebook, a terminal, exec) has its module's name in place of it.
    """
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    return (os.path.realpath(file) if file else cls.__module__, cls.__qualname__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """A class that was read and found right."""

    methods: Methods
    edges: Mapping[str, Edges]
    continuations: Mapping[str, Continuation]
    default: Retry
    queue: str
    schema: str
    codec: Callable[[], Codec]

    def plan(self, name: str, version: str) -> Plan:
        return Plan(
            workflow=name,
            version=version,
            kind=PlanKind.MACHINE,
            steps=tuple(self._step_plan(step) for step in self.methods.steps.values()),
            start=self.methods.start,
            on_fail=self._hook("on_fail"),
            on_cancel=self._hook("on_cancel"),
            schema=self.schema,
        )

    def body(self, step: StepMethod) -> StepBody:
        if step.options.transactional is not None:
            return self._transactional(step, step.options.transactional)
        make = _MAKERS[step.is_async, step.options.verify is not None]
        body = make(
            self.methods,
            step,
            codec=self.codec,
            continuation=self.continuations[step.name],
            retry=step.options.retry or self.default,
        )
        body.hook = Hook.of(step.options)
        if isinstance(body, OnceBody):
            assert step.options.verify is not None
            body.asks = verifier(self.methods, step.name, step.options.verify)
        return body

    def _step_plan(self, step: StepMethod) -> StepPlan:
        edges, options = self.edges[step.name], step.options
        then = self.continuations[step.name].then if self._may_wait(step) else None
        targets = {**edges.all(), **({then: None} if then else {})}
        return StepPlan(
            name=step.name,
            retry=self._policy(options),
            timeout=options.timeout,
            queue=options.queue or self.queue,
            lane=self._lane(step),
            waits=self._signals(step.name),
            coming=self._coming(step.name),
            then=then,
            targets=tuple(name for name in self.methods.steps if name in targets),
            at_most_once=options.at_most_once,
            verify=options.verify is not None,
            formerly=options.formerly,
        )

    def _lane(self, step: StepMethod) -> str:
        if step.options.process:
            _check_importable(self.methods.cls, step.name)
            return "process"
        return "async" if step.is_async else "thread"

    def _transactional(self, step: StepMethod, connect: Connect) -> StepBody:
        if step.is_async:
            raise DefinitionError(
                f"{self.methods.label(step.name)} is async def and transactional, and a DB-API "
                f"connection would hold up every other async step. Make it a plain method"
            )
        body = TransactionalBody(
            self.methods,
            step,
            codec=self.codec,
            continuation=self.continuations[step.name],
            retry=step.options.retry or self.default,
        )
        body.hook = Hook.of(step.options)
        body.application = Application(connect)
        return body

    def _hook(self, name: str) -> str | None:
        return next((s.name for s in self.methods.steps.values() if getattr(s.options, name)), None)

    def _policy(self, options: StepOptions) -> RetryPolicy:
        if options.at_most_once and options.verify is None:
            return NO_RETRY
        return (options.retry or self.default).policy()

    def _may_wait(self, step: StepMethod) -> bool:
        return bool(self.edges[step.name].open_waits or step.options.waits)

    def _signals(self, name: str) -> tuple[str, ...]:
        declared = self.methods.steps[name].options.waits
        return tuple(sorted({*self.edges[name].signals, *declared}))

    def _coming(self, name: str) -> tuple[str, ...]:
        """Return what a visit may wait for, or one that it reaches by goto alone."""
        reached = [name]
        for each in reached:  # grows on the way
            reached += [step for step in self.edges[each].gotos if step not in reached]
        signals = {signal for each in reached for signal in self._signals(each)}
        events = {
            coming_name("event", name) for each in reached for name in self.edges[each].events
        }
        return tuple(sorted(signals | events))


def _shape(
    methods: Methods, declared: type | None, default: Retry, queue: str, *, lenient: bool
) -> _Shape:
    doubts: list[str] = []
    edges = edges_of(methods, doubts if lenient else None)
    continuations = continuations_of(methods, edges)
    if lenient:
        continuations, unclear = completing(methods, edges, continuations)
        for doubt in dict.fromkeys((*doubts, *unclear)):
            warnings.warn(doubt, WorkflowWarning, stacklevel=4)
    check_hooks(methods, edges)
    check_waits(methods, edges, continuations)
    codec = cache(lambda: Codec(declared))
    return _Shape(
        methods=methods,
        edges=edges,
        continuations=continuations,
        default=default,
        queue=queue,
        schema=OPEN_SCHEMA if declared is None else schema_of(codec().model),
        codec=codec,
    )


def _check_former(methods: Methods) -> None:
    """Refuse a former name that is a step still, or that two steps claim to have had."""
    known = dict.fromkeys(methods.steps, "a step")
    for step in methods.steps.values():
        for name in step.options.formerly:
            if name in known:
                raise DefinitionError(
                    f"{methods.label(step.name)} was formerly {name!r}, and that is {known[name]}. "
                    "A run that is at this name could go to either"
                )
            known[name] = f"what {methods.label(step.name)} was, too"


def _check_importable(cls: type, step: str) -> None:
    """Refuse a step that runs in a process of its own where no process could import its class."""
    main = sys.modules.get(cls.__module__)
    file = getattr(main, "__file__", None)
    if cls.__module__ == "__main__" and (file is None or not os.path.isfile(file)):  # noqa: PTH113
        raise DefinitionError(
            f"{shown(cls)}.{step} runs in a process of its own, which imports the class; but it was "
            "written in a terminal or a notebook, where nothing can be imported from. Put it into "
            "a file, and import it from there"
        )


def _without_steps(cls: type, name: str, version: str) -> Workflow:
    """Register it all the same (it may be half written), and say so; it cannot be started."""
    wrong = f"{shown(cls)} has no steps, so no run of {name!r} can start. Write @step(start=True)"
    warnings.warn(f"{wrong} above its first method", WorkflowWarning, stacklevel=4)

    def begin(_arguments: Mapping[str, Any]) -> str:
        raise DefinitionError(f"{wrong} above its first method")

    plan = Plan(workflow=name, version=version, kind=PlanKind.GRAPH)  # a machine needs a start
    return Workflow(plan=seal(plan), begin=begin, place=place_of(cls), cls=cls)
