"""Gives some of a history's workflows children to start, and to wait for or to leave alone."""

import random
from collections.abc import Callable
from dataclasses import replace

from perdure.authoring.plans import dump
from perdure.kernel.directives import Join, Outcome, Wait
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.ways import CHILDREN, EVENT, Way
from perdure.ports.executor import ChildWanted
from perdure.testing.simulation.scripts import Act, Script

CONTEXT = '{"trail":[]}'
Made = tuple[Plan, dict[str, Script]]
Make = Callable[[str, random.Random], Made]


def give_children(flows: list[Made], make: Make, chance: random.Random) -> list[Made]:
    """Have some steps of machines start children, in place; return the children's workflows.

    `make` makes one of a name. A child may have children of its own.
    """
    machines = [flow for flow in flows if flow[0].kind is PlanKind.MACHINE]
    if not machines or chance.random() < 0.6:
        return []
    child = make("child", chance)
    made = [child]
    if child[0].kind is PlanKind.MACHINE and chance.random() < 0.4:
        made.append(make("grandchild", chance))
        _graft(child, made[1][0], chance)
    _graft(chance.choice(machines), child[0], chance)
    return made


def _graft(flow: Made, child: Plan, chance: random.Random) -> None:
    """Have an act of one or two steps start children; never the last, which is repeated."""
    plan, bodies = flow
    names = [name for name in bodies if name != plan.on_fail]
    for step in dict.fromkeys((names[0], chance.choice(names))):
        if plan.step(step).at_most_once:
            continue  # it may be settled by others, who start no children
        *acts, last = bodies[step].acts
        place = chance.randrange(len(acts) + 1)
        act = acts.pop(place) if place < len(acts) else last
        names_known = [name for name in plan.step(step).coming if not name.startswith(EVENT)]
        act = _with_children(act, names, child, chance)
        acts.insert(place, _with_signal(act, names_known, names, chance))
        bodies[step] = replace(bodies[step], acts=(*acts, last))


def _with_children(act: Act, names: list[str], plan: Plan, chance: random.Random) -> Act:
    one = ChildWanted(plan=plan, body=dump(plan), context=CONTEXT)
    count = chance.choice((0, 1, 1, 2, 3, 5))
    children = tuple(replace(one, detached=chance.random() < 0.2) for _ in range(count))
    outcome = act.outcome if chance.random() < 0.3 else _join(names, chance)
    return replace(act, children=children, outcome=outcome)


def _join(names: list[str], chance: random.Random) -> Outcome:
    timeout = chance.choice((None, None, None, 0.5, 12.0))
    return Join(
        need=chance.choice((None, None, 1, 2)),
        again=chance.random() < 0.2,
        timeout=timeout,
        on_timeout=chance.choice((None, *names)) if timeout is not None else None,
        then=chance.choice((None, *names, *names)),
    )


def _with_signal(act: Act, signals: list[str], names: list[str], chance: random.Random) -> Act:
    """Have a wait for children end by a signal as well, if the step's plan names any."""
    join = act.outcome
    if not isinstance(join, Join) or not signals or chance.random() < 0.3:
        return act
    need = None if join.need is None else str(join.need)
    wait = Wait(
        name=chance.choice(signals),
        then=chance.choice((None, *names)),
        also=(Way(kind=CHILDREN, name="", key=need, then=join.then),),
        again=join.again,
        timeout=join.timeout,
        on_timeout=join.on_timeout,
    )
    return replace(act, outcome=wait)
