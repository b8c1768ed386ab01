"""Scenes for the engine's tests: workflows made by hand, so that no front-end is needed."""

import asyncio
import threading
import time

from perdure.app.engine import Engine
from perdure.authoring import plans
from perdure.authoring.registry import Registry, Workflow
from perdure.kernel.directives import Complete, Goto, Sleep, Wait
from perdure.kernel.plan import NO_RETRY, Plan, RetryPolicy, StepPlan
from perdure.ports.executor import Result
from perdure.wire.encoding import decode, encode, encode_value

PATIENCE = 10.0


class Body:
    """A step's code: a function of its work."""

    def __init__(self, call, *, is_async=False):
        self.call = call
        self.is_async = is_async

    def __call__(self, work):
        return self.call(work)


def begin(inputs):
    return encode_value(dict(inputs))


def flow(name, bodies, *, retry=NO_RETRY, lane="thread", **steps) -> Workflow:
    """Return a machine whose steps are these bodies; `steps` are more fields by step's name."""
    made = tuple(
        StepPlan(name=step, retry=retry, lane=lane, **steps.get(step, {})) for step in bodies
    )
    plan = plans.seal(Plan(workflow=name, steps=made, start=made[0].name))
    calls = {step: Body(call, is_async=lane == "async") for step, call in bodies.items()}
    return Workflow(plan=plan, bodies=calls, begin=begin, place=("scenes", name))


def merged(work, **more):
    """Return the context's text with a payload's keys and these."""
    return encode(decode(work.context) | decode(work.brought or "{}") | more)


def done(work, **more):
    return Result(outcome=Complete(), context=merged(work, **more))


def adding() -> Workflow:
    """Two steps; the second adds one to `n`."""
    return flow(
        "adding",
        {
            "first": lambda _work: Result(outcome=Goto("second")),
            "second": lambda work: done(work, n=decode(work.context)["n"] + 1),
        },
    )


def asking(timeout=None) -> Workflow:
    """Waits for `answer`, then completes with what it brought."""

    def ask(_work):
        return Result(outcome=Wait(name="answer", timeout=timeout, then="take"))

    return flow(
        "asking", {"ask": ask, "take": done}, ask={"waits": ("answer",), "coming": ("answer",)}
    )


def sleeping(seconds) -> Workflow:
    return flow("sleeping", {"nap": lambda _work: Result(outcome=Sleep(seconds, "up")), "up": done})


def failing(times, *, most=1) -> Workflow:
    """Fails so many times, then completes."""
    calls = []

    def call(work):
        calls.append(work.attempt)
        if len(calls) <= times:
            raise ValueError(f"boom {len(calls)}")
        return done(work, attempts=len(calls))

    retry = RetryPolicy(max_attempts=most, base_delay=0.0)
    return flow("failing", {"try": call}, retry=retry)


def blocking() -> tuple[Workflow, threading.Event, threading.Event]:
    """One step that waits in a thread until the second event is set; the first says it began."""
    began, go = threading.Event(), threading.Event()

    def call(work):
        began.set()
        go.wait(PATIENCE)
        return done(work, attempt=work.attempt)

    return flow("blocking", {"hold": call}), began, go


def endless() -> Workflow:
    async def call(_work):
        await asyncio.Event().wait()

    return flow("endless", {"hold": call}, lane="async")


def engine_of(*flows, path=":memory:", **options) -> Engine:
    """Return an engine that hosts these workflows and no others."""
    registry = Registry()
    for one in flows:
        registry.add(one)
    return Engine(path, registry=registry, **options)


def until(true, what="it"):
    """Wait until something is so; the engine's threads make it so."""
    limit = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not true():
        assert time.monotonic() < limit, f"{what} did not come about"
        pause.wait(0.005)
