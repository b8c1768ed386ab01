"""Code that changes under live runs: what is deployed in a history, when, and taken back.

Each process hosts what was deployed when it began. Few histories have releases; whether one does
hangs on its seed alone.
"""

import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from perdure.authoring.plans import seal
from perdure.authoring.registry import Registry, Workflow
from perdure.errors import ContextInvalidError
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.executor import Body
from perdure.testing.simulation.world import World
from perdure.wire.encoding import decode, encode

Fits = Callable[[str, str], str]

SHARE = 0.1
"""How many of the histories have releases."""

ADDED = "added"
RENAMED = "_renamed"
PICKY = 2
"""One context of so many does not fit the second release."""

MIGRATING = 0.4
"""How many of them are of another version, which moves the contexts of the first one's runs."""

NEXT = "2"
MOVED = "moved"
"""How often a context was moved stands in it under this name."""


class Machine(Protocol):
    """A machine of the history."""

    def redeploy(self) -> None:
        """Let the process that lives there go, so that the next one hosts what is deployed now."""


def has_releases(seed: int) -> bool:
    """Say whether code is deployed in the history of a seed, if it has any code."""
    return _stream(seed).random() < SHARE


class Release(Registry):
    """What one release hosts: what the first one does, but for these workflows."""

    def __init__(self, base: Registry, kind: str, changed: Sequence[Workflow]) -> None:
        super().__init__()
        flows = {flow.name: flow for flow in changed}
        for name in base.names():
            self.add(flows.get(name, base.get(name)))
        self.add_kind(kind, _bodies_of(base))
        self.outboxes = base.outboxes


class Releases:
    """The releases of one history; `now` is what a process hosts that begins.

    The second one has a step more and one under another name, and it refuses some contexts, so that
    runs are stranded. The first or the second comes last, and takes every run then: the second
    where it is of another version, and moves the contexts of runs of the first.
    """

    def __init__(self, seed: int, world: World, base: Registry, kind: str) -> None:
        self.now = base
        self._world = world
        self._chance = _stream(seed)
        self.are_drawn = self._chance.random() < SHARE and bool(base.code())
        self._nodes: Sequence[Machine] = ()
        flows = [revised(flow, self._chance) for flow in base.code()] if self.are_drawn else []
        migrates = self._chance.random() < MIGRATING
        if migrates:
            flows = [migrating(flow) for flow in flows]
        salt = str(self._chance.random())
        picky = [replace(flow, fits=_picky(flow.fits, salt)) for flow in flows]
        self._first, self._second = base, Release(base, kind, picky)
        last = Release(base, kind, flows)
        self._last = last if migrates else self._chance.choice((base, last))

    def plan(self, nodes: Sequence[Machine]) -> None:
        """Decide when code is deployed on these machines, and whether it is rolled back."""
        if not self.are_drawn:
            return
        self._nodes = nodes
        at = self._chance.uniform(0.1, 3.0)
        self._world.after(at, "a deploy", lambda: self._deploy(self._second))
        if self._chance.random() < 0.6:
            at += self._chance.uniform(0.5, 6.0)
            self._world.after(at, "a rollback", lambda: self._deploy(self._first))

    def end(self) -> None:
        """Have every machine host what takes every run."""
        if self.are_drawn:
            self.now = self._last
            for node in self._nodes:
                self._world.after(0.0, "is deployed at last", node.redeploy)

    def _deploy(self, release: Registry) -> None:
        if self._world.is_calm:
            return  # the last release is there
        self.now = release
        self._world.trace.sometimes("code was deployed")
        for node in self._nodes:
            if self._chance.random() < 0.7:  # others go on by what they have until they die
                seconds = self._chance.choice((0.0, 0.0, 0.5, 3.0))
                self._world.after(seconds, "is deployed", node.redeploy)


def revised(flow: Workflow, chance: random.Random) -> Workflow:
    """Return a workflow with a step more, and another one under a new name, if it may have one."""
    plan, bodies = flow.plan, dict(flow.bodies)
    kept = (plan.start, plan.on_fail, plan.on_cancel)
    free = [step.name for step in plan.steps if step.name not in kept]
    steps = list(plan.steps)
    if free:
        old = chance.choice(free)
        new = f"{old}{RENAMED}"
        number = plan.index[old]
        steps[number] = replace(steps[number], name=new, formerly=(old,))
        bodies[new] = bodies[old]
    bodies[ADDED] = next(iter(flow.bodies.values()))
    made = seal(replace(plan, steps=(*steps, StepPlan(name=ADDED))))
    return replace(flow, plan=made, bodies=bodies)


def migrating(flow: Workflow) -> Workflow:
    """Return a workflow as the next version of it, which takes over the runs of this one."""
    plan = seal(replace(flow.plan, version=NEXT))
    return replace(flow, plan=plan, migrates=frozenset({flow.plan.version}), fits=_move)


def _move(version: str, context: str) -> str:
    if version == NEXT:
        return context
    body = decode(context)
    return encode({**body, MOVED: body.get(MOVED, 0) + 1})


def _picky(fits: Fits | None, salt: str) -> Fits:
    """Return what refuses some contexts, before they are moved; which hangs on the salt."""

    def refuse_some(version: str, context: str) -> str:
        if zlib.crc32(f"{salt}{context}".encode()) % PICKY == 0:
            raise ContextInvalidError("it does not fit, as written")
        return context if fits is None else fits(version, context)

    return refuse_some


def _bodies_of(base: Registry) -> Callable[[Plan, StepPlan], Body]:
    def body(plan: Plan, step: StepPlan) -> Body:
        found = base.body(plan, step)
        assert found is not None
        return found

    return body


def _stream(seed: int) -> random.Random:
    return random.Random(f"{seed}/releases")  # noqa: S311 - it must come again
