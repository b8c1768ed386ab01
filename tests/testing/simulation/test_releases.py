"""Releases: which histories have them, what changes, and who hosts what."""

import random
from dataclasses import replace

import pytest

from perdure.authoring.plans import seal
from perdure.authoring.registry import Registry, Workflow
from perdure.errors import ContextInvalidError
from perdure.kernel.directives import Complete, Next
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.testing.simulation.releases import (
    ADDED,
    RENAMED,
    SHARE,
    Release,
    Releases,
    has_releases,
    revised,
)
from perdure.testing.simulation.scripts import Act, Script
from perdure.testing.simulation.workload import KIND
from tests.testing.simulation.scenes import world

WITH = next(seed for seed in range(1000) if has_releases(seed))
WITHOUT = next(seed for seed in range(1000) if not has_releases(seed))
BODY = Script((Act(outcome=Complete()),))
NODE = Script((Act(outcome=Next()),))


def flow(*steps, **options):
    made = tuple(StepPlan(name=name) for name in steps)
    plan = seal(Plan(workflow="story", steps=made, start=steps[0], **options))
    return Workflow(plan=plan, bodies=dict.fromkeys(steps, BODY), begin=lambda _: "{}")


def hosting(*flows):
    registry = Registry()
    for each in flows:
        registry.add(each)
    registry.add_kind(KIND, lambda _plan, _step: NODE)
    return registry


class Machine:
    def __init__(self):
        self.deployed = []

    def redeploy(self):
        self.deployed.append(True)


def releases(seed=WITH, base=None):
    return Releases(seed, world(), base or hosting(flow("a", "b")), KIND)


def test_few_histories_have_releases():
    share = sum(has_releases(seed) for seed in range(4000)) / 4000

    assert SHARE / 2 < share < SHARE * 2


def test_a_history_without_releases_or_without_code_has_its_first_one_alone():
    graph = Plan(workflow="web", kind=PlanKind.GRAPH, steps=(StepPlan(name="a", kind=KIND),))
    bare = hosting(Workflow(plan=seal(graph), begin=lambda _: "{}"))

    for made in (releases(WITHOUT), releases(WITH, bare)):
        made.plan([machine := Machine()])
        made.end()
        made._world.run(60.0)
        assert not made.are_drawn
        assert machine.deployed == []


def test_what_is_deployed_is_hosted_by_who_begins_then():
    made = releases()
    first, machine = made.now, Machine()
    made.plan([machine])
    while made.now is first:
        made._world.run(made._world.time + 0.1)
    during = made.now
    made._world.run(5.1)
    made._world.calm()
    made.end()
    made._world.run(60.0)

    assert first.get("story").plan.hash != during.get("story").plan.hash
    assert machine.deployed
    assert made.now.get("story").fits is None, "the last one takes every run"


def test_nothing_is_deployed_any_more_when_all_is_calm():
    made = releases()
    made.plan([Machine()])
    made._world.calm()
    made.end()
    last = made.now

    made._world.run(60.0)

    assert made.now is last


def test_the_second_release_has_a_step_more_and_one_under_another_name():
    old = flow("a", "b")

    new = revised(old, random.Random(1))

    assert [step.name for step in new.plan.steps] == ["a", f"b{RENAMED}", ADDED]
    assert new.plan.step("b").name == f"b{RENAMED}"
    assert new.bodies[f"b{RENAMED}"] is BODY


def test_hooks_and_the_first_step_keep_their_names():
    old = flow("a", "b", "c", on_fail="b", on_cancel="c")

    new = revised(old, random.Random(1))

    assert [step.name for step in new.plan.steps] == ["a", "b", "c", ADDED]


def test_some_contexts_do_not_fit_the_second_release():
    made = releases()
    fits = made._second.get("story").fits
    contexts = [f'{{"n":{number}}}' for number in range(30)]
    refused = 0
    for context in contexts:
        try:
            assert fits("1", context) == context
        except ContextInvalidError:
            refused += 1

    assert 0 < refused < len(contexts)


def test_a_release_hosts_all_that_the_first_one_does():
    graph = Plan(workflow="web", kind=PlanKind.GRAPH, steps=(StepPlan(name="a", kind=KIND),))
    base = hosting(flow("a"), Workflow(plan=seal(graph), begin=lambda _: "{}"))
    base.outboxes.append(outbox := object())
    changed = replace(flow("a"), fits=lambda _version, context: context)

    made = Release(base, KIND, [changed])

    assert made.names() == ["story", "web"]
    assert made.get("story") is changed
    assert made.body(made.get("web").plan, made.get("web").plan.step("a")) is NODE
    assert made.outboxes == [outbox]
    with pytest.raises(AssertionError):
        Release(Registry(), KIND, []).body(made.get("web").plan, StepPlan(name="a", kind=KIND))
