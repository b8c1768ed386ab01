"""Small worlds for the tests of the simulator's parts."""

import random
from dataclasses import replace

from perdure.authoring.plans import dump, seal
from perdure.kernel import history
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.ports.commit import Born, Commit, JobMade, Written
from perdure.runtime.records import dump_events
from perdure.stores.sqlite import SqliteStore
from perdure.testing.simulation.faults import CALM
from perdure.testing.simulation.locks import Locks
from perdure.testing.simulation.store import SimStore
from perdure.testing.simulation.trace import Trace
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.workload import Anything
from perdure.testing.simulation.world import Life, World

ONE_STEP = seal(Plan(workflow="story", steps=(StepPlan(name="a"),), start="a"))
TWO_STEPS = seal(
    Plan(
        workflow="web",
        kind=PlanKind.GRAPH,
        steps=(StepPlan(name="a"), StepPlan(name="b", needs=("a",))),
    )
)


def world(seed=1, **faults):
    """Return a world in which nothing goes wrong but what is named."""
    return World(random.Random(seed), replace(CALM, **faults), Trace(keep=True))


class Scene:
    """A store with one simulated process over it, and a witness."""

    def __init__(self, seed=1, **faults):
        self.world = world(seed, **faults)
        self.inner = SqliteStore.in_memory()
        self.locks = Locks()
        self.life = Life("p0.1")
        self.witness = Witness(self.inner, world=self.world, locks=self.locks, judge=Anything())
        self.store = SimStore(
            self.inner.sibling(),
            life=self.life,
            world=self.world,
            looks=self.witness,
            locks=self.locks,
        )

    def commit(self, made):
        """Write a commit through the simulated store."""
        with self.store.transaction() as open_:
            return open_.apply(made)


def birth(run="run-1", *, batch=1, plan=ONE_STEP, owner=None, at=0.0, events=()):
    """Return the commit that a run's birth writes; its first step is claimed by `owner`."""
    token = int(owner is not None)
    born = Born(
        run=run, seq=1, namespace="default", workflow=plan.workflow, version="1", plan=plan.hash,
        status="running", cursor="a" if plan.start else None,
        marks="" if plan.start else "0", visits='{"a":1}' if plan.start else "",
        priority=0, created_at=at, ended_at=None, error=None, start_key=None, unique_key=None,
        deadline=None,
    )  # fmt: skip
    job = JobMade(run, "a", 1, 1, token, owner, at, "default", 0, "thread:story@1", None)
    told = events or (history.RunStarted(), history.StepScheduled("a", 1, 1, at))
    return Commit(
        batch=batch,
        now=at,
        born=[born],
        plans=[(plan.hash, plan.workflow, plan.version, dump(plan))],
        jobs_made=[job],
        contexts=[(run, "{}")],
        history=[Written(run, 1, at, '["Start"]', dump_events(told))],
    )
