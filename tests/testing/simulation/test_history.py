"""One history, from its seed to its verdict."""

import random
from dataclasses import replace

import pytest

from perdure.authoring.plans import seal
from perdure.authoring.registry import Registry, Workflow
from perdure.kernel.directives import Complete, Goto
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.executor import Result
from perdure.runtime.ledger import Ledger
from perdure.runtime.watcher import Watcher
from perdure.testing.simulation import Workload, simulate
from perdure.testing.simulation.faults import CALM, draw_faults

HARD = replace(draw_faults(random.Random(1)), interleave=0.3, crash=0.05, twice=0.3, lease=2.0)


def test_a_seed_gives_the_same_history():
    once, again = simulate(11, trace=True), simulate(11, trace=True)

    assert once == again
    assert once.violation is None
    assert once.seconds > 0


def test_a_trace_does_not_change_a_history():
    assert simulate(11, trace=True).digest == simulate(11).digest
    assert simulate(11).lines == []


def test_where_nothing_goes_wrong_no_fault_is_met():
    for seed in range(5):
        counts = simulate(seed, faults=CALM).counts

        assert not [what for what in counts if what.startswith("a write was")]


class Count:
    """A body of somebody's own: the first step goes on to the second, which completes."""

    is_async = False

    def __init__(self):
        self.calls = 0

    def __call__(self, work):
        self.calls += 1
        return Result(outcome=Goto("b") if work.path == "a" else Complete())


def my_workload(body):
    def make(_chance):
        registry = Registry()
        steps = (StepPlan(name="a", targets=("b",)), StepPlan(name="b"))
        plan = seal(Plan(workflow="mine", steps=steps, start="a"))
        flow = Workflow(plan=plan, bodies={"a": body, "b": body}, begin=lambda _: "{}")
        registry.add(flow)
        return Workload(registry=registry, starts=[("mine", "{}")] * 3)

    return make


def test_one_may_bring_workflows_of_ones_own():
    body = Count()

    verdicts = [simulate(seed, my_workload(body), faults=HARD) for seed in range(10, 15)]

    assert [verdict.violation for verdict in verdicts] == [None] * 5
    assert body.calls > 5 * 3 * 2  # at least once each, and again after crashes


def test_an_error_that_the_engine_outlives_is_a_violation(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(Ledger, "_advance", broken)

    assert "ZeroDivisionError" in simulate(11).violation


def test_an_error_that_gets_out_is_a_violation(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(Watcher, "tick", broken)

    assert "ZeroDivisionError" in simulate(11).violation


@pytest.mark.parametrize("seed", range(3))
def test_what_never_ends_is_a_violation(monkeypatch, seed):
    monkeypatch.setattr(Ledger, "drive", lambda *_, **__: None)

    assert simulate(seed).violation.startswith(("L1", "endless"))
