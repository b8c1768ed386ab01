"""Random plans and directives for the kernel's laws, all made of one string of bytes.

Hypothesis draws the bytes. Drawing once a story, not once a choice, makes laws ten times as quick;
and since a zero is always the simplest choice, a story that breaks a law still shrinks.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from perdure.kernel.directives import (
    Choose,
    Complete,
    Fail,
    Failed,
    Goto,
    Join,
    Next,
    Outcome,
    Sleep,
    Spread,
    Wait,
)
from perdure.kernel.plan import NO_RETRY, Plan, PlanKind, RetryPolicy, StepPlan
from perdure.kernel.ways import Way
from tests.kernel.scenes import TWICE

T = TypeVar("T")
SIGNALS = ("red", "blue")
KEYS = (None, "k", "l")
RETRIES = (TWICE, NO_RETRY, RetryPolicy(max_attempts=4, base_delay=0.0))


class Choices:
    """Choices, one byte each. When the bytes are used up, all choices are the first."""

    def __init__(self, data: bytes) -> None:
        self._data = iter(data)

    def number(self, below: int) -> int:
        return next(self._data, 0) % below

    def one(self, options: Sequence[T]) -> T:
        return options[self.number(len(options))]

    def happens(self, one_in: int) -> bool:
        return self.number(one_in) == one_in - 1

    def some(self, options: Sequence[T], one_in: int = 2) -> tuple[T, ...]:
        return tuple(option for option in options if self.happens(one_in))


def any_plan(choices: Choices) -> Plan:
    return any_graph(choices, once=True) if choices.happens(2) else any_machine(choices)


def any_graph(choices: Choices, *, most: int = 8, once: bool = False) -> Plan:
    """Return a graph whose steps are not written in the order of their needs.

    With `once` some of them may be run at most once.
    """
    written: list[StepPlan] = []
    names: list[str] = []
    inner: dict[str, str] = {}
    for name in "abcdefgh"[: 1 + choices.number(most)]:
        within = choices.one(names) if names and choices.happens(4) else None
        if within is not None:
            inner[name] = within
        step = StepPlan(
            name=name,
            needs=tuple(dict.fromkeys((*choices.some(names), *((within,) if within else ())))),
            retry=choices.one(RETRIES),
            continue_on_error=choices.happens(4),
            within=within,
            window=choices.one((0, 0, 0, 1, 2)),
            collects=choices.happens(2),
            **(any_once(choices) if once else {}),
        )
        names.append(name)
        written.insert(choices.number(len(names)), step)
    written = [_with_branches(step, inner) for step in written]
    return Plan(
        workflow="any",
        kind=PlanKind.GRAPH,
        steps=tuple(written),
        max_parallel=choices.one((None, 1, 2, 3)),
        deadline=choices.one((None, None, None, None, None, 200.0)),
    )


def _with_branches(step: StepPlan, inner: dict[str, str]) -> StepPlan:
    branches = tuple(name for name, within in inner.items() if within == step.name)
    if not branches:
        return step
    return replace(step, branches=branches, at_most_once=False, verify=False, window=0)


def any_machine(choices: Choices) -> Plan:
    names = list("abcdefgh"[: 1 + choices.number(5)])
    steps = tuple(
        StepPlan(
            name=name,
            retry=choices.one(RETRIES),
            coming=choices.some(SIGNALS),
            then=choices.one((None, *names)),
            **any_once(choices),
        )
        for name in names
    )
    return Plan(
        workflow="any",
        steps=steps,
        start=choices.one(names),
        on_fail=choices.one((None, None, *names)),
        on_cancel=choices.one((None, *names)),
        deadline=choices.one((None, None, None, None, None, 200.0)),
    )


def any_once(choices: Choices) -> dict[str, bool]:
    """Return whether a step is run at most once, and whether its code can be asked."""
    once = choices.happens(4)
    return {"at_most_once": once, "verify": once and choices.happens(2)}


def any_outcome(choices: Choices, plan: Plan, step: str = "") -> Outcome:
    """Return what a step may ask for: mostly what fits its plan, now and then what does not."""
    failures = (
        Failed(kind="oops", error="it broke"),
        Failed(kind="fatal", error="it broke for good", retryable=False),
        Failed(kind="slow", error="not so fast", retry_after=25.0),
        Failed(kind="timeout", error="too late"),
    )
    if choices.happens(5):
        return choices.one((*failures, *failures, Fail("no"), Next(), Complete(), Goto("nowhere")))
    if plan.kind is PlanKind.GRAPH:
        known = plan.steps[plan.index[step]] if step in plan.index else None
        if known is not None and known.window:
            return Spread(choices.number(4))
        branches = known.branches if known is not None else ()
        return Choose(choices.one((*branches, None))) if branches else Next()
    names = tuple(plan.index)
    if choices.happens(2):
        return _any_wait(choices, names)
    if choices.happens(3):
        return _any_join(choices, names)
    return choices.one(
        (
            Goto(choices.one(names)),
            Goto(choices.one(names)),
            Sleep(10.0 * choices.number(3), choices.one((None, *names))),
            Sleep(10.0 * choices.number(3), choices.one((None, *names))),
            Complete(),
        )
    )


def any_children(choices: Choices) -> int:
    """Return how many children a step starts: mostly none."""
    return choices.one((0, 0, 0, 1, 3))


def _any_join(choices: Choices, names: tuple[str, ...]) -> Join:
    return Join(
        need=choices.one((None, 1, 2)),
        again=choices.happens(4),
        timeout=choices.one((None, 10.0, 30.0)),
        on_timeout=choices.one((*names, None)),
        then=choices.one((*names, None)),
    )


def _any_wait(choices: Choices, names: tuple[str, ...]) -> Wait:
    return Wait(
        name=choices.one(SIGNALS),
        key=choices.one(KEYS),
        timeout=choices.one((None, 10.0, 30.0)),
        on_timeout=choices.one((*names, None)),
        then=choices.one((*names, None)),
        fresh=choices.happens(2),
        also=_any_ways(choices, names) if choices.happens(3) else (),
    )


def _any_ways(choices: Choices, names: tuple[str, ...]) -> tuple[Way, ...]:
    """Return further ways out of a wait."""
    return tuple(
        Way(
            name=choices.one(SIGNALS),
            key=choices.one(KEYS),
            kind=choices.one(("signal", "signal", "event")),
            then=choices.one((*names, None)),
            fresh=choices.happens(4),
        )
        for _ in range(1 + choices.number(2))
    )
