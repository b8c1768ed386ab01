"""Scenes for the runtime's tests: a process over a real store, whose attempts the test ends."""

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from perdure.authoring import plans
from perdure.authoring.registry import Registry, Workflow
from perdure.ids import new_id
from perdure.kernel import messages
from perdure.kernel.advance import MOST_EVENTS, advance
from perdure.kernel.directives import Complete, Goto, Next, Outcome
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.kernel.run import Run
from perdure.ports.commit import Born, InboxMade
from perdure.ports.executor import Done, Result, Work
from perdure.ports.rows import Loaded, RunFilter
from perdure.ports.store import Store
from perdure.runtime.draft import Draft
from perdure.runtime.effects import Cause, write
from perdure.runtime.envelopes import Answer, Birth, Ticket, Told
from perdure.runtime.hotrun import HotRun
from perdure.runtime.post import Post
from perdure.runtime.process import Process
from perdure.runtime.records import dump_message
from perdure.stores.sqlite import SqliteStore

NOW = 1_000_000.0
LEASE = 30.0


class StepClock:
    """A clock that goes when the test says so."""

    def __init__(self, now: float = NOW) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time - NOW

    def cpu(self) -> float:
        return 0.0

    def go(self, seconds: float) -> float:
        self.time += seconds
        return self.time


class Hands:
    """An executor whose attempts go on until the test ends them."""

    def __init__(self) -> None:
        self.works: list[Work] = []
        self.stopped: list[tuple[Work, str]] = []

    def submit(self, work, body):
        self.works.append(work)

    def stop(self, work, how):
        self.stopped.append((work, how))

    def close(self, timeout):
        pass


@dataclass
class Body:
    """A step's code: a function of its work."""

    call: Callable[[Work], Any] = lambda _work: Result(outcome=Complete())
    is_async: bool = False

    def __call__(self, work):
        return self.call(work)


def machine(*steps: StepPlan | str, name: str = "story", **options) -> Plan:
    """Return a sealed plan with a cursor, which starts at its first step."""
    made = tuple(StepPlan(name=step) if isinstance(step, str) else step for step in steps)
    return plans.seal(Plan(workflow=name, steps=made, start=made[0].name, **options))


def graph(*steps: StepPlan, name: str = "web", **options) -> Plan:
    """Return a sealed plan whose steps need each other."""
    return plans.seal(Plan(workflow=name, kind=PlanKind.GRAPH, steps=steps, **options))


def workflow(plan: Plan, bodies: Mapping[str, Any] | None = None, context: str = "{}") -> Workflow:
    """Return a workflow with a body for each step of a plan."""
    made = {step.name: Body() for step in plan.steps} | dict(bodies or {})
    return Workflow(plan=plan, bodies=made, begin=lambda _: context)


def hosting(*held: Plan | Workflow) -> Registry:
    """Return a registry that hosts these: machines by their names, graphs like any process."""
    registry = Registry()
    flows = [workflow(one) if isinstance(one, Plan) else one for one in held]
    for flow in flows:
        registry.add(flow)
    graphs = {flow.plan.hash: flow for flow in flows if flow.plan.kind is PlanKind.GRAPH}
    if graphs:
        registry.add_kind("code", lambda plan, step: graphs[plan.hash].bodies[step.name])
    return registry


@dataclass
class Scene:
    """A process and what the test needs of it."""

    process: Process
    store: Store
    clock: StepClock
    hands: Hands
    plans: list[Plan]
    runs: list[str] = field(default_factory=list)

    # -- what is told ------------------------------------------------------------------------
    def birth(
        self, plan: Plan | None = None, *, key=None, context="{}", priority=0, fair=None
    ) -> Birth:
        plan = plan or self.plans[0]
        run = new_id("run", self.clock.now())
        born = Born(
            run=run, seq=0, namespace="default", workflow=plan.workflow, version=plan.version,
            plan=plan.hash, status="running", cursor=None, marks="", visits="",
            priority=priority, created_at=self.clock.now(), ended_at=None, error=None,
            start_key=key, unique_key=None, deadline=None, fair=fair,
        )  # fmt: skip
        return Birth(born, plan, plans.dump(plan), context, Ticket())

    def start(self, plan: Plan | None = None, **options) -> str:
        """Start a run and return its id."""
        birth = self.birth(plan, **options)
        self.process.ledger.put(birth)
        self.drive()
        self.runs.append(birth.run)
        return birth.run

    def tell(self, run: str, message, **options) -> Answer:
        """Tell a run something, and return the answer."""
        ticket = Ticket()
        self.process.ledger.put(Told(run, message, reply=ticket, **options))
        self.drive()
        assert ticket.answer is not None
        return ticket.answer

    def drive(self) -> None:
        self.process.ledger.drive(wait=True)

    def tick(self, seconds: float = 0.0) -> float:
        """Let time pass, then do what is due; return when something will be."""
        wake_at = self.process.tick(self.clock.go(seconds))
        self.drive()
        return wake_at

    # -- attempts ----------------------------------------------------------------------------
    def work(self, step: str | None = None, run: str | None = None) -> Work:
        """Return the attempt of this step that began last."""
        found = [
            work
            for work in self.hands.works
            if step in (None, work.path) and run in (None, work.run)
        ]
        return found[-1]

    def report(self, work: Work, outcome: Outcome | None = None, **result) -> None:
        """Have an attempt end so, and its report committed."""
        self.put(work, outcome, **result)
        self.drive()

    def put(self, work: Work, outcome: Outcome | None = None, **result) -> None:
        """Have an attempt end so."""
        if outcome is None:
            outcome = Next() if work.plan.kind is PlanKind.GRAPH else Complete()
        done = Done(work, Result(outcome=outcome, **result), self.clock.now(), self.clock.now())
        self.process.mailbox.put(done)

    def goes(self, step: str, to: str, **result) -> None:
        """Have the attempt of a step go to another one."""
        self.report(self.work(step), Goto(to), **result)

    # -- what there is -----------------------------------------------------------------------
    def loaded(self, run: str | None = None) -> Loaded:
        run = run or self.runs[-1]
        return self.store.load([run])[run]

    def status(self, run: str | None = None) -> str:
        return self.loaded(run).row.status

    def statuses(self) -> dict[str, int]:
        """Return how many runs have each status."""
        counts: dict[str, int] = {}
        for row in self.store.find(RunFilter(limit=100_000)):
            counts[row.status] = counts.get(row.status, 0) + 1
        return counts

    @property
    def held(self) -> list[str]:
        """The steps of the attempts that are held, in order."""
        return [work.path for work in self.process.crew.holding()]


def signal_row(run: str, message: str, payload: str | None = None) -> InboxMade:
    return InboxMade(run, message, payload, None)


def scene(
    *held: Plan | Workflow,
    store: Store | None = None,
    clock: StepClock | None = None,
    slots: int = 1000,
    lanes: Mapping[str, Any] | None = None,
    open_: bool = True,
    queues: tuple[str, ...] | None = None,
) -> Scene:
    """Return a process over a store in memory, which hosts these workflows."""
    store = store or SqliteStore.in_memory()
    clock = clock or StepClock()
    hands = Hands()
    post = Post()
    process = Process(
        store=store,
        clock=clock,
        registry=hosting(*held),
        mailbox=post,
        lanes=lanes or {"thread": (hands, slots)},
        lease=LEASE,
        queues=queues,
    )
    post.connect(process.crew, process.ledger, process.ledger.drive)
    if open_:
        process.open("here", 1)
        process.ledger.drive(wait=True)
    shown = [one if isinstance(one, Plan) else one.plan for one in held]
    return Scene(process, store, clock, hands, shown)


# -- pure scenes: a run in memory, and what a message writes ----------------------------------
OWNER = 7


def hot_run(plan: Plan, context: str = "{}", **options) -> HotRun:
    """Return a run that is not born yet."""
    return HotRun(run=Run(id="run_1"), plan=plan, seq=0, context=context, **options)


def a_draft(*, free: bool = True, now: float = NOW) -> Draft:
    """Return the draft of a batch; `free`: there is a slot for each attempt."""

    def reserve(_hot: HotRun, _step: StepPlan) -> bool:
        return free

    return Draft(batch=1, now=now, owner=OWNER, reserve=reserve, regain=reserve)


def told(
    hot: HotRun, message, draft: Draft | None = None, *, most: int = MOST_EVENTS, **cause
) -> Draft:
    """Tell a run in memory something, write what comes of it, and return the draft."""
    draft = draft or a_draft()
    made = advance(hot.plan, hot.run, message, draft.now, most=most)
    write(draft, hot, made.events, Cause(dump_message(message), **cause), more=made.more)
    return draft


def begun(plan: Plan, **options) -> HotRun:
    """Return a run that has started, its first attempts claimed."""
    hot = hot_run(plan, **options)
    told(hot, messages.Start())
    return hot


def reported(step: str, outcome: Outcome, visit: int = 1, attempt: int = 1) -> messages.Report:
    """Return the message that an attempt ended so."""
    return messages.Report(step, visit, attempt, outcome)


def done(hot: HotRun, step: str, outcome: Outcome, **result) -> Done:
    """Return what an executor says of an attempt."""
    work = Work(
        hot.run.id, hot.plan, hot.plan.step(step), step, 1, 1, 1, hot.context, None, lambda *_: {}
    )
    return Done(work, Result(outcome=outcome, **result), NOW - 2.0, NOW - 1.0, 0.5)


class TroubledStore(SqliteStore):
    """The real store, in which the next transactions end as the test says.

    `trouble` has one entry for each: None, or an error and when it comes: `before` anything was
    done, when all was `undone`, or `after` the commit took place.
    """

    def __init__(self, path):
        self.trouble = []
        self.transactions = 0
        super().__init__(path)

    @classmethod
    def quiet(cls) -> "TroubledStore":
        store = cls.in_memory()
        store.trouble, store.transactions = [], 0
        return store

    def then(self, *trouble: tuple[BaseException, str] | None) -> None:
        self.trouble.extend(trouble)

    def sibling(self) -> "TroubledStore":
        other = super().sibling()
        other.trouble, other.transactions = [], 0
        return other

    @contextmanager
    def transaction(self, *, wait: bool = True):
        self.transactions += 1
        error, when = (self.trouble.pop(0) if self.trouble else None) or (None, "")
        if when == "before":
            raise error
        with super().transaction(wait=wait) as open_:
            yield open_
            if when == "undone":
                raise error
        if when == "after":
            raise error
