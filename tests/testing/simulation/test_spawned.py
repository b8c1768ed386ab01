"""Steps in processes of their own: a child does with an attempt what the seed says, and can be ended."""

import random
import signal

import pytest

from perdure.authoring.plans import seal
from perdure.authoring.registry import Registry, Workflow
from perdure.kernel.directives import Complete, Failed
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.executor import Work
from perdure.testing.simulation import spawned
from perdure.testing.simulation.scripts import Act, Script
from perdure.testing.simulation.spawned import SimProcesses, process_slots, with_processes
from perdure.testing.simulation.workload import random_workload
from perdure.testing.simulation.world import Life, Violation
from tests.testing.simulation.scenes import world

STEP = StepPlan(name="a", lane="process", timeout=5.0)
PLAN = seal(Plan(workflow="story", steps=(STEP,), start="a"))


class Clock:
    def __init__(self, made):
        self.now = made.wall
        self.monotonic = made.monotonic
        self.cpu = lambda: 0.0


class Desk:
    """What an executor needs, and what it reported."""

    def __init__(self, act=None, **faults):
        self.world = world(**faults)
        self.done = []
        self.life = Life("p0")
        registry = Registry()
        script = Script((act or Act(outcome=Complete()),))
        registry.add(Workflow(plan=PLAN, bodies={"a": script}, begin=lambda _: "{}"))
        self.processes = SimProcesses(
            world=self.world, life=self.life, clock=Clock(self.world), mailbox=self, begins=self,
            registry=registry,
        )  # fmt: skip

    def fill(self, lane):
        assert lane == "process"

    def begins(self, work, life):
        assert life is self.life

    def put(self, done):
        self.done.append(done)

    def begin(self, attempt=1):
        work = Work("run-1", PLAN, STEP, "a", 1, attempt, 1, "{}", None, lambda *_: {})
        self.processes.submit(work, lambda _work: None)
        return work

    def result(self, seconds=30.0):
        self.world.run(self.world.time + seconds)
        (done,) = self.done
        return done.result


def manner(monkeypatch, name):
    monkeypatch.setattr(spawned, "MANNERS", (name,))


def test_an_attempt_is_played_by_a_child_and_reported():
    desk = Desk()
    work = desk.begin()

    assert isinstance(desk.result().outcome, Complete)
    assert desk.done[0].work is work


def test_a_child_runs_one_attempt_after_the_other():
    desk = Desk()
    for _ in range(3):
        desk.begin()
        desk.world.run(desk.world.time + 30.0)

    assert len(desk.done) == 3
    assert len(desk.processes._idle) == 1


@pytest.mark.parametrize("name", ["dies", "dies when it has acted"])
def test_a_child_that_dies_is_told_as_such(monkeypatch, name):
    manner(monkeypatch, name)
    desk = Desk(brittle=1.0)
    desk.begin()

    outcome = desk.result().outcome
    assert isinstance(outcome, Failed)
    assert outcome.kind == "worker_died"


def test_a_step_that_kills_its_process_kills_the_child_alone():
    desk = Desk(Act(outcome=Complete(), poison=True))
    desk.begin()

    assert desk.result().outcome.kind == "worker_died"
    assert not desk.life.dead


@pytest.mark.parametrize("name", ["is late", "answers twice"])
def test_a_late_answer_and_one_that_comes_twice_are_one(monkeypatch, name):
    manner(monkeypatch, name)
    desk = Desk(brittle=1.0)
    desk.begin()
    desk.result()
    desk.begin(attempt=2)
    desk.world.run(desk.world.time + 30.0)

    assert [done.work.attempt for done in desk.done] == [1, 2]
    assert [done.result.meta["token"] for done in desk.done] == [1, 1]


@pytest.mark.parametrize("how", ["cancel", "timeout", "lease"])
def test_a_child_that_hangs_is_ended_when_its_attempt_is_called_off(monkeypatch, how):
    manner(monkeypatch, "hangs")
    desk = Desk(brittle=1.0)
    work = desk.begin()
    desk.world.run(10.0)
    assert desk.done == []

    desk.processes.stop(work, how)

    assert isinstance(desk.result().outcome, Failed)


def test_one_that_is_not_ended_is_seen(monkeypatch):
    manner(monkeypatch, "hangs")
    monkeypatch.setattr(spawned.Talk, "_press", lambda _self: None)
    desk = Desk(brittle=1.0)
    work = desk.begin()
    desk.world.run(1.0)
    desk.processes.stop(work, "timeout")

    with pytest.raises(Violation, match="child: a was called off .* s ago, and runs"):
        desk.world.run(20.0)


def test_a_child_that_is_given_two_attempts_at_once_is_seen():
    desk = Desk()
    desk.begin()
    desk.world.step()
    seat = spawned.Seat(desk.processes)
    child = spawned.SimChild(
        seat, world=desk.world, life=desk.life, clock=Clock(desk.world), registry=Registry()
    )
    child.send('{"run":{},"number":1}')

    with pytest.raises(Violation, match="given an attempt while it runs another"):
        child.send('{"run":{},"number":2}')


def test_a_child_ends_with_its_process():
    desk = Desk()
    desk.begin()
    desk.world.step()
    desk.life.dead = True
    desk.world.run(60.0)

    assert desk.done == []


def test_a_dead_child_says_how_it_ended_and_hears_nothing():
    desk = Desk()
    child = spawned.SimChild(
        spawned.Seat(desk.processes), world=desk.world, life=desk.life, clock=Clock(desk.world),
        registry=Registry(),
    )  # fmt: skip

    assert child.end() == -signal.SIGKILL
    assert child.end() == -signal.SIGKILL
    with pytest.raises(spawned.ChildEndedError):
        child.send("{}")
    with pytest.raises(spawned.ChildEndedError):
        child.receive(0.0)


def test_some_workflows_have_steps_in_processes_and_machines_have_slots_for_them():
    plans = [
        flow.plan
        for seed in range(40)
        for registry in [random_workload(random.Random(seed)).registry]
        for flow in map(registry.get, registry.names())
    ]

    assert any(step.lane == "process" for plan in plans for step in plan.steps)
    assert with_processes(plans[0]) == with_processes(plans[0])
    assert {process_slots(seed, 0) for seed in range(40)} == {1, 2, 4}
