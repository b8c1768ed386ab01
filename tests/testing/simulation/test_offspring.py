"""Workflows of a history that start children can still come to their end."""

import random

from perdure.testing.simulation.workload import random_workload


def with_children():
    for seed in range(60):
        scripts = random_workload(random.Random(seed)).scripts
        for bodies in scripts.values():
            for script in bodies.values():
                if any(act.children for act in script.acts):
                    yield script


def test_some_workflows_start_children():
    assert sum(1 for _ in with_children()) > 5


def test_the_act_that_is_repeated_starts_none():
    assert all(not script.acts[-1].children for script in with_children())


def test_some_wait_for_children_or_a_signal():
    ways = [
        way.kind
        for script in with_children()
        for act in script.acts
        for way in getattr(act.outcome, "also", ())
    ]

    assert "children" in ways
