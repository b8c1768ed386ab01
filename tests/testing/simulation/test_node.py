"""Simulated machines: processes that open, work, leave, die and come again."""

import random
from dataclasses import replace
from types import SimpleNamespace

import pytest

from perdure.authoring.registry import Registry, Workflow
from perdure.errors import StoreBusyError
from perdure.kernel import messages
from perdure.kernel.directives import Complete
from perdure.runtime.envelopes import Told
from perdure.stores.sqlite import SqliteStore
from perdure.testing.simulation.locks import Locks
from perdure.testing.simulation.node import LifeClock, Mates, Node, Site
from perdure.testing.simulation.scripts import Act, Script
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.workload import Anything
from perdure.testing.simulation.world import FAULTY_SECONDS
from tests.testing.simulation.scenes import ONE_STEP, birth, world

SLOTS = {"thread": 1, "async": 0}


class Yard:
    """Some machines over one store, whose runs have one step each."""

    def __init__(self, count=1, slots=SLOTS, seed=1, **faults):
        self.world = world(seed, **faults)
        self.inner = SqliteStore.in_memory()
        self.locks = Locks()
        self.witness = Witness(self.inner, world=self.world, locks=self.locks, judge=Anything())
        registry = Registry()
        registry.add(
            Workflow(
                plan=ONE_STEP,
                bodies={"a": Script((Act(outcome=Complete()),))},
                begin=lambda _: '{"trail":[]}',
            )
        )
        self.site = Site(
            world=self.world,
            witness=self.witness,
            locks=self.locks,
            registry=registry,
            handle=self.inner.sibling,
        )
        self.mates = Mates(random.Random(seed))
        self.mates.nodes = self.nodes = [
            Node(n, self.site, slots=slots, mates=self.mates) for n in range(count)
        ]
        for node in self.nodes:
            node.open()

    def run(self, seconds):
        self.world.run(self.world.time + seconds)

    def put_run(self, run="run-1", batch=1):
        """Have a run in the store whose job nobody has claimed."""
        made = birth(run, batch=batch, at=self.world.wall())
        made.contexts[:] = [(run, '{"trail":[]}')]
        with self.inner.transaction() as open_:
            open_.apply(made)
        self.world.latest = max(self.world.latest, self.world.wall())
        self.witness.wrote([run])

    def status(self, run="run-1"):
        return self.inner.load([run])[run].row.status


def test_a_process_opens_the_store_and_does_what_lies_there():
    yard = Yard()
    yard.run(1.0)

    yard.put_run()
    yard.run(20.0)

    assert [row.host for row in yard.inner.workers()] == ["p0"]
    assert yard.status() == "completed"


def test_a_machine_for_callers_alone_does_no_work():
    yard = Yard(slots={"thread": 0, "async": 0})
    yard.put_run()

    yard.run(20.0)

    assert yard.status() == "running"


def test_a_process_that_died_is_followed_by_another_one():
    yard = Yard()
    yard.run(1.0)
    first = yard.nodes[0].process
    yard.nodes[0].watch()
    first.dead = True

    yard.run(30.0)

    second = yard.nodes[0].process
    assert (first.name, second.name) == ("p0.1", "p0.2")
    assert second.can_be_called


def test_a_machine_that_stays_down_does_not():
    yard = Yard()
    yard.run(1.0)
    yard.nodes[0].watch()
    yard.nodes[0].stays_down = True
    yard.nodes[0].process.dead = True

    yard.run(30.0)

    assert yard.mates.any() is None


def test_opening_a_machine_twice_opens_one_process():
    yard = Yard()
    yard.nodes[0].open()
    yard.run(1.0)

    assert len(yard.inner.workers()) == 1


def test_a_process_that_leaves_hands_back_and_is_gone():
    yard = Yard()
    yard.run(1.0)
    life = yard.nodes[0].process

    yard.world.after(0.0, "leaves", life.leave, of=life)
    yard.run(1.0)

    assert life.dead
    assert life.leaving
    assert yard.inner.workers() == []


def deployed(yard, registry):
    """Have this be what a process hosts that begins from now on."""
    site = replace(yard.site, releases=SimpleNamespace(now=registry))
    yard.nodes[0]._site = site
    yard.world.after(0.0, "is deployed", yard.nodes[0].redeploy)
    yard.world.after(0.1, "is looked after", yard.nodes[0].watch)


def test_a_deploy_has_another_process_host_the_other_code():
    yard = Yard()
    yard.run(1.0)
    first, other = yard.nodes[0].process, Registry()

    deployed(yard, other)
    yard.run(30.0)

    second = yard.nodes[0].process
    assert first.leaving
    assert (first.hosts, second.hosts) == (yard.site.registry, other)


def test_a_frozen_process_is_deployed_when_it_can_be_spoken_to():
    yard = Yard()
    yard.run(1.0)
    first = yard.nodes[0].process
    first.frozen_until = yard.world.time + 5.0

    deployed(yard, Registry())
    yard.run(3.0)
    frozen = yard.nodes[0].process
    yard.run(30.0)

    assert frozen is first
    assert yard.nodes[0].process is not first


def test_a_process_that_hosts_what_is_deployed_stays():
    yard = Yard()
    yard.run(1.0)
    life = yard.nodes[0].process

    deployed(yard, yard.site.registry)
    yard.run(3.0)

    assert yard.nodes[0].process is life
    assert not life.dead


def test_a_store_that_cannot_be_opened_ends_the_process():
    yard = Yard(full=1.0)

    yard.run(1.0)

    assert yard.nodes[0].process.dead
    assert yard.world.trace.counts["could not open the store"] == 1


def test_a_frozen_process_cannot_be_called():
    yard = Yard(count=2)
    yard.run(1.0)
    frozen, other = (node.process for node in yard.nodes)
    frozen.frozen_until = yard.world.time + 10.0

    assert yard.mates.all() == [other]


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        ({"crash": 1.0}, "died between two calls"),
        ({"stall": 1.0}, "froze between two calls"),
        ({"leaves": 1.0}, "left in good order"),
    ],
)
def test_a_process_is_struck_from_time_to_time(fault, what):
    yard = Yard()
    yard.run(1.0)
    life = yard.nodes[0].process
    before = yard.world.faults
    yard.world.faults = world(**fault).faults
    for _ in range(50):
        yard.nodes[0]._strike(life)
    yard.world.faults = before

    yard.run(60.0)

    assert yard.world.trace.counts[what] > 0


def test_a_turn_that_the_store_refuses_is_taken_again():
    yard = Yard(slots={"thread": 0, "async": 0})
    yard.run(1.0)
    yard.put_run()
    life = yard.nodes[0].process
    drive, failed = life.process.ledger.drive, []

    def failing(**given):
        if not failed:
            failed.append(given)
            raise StoreBusyError("planted")
        drive(**given)

    life.process.ledger.drive = failing
    life.process.ledger.put(Told("run-1", messages.Pause()))

    life.drive()
    before = yard.inner.load(["run-1"])["run-1"].row.paused
    yard.run(2.0)

    assert not before
    assert failed == [{"wait": False}]
    assert yard.inner.load(["run-1"])["run-1"].row.paused


def test_a_lost_hint_brings_no_tick():
    deaf, hearing = Yard(deaf=1.0), Yard()
    for yard in (deaf, hearing):
        yard.run(1.0)
        yard.nodes[0].process.process.ledger.on_due(yard.world.wall())

    assert deaf.world.trace.counts["a hint was lost"] == 1
    assert hearing.world.trace.counts["a hint was lost"] == 0


def test_a_stray_report_goes_to_any_process():
    yard = Yard()
    yard.run(1.0)
    life = yard.nodes[0].process

    life.stray(Told("run-9", messages.Pause()))

    assert life.process.ledger.waiting == 0
    assert yard.world.trace.counts["a report came twice or by another way"] == 1


def test_the_latest_time_that_anybody_took_it_to_be_is_known():
    at = world()
    clock = LifeClock(at)
    first = clock.now()
    at.jump(-7200.0)
    again = clock.now()

    assert first == again == at.latest
    assert clock.monotonic() == at.time


def test_nobody_is_struck_for_ever():
    yard = Yard(stall=3.0)
    yard.run(1.0)
    yard.world.time = FAULTY_SECONDS
    life = yard.nodes[0].process
    life.frozen_until = 0.0

    yard.nodes[0].watch()

    assert life.can_be_called
