"""Workflows that are drawn from a seed."""

import random

from perdure.authoring.plans import load
from perdure.kernel.directives import Goto, Wait
from perdure.kernel.plan import PlanKind
from perdure.kernel.ways import coming_name
from perdure.testing.simulation.workload import Anything, plan_text, random_workload


def drawn(count=60):
    for seed in range(count):
        made = random_workload(random.Random(seed))
        for name in made.registry.names():
            yield made.registry.get(name)


def test_a_seed_draws_the_same_workflows():
    once, again = ([flow.plan for flow in drawn(10)] for _ in range(2))

    assert once == again


def test_both_kinds_of_plans_are_drawn():
    assert {flow.plan.kind for flow in drawn()} == set(PlanKind)


def test_every_step_has_a_body():
    for seed in range(30):
        made = random_workload(random.Random(seed))
        for name in made.registry.names():
            plan = made.registry.get(name).plan

            assert all(made.registry.body(plan, step) for step in plan.steps)


def test_a_plan_says_which_signals_a_step_can_come_to_wait_for():
    """By goto alone, itself included, as the engine's own front-ends say it."""
    for flow in drawn():
        for name, script in flow.bodies.items():
            coming = flow.plan.step(name).coming
            asked = [act.outcome for act in script.acts if isinstance(act.outcome, Wait)]
            waits = {coming_name(wait.kind, wait.name) for wait in asked}
            gotos = {act.outcome.step for act in script.acts if isinstance(act.outcome, Goto)}

            assert waits <= set(coming)
            assert all(set(flow.plan.step(target).coming) <= set(coming) for target in gotos)


def test_plans_go_through_their_text_unchanged():
    for flow in drawn(10):
        assert load(plan_text(flow.plan), flow.plan.hash) == flow.plan


def test_every_start_is_of_a_workflow_that_is_there():
    for seed in range(30):
        made = random_workload(random.Random(seed))

        assert {name for name, _ in made.starts} <= set(made.registry.names())


def test_who_judges_nothing_says_nothing():
    assert Anything().look(None, None, []) is None
    assert Anything().end(None, None, None) is None
