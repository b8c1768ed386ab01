"""Somebody settles what nobody knew, and never wrongly."""

import random

import pytest

from perdure.authoring.plans import seal
from perdure.kernel.directives import Complete, Failed, Goto
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.kernel.run import Unsettled
from perdure.ports.executor import Work
from perdure.testing.simulation.node import Mates
from perdure.testing.simulation.operator import LOOK_SECONDS, PATIENCE, Operator
from perdure.testing.simulation.scripts import Act, Script, result_of
from perdure.testing.simulation.services import Services
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.workload import Workload
from perdure.wire.encoding import decode
from tests.testing.simulation.scenes import Scene, birth

STEP = StepPlan(name="a", at_most_once=True)
MACHINE = seal(Plan(workflow="story", steps=(STEP,), start="a"))
GRAPH = seal(Plan(workflow="story", kind=PlanKind.GRAPH, steps=(STEP,)))


class Ledger:
    def __init__(self):
        self.told = []
        self.process = self.ledger = self

    def put(self, told):
        self.told.append(told)

    def drive(self):
        """Do nothing: what was put is looked at."""


class Everybody(Mates):
    def __init__(self, life):
        self._life = life

    def any(self):
        return self._life


class Desk:
    """An operator, the run that it looks at, and what it says."""

    def __init__(self, plan=MACHINE, *, attempt=1, outcome=None):
        self.scene = Scene()
        self.scene.inner.sibling()
        with self.scene.inner.transaction() as open_:
            made = birth(plan=plan)
            made.contexts[:] = [("run-1", '{"trail":[["z",1]]}')]
            open_.apply(made)
        self.services = Services()
        script = Script((Act(outcome=outcome or Complete()),), services=self.services)
        self.track = self.scene.witness.tracks["run-1"] = Track("run-1", plan)
        self.track.run.open["a"] = Unsettled(1, attempt)
        self.ledger = Ledger()
        self.operator = Operator(
            world=self.scene.world,
            mates=Everybody(self.ledger),
            witness=self.scene.witness,
            workload=Workload(
                registry=None,
                starts=(),
                scripts={"story": {"a": script}},
                services=self.services,
            ),
            chance=random.Random(4),
        )

    def says(self):
        self.operator.settle_all()
        return self.ledger.told[0]

    def act(self, attempt=1):
        work = Work("run-1", MACHINE, STEP, "a", 1, attempt, 1, "{}", None, lambda _run, _steps: {})
        return self.services.act(work)


def test_what_was_done_is_said_with_what_the_script_comes_to():
    desk = Desk(outcome=Goto("a"))
    desk.act()

    told = desk.says()

    assert (told.message.visit, told.message.attempt) == (1, 1)
    assert told.message.outcome == Goto("a")
    assert decode(told.payload) == {"trail": [["z", 1], ["a", 1]]}


def test_of_a_graph_it_is_the_steps_result():
    desk = Desk(GRAPH)
    desk.act()

    assert desk.says().payload == result_of("a", [])


def test_what_was_not_done_will_not_be():
    desk = Desk()

    told = desk.says()

    assert told.message.outcome is None
    assert not desk.act(attempt=1)
    assert desk.act(attempt=2)


def test_a_visit_is_given_up_after_many_attempts():
    assert isinstance(Desk(attempt=PATIENCE).says().message.outcome, Failed)


def test_it_looks_again_and_again():
    desk = Desk()

    desk.operator.look()
    desk.scene.world.run(20 * LOOK_SECONDS)

    assert 1 < len(desk.ledger.told) < 40


@pytest.mark.parametrize("open_", [{}])
def test_what_is_known_is_left_alone(open_):
    desk = Desk()
    desk.track.run.open = open_

    desk.operator.settle_all()

    assert desk.ledger.told == []
