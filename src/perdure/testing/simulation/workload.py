"""What runs in a history: workflows drawn from the seed, unless somebody brings his own."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from perdure.authoring.plans import dump, seal
from perdure.authoring.registry import Registry, Workflow
from perdure.kernel.directives import Complete, Fail, Goto, Next, Outcome, Sleep, Wait
from perdure.kernel.plan import Plan, PlanKind, RetryPolicy, StepPlan
from perdure.kernel.ways import coming_name
from perdure.ports.rows import Loaded
from perdure.ports.store import Store
from perdure.testing.simulation.crossroads import widen
from perdure.testing.simulation.eventful import draw_triggers, with_event_waits
from perdure.testing.simulation.hooks import with_hook
from perdure.testing.simulation.model import ScriptJudge
from perdure.testing.simulation.offspring import CONTEXT, give_children
from perdure.testing.simulation.queueing import with_queues
from perdure.testing.simulation.scripts import Act, Script
from perdure.testing.simulation.services import Services
from perdure.testing.simulation.shop import Shop
from perdure.testing.simulation.spawned import with_processes
from perdure.testing.simulation.track import News, Track
from perdure.testing.simulation.witness import Judge
from perdure.wire.encoding import encode

SIGNALS = ("go", "stop", "paid")
KEYS = (None, None, None, "k1", "k2")
LANES = ("thread", "thread", "async")
KIND = "script"
"""The kind of a graph's steps."""


class Anything:
    """Judges nothing: the rules of the engine are enough."""

    def look(self, track: Track, loaded: Loaded, news: News) -> None:
        """Say nothing."""

    def end(self, track: Track, loaded: Loaded, store: Store) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Workflows, the runs to start of them (name, JSON text of context or inputs), and signals.

    `scripts` are what steps do that run at most once, by workflow and step, to the `services`.

    `judge` knows what the runs must come to, beside what must hold for any run. Where it `prunes`,
    runs may be forgotten some time after their end.
    """

    registry: Registry
    starts: Sequence[tuple[str, str]]
    signals: Sequence[str] = ()
    keys: Sequence[str | None] = (None,)
    scripts: Mapping[str, Mapping[str, Script]] = field(default_factory=dict)
    services: Services = field(default_factory=Services)
    judge: Judge = field(default_factory=Anything)
    prunes: bool = False


MakeWorkload = Callable[[random.Random], Workload]


def random_workload(chance: random.Random) -> Workload:
    """Return one or two workflows whose bodies follow scripts, and one to four runs of them."""
    registry = Registry()
    services, shop = Services(), Shop()
    scripts: dict[str, dict[str, Script]] = {}
    names = [f"w{number}" for number in range(chance.choice((1, 1, 2)))]
    flows = [with_event_waits(_flow(name, chance), _coming) for name in names]
    registry.add_kind(KIND, lambda plan, step: scripts[plan.workflow][step.name])
    starts = [(chance.choice(names), CONTEXT) for _ in range(chance.choice((1, 1, 2, 3, 4)))]
    signals = chance.choice((SIGNALS, SIGNALS[:1]))
    keys = chance.choice((KEYS, KEYS[:1]))
    flows = [(with_processes(with_queues(_with_once(plan))), bodies) for plan, bodies in flows]
    flows = [widen(plan, written, signals, keys) for plan, written in flows]
    flows += give_children(flows, _flow, chance)
    for plan, written in flows:
        bodies = scripts[plan.workflow] = _with_effects(plan, written, services, shop)
        code = bodies if plan.kind is PlanKind.MACHINE else {}
        registry.add(
            Workflow(
                plan=plan,
                bodies=code,
                begin=lambda given: encode(dict(given)),
                started_by=draw_triggers(plan) if code else (),
            )
        )
    return Workload(
        registry=registry,
        starts=starts,
        signals=signals,
        keys=keys,
        scripts=scripts,
        services=services,
        judge=ScriptJudge(scripts, services),
        prunes=True,
    )


def _flow(name: str, chance: random.Random) -> tuple[Plan, dict[str, Script]]:
    make = _machine if chance.random() < 0.6 else _graph
    return with_hook(*make(name, chance))


def _with_once(plan: Plan) -> Plan:
    """Return the plan with some of its steps run at most once.

    What is drawn for that hangs on the plan, so that it moves no other draw.
    """
    own = random.Random(dump(plan))  # noqa: S311 - it must come again
    if own.random() < 0.6:
        return plan
    steps = []
    for step in plan.steps:
        once = own.random() < 0.4
        steps.append(replace(step, at_most_once=once, verify=once and own.random() < 0.5))
    return seal(replace(plan, steps=tuple(steps)))


def _with_effects(
    plan: Plan, scripts: dict[str, Script], services: Services, shop: Shop
) -> dict[str, Script]:
    """Return the scripts with what they act upon; some of them write in the shop's transactions."""
    own = random.Random(f"{dump(plan)} in transactions")  # noqa: S311 - it must come again
    some = own.random() < 0.3
    return {
        name: replace(
            script,
            services=services,
            shop=shop,
            transactional=(
                some
                and own.random() < 0.4
                and not plan.step(name).at_most_once
                and not any(act.children for act in script.acts)
            ),
        )
        for name, script in scripts.items()
    }


def plan_text(plan: Plan) -> str:
    """Return the JSON text of a plan, as a birth brings it."""
    return dump(plan)


def _retry(chance: random.Random) -> RetryPolicy:
    return RetryPolicy(
        max_attempts=chance.choice((1, 2, 3, 6, 6, 12)),
        base_delay=chance.choice((0.0, 0.1, 1.0, 4.0)),
        backoff_factor=chance.choice((1.0, 2.0)),
        max_delay=6.0,
        jitter=chance.choice((0.0, 0.5)),
    )


def _act(outcome: Outcome, chance: random.Random, most: int) -> Act:
    roll = chance.random()
    if roll < 0.70:
        return Act(outcome=outcome)
    if roll < 0.92:
        return Act(outcome=outcome, flaky=chance.randint(1, most))
    if roll < 0.95:
        return Act(outcome=outcome, fatal=True)
    if roll < 0.97:
        return Act(outcome=outcome, unkeepable=True)
    return Act(outcome=outcome, poison=True)


# -- machines --------------------------------------------------------------------------------
def _machine(name: str, chance: random.Random) -> tuple[Plan, dict[str, Script]]:
    names = [f"s{number}" for number in range(chance.randint(1, 5))]
    policies = {step: _retry(chance) for step in names}
    scripts: dict[str, Script] = {}
    for step in names:
        most = policies[step].max_attempts
        acts = [_act(_asks(names, chance), chance, most) for _ in range(chance.randint(0, 2))]
        last: Outcome = Complete() if chance.random() < 0.9 else Fail("as written")
        scripts[step] = Script((*acts, _act(last, chance, most)), beats=chance.random() < 0.3)
    steps = [
        StepPlan(
            name=step,
            retry=policies[step],
            timeout=chance.choice((None, None, None, 5.0)),
            lane=chance.choice(LANES),
            coming=tuple(sorted(_coming(step, scripts))),
            then=chance.choice((None, chance.choice(names))),
            targets=tuple(names),
        )
        for step in names
    ]
    plan = Plan(
        workflow=name,
        steps=tuple(steps),
        start=names[0],
        on_cancel=chance.choice((None, chance.choice(names))),
        deadline=chance.choice((None, None, None, None, 3.0, 20.0)),
    )
    return seal(plan), scripts


def _asks(names: list[str], chance: random.Random) -> Outcome:
    roll = chance.random()
    if roll < 0.35:
        return Goto(chance.choice(names))
    if roll < 0.55:
        return Sleep(chance.choice((0.0, 0.2, 2.0, 9.0)), chance.choice((None, *names)))
    timeout = chance.choice((None, 0.0, 0.5, 3.0, 12.0))
    return Wait(
        name=chance.choice((SIGNALS[0], *SIGNALS[:2])),
        key=chance.choice(KEYS),
        timeout=timeout,
        on_timeout=chance.choice((None, *names)) if timeout is not None else None,
        then=chance.choice((None, *names, *names)),
        fresh=chance.random() < 0.15,
    )


def _coming(step: str, scripts: dict[str, Script]) -> set[str]:
    """Return the signals that a visit of a step can come to wait for by goto alone."""
    seen: set[str] = set()
    todo = [step]
    names: set[str] = set()
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        for act in scripts[at].acts:
            if isinstance(act.outcome, Wait):
                names.add(coming_name(act.outcome.kind, act.outcome.name))
            elif isinstance(act.outcome, Goto):
                todo.append(act.outcome.step)
    return names


# -- graphs ----------------------------------------------------------------------------------
def _graph(name: str, chance: random.Random) -> tuple[Plan, dict[str, Script]]:
    names = [f"g{number}" for number in range(chance.choice((2, 3, 4, 6, 8, 12)))]
    steps = []
    scripts = {}
    for number, step in enumerate(names):
        wanted = chance.choice((0, 1, 1, 2, 3))
        needs = tuple(chance.sample(names[:number], min(wanted, number)))
        policy = _retry(chance)
        acts = [_act(Next(), chance, policy.max_attempts) for _ in range(chance.choice((1, 1, 2)))]
        scripts[step] = Script(tuple(acts), needs, beats=chance.random() < 0.3)
        steps.append(
            StepPlan(
                name=step,
                kind=KIND,
                needs=needs,
                retry=policy,
                timeout=chance.choice((None, None, None, 5.0)),
                lane=chance.choice(LANES),
                continue_on_error=chance.random() < 0.15,
            )
        )
    plan = Plan(
        workflow=name,
        kind=PlanKind.GRAPH,
        steps=tuple(steps),
        max_parallel=chance.choice((None, None, 1, 2, 3)),
        deadline=chance.choice((None, None, None, None, 20.0)),
    )
    return seal(plan), scripts
