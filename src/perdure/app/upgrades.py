"""What a deploy of this process's code would mean for the live runs of a store.

It is the test that a worker makes before it lets a run go on by other code, made of every live run.
It calls the code's validators and `migrate` functions, and writes nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from perdure.app.clock import SystemClock
from perdure.app.shown import plan_of
from perdure.authoring.registry import Workflow
from perdure.authoring.steps.digests import is_changed
from perdure.executors.invoke import invoke
from perdure.kernel.adopting import ahead, misfits, missing
from perdure.kernel.directives import Failed
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Run
from perdure.ports.events import SIGN
from perdure.ports.executor import Work
from perdure.ports.rows import Loaded, RunFilter
from perdure.ports.store import Store
from perdure.runtime.hotrun import restore
from perdure.runtime.trials import TrialBody
from perdure.wire.encoding import decode

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Stranded:
    """Runs that cannot go on by the code: why, and what to write so that they can."""

    why: str
    remedy: str
    runs: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Upgrade:
    """What becomes of the live runs of one version of a workflow.

    `code` is the version that the code has, `same` whether all these runs began by its very shape.
    `changed` counts the runs that may still come to a step whose body is another one now, by step;
    None if that is not known.
    """

    workflow: str
    version: str
    code: str
    same: bool = True
    safe: int = 0
    migration: int = 0
    stranded: list[Stranded] = field(default_factory=list)
    changed: dict[str, int] | None = None

    @property
    def stuck(self) -> int:
        """How many runs would be stranded."""
        return sum(len(each.runs) for each in self.stranded)


@dataclass(frozen=True, slots=True)
class UpgradePlan:
    """What a deploy would mean: by workflow and version, and the live runs of other workflows."""

    upgrades: tuple[Upgrade, ...]
    others: Mapping[str, int]

    @property
    def is_safe(self) -> bool:
        """Whether every live run would go on."""
        return not any(upgrade.stranded for upgrade in self.upgrades)


def plan_upgrade(store: Store, flows: Collection[Workflow]) -> UpgradePlan:
    """Return what it would mean for the live runs if these workflows were all that is deployed."""
    code = {flow.name: flow for flow in flows if flow.plan.kind is PlanKind.MACHINE}
    found: dict[tuple[str, str], _Version] = {}
    plans: dict[str, Plan] = {}
    others: Counter[str] = Counter()
    for loaded in _live(store):
        if (plan := plans.get(loaded.row.plan)) is None:
            plan = plans[loaded.row.plan] = plan_of(store, loaded)
        if plan.kind is not PlanKind.MACHINE:
            continue  # a definition's run stays by its own
        if (flow := code.get(plan.workflow)) is None:
            others[plan.workflow] += 1
            continue
        key = (plan.workflow, plan.version)
        if key not in found:
            found[key] = _Version(flow, plan.version, _bodies(store, *key))
        found[key].take(loaded, plan)
    return UpgradePlan(tuple(found[key].upgrade for key in sorted(found)), dict(others))


def _live(store: Store) -> Iterator[Loaded]:
    """Yield the live runs, newest first."""
    last: str | None = None
    while rows := store.find(RunFilter(live=True, before=last, limit=AT_ONCE)):
        last = rows[-1].id
        yield from store.load([row.id for row in rows]).values()


def _bodies(store: Store, workflow: str, version: str) -> Mapping[str, str]:
    """Return the digests of the bodies that runs of a version were worked on by last."""
    current = {row.version: row for row in store.current_revisions(workflow)}
    return decode(current[version].bodies) if version in current else {}


class _Version:
    """Judges the live runs of one version of a workflow."""

    def __init__(self, flow: Workflow, version: str, before: Mapping[str, str]) -> None:
        self._flow = flow
        self._changes = _changes(flow.plan, before, flow.digests())
        self._stranded: dict[tuple[str, str], Stranded] = {}
        self.upgrade = Upgrade(workflow=flow.name, version=version, code=flow.plan.version)
        if self._changes is not None:
            self.upgrade.changed = {}

    def take(self, loaded: Loaded, plan: Plan) -> None:
        """Add what becomes of a run."""
        run = restore(loaded, plan).run
        if self.upgrade.changed is not None:
            for name in ahead(self._flow.plan, run):
                if name in (self._changes or ()):
                    self.upgrade.changed[name] = self.upgrade.changed.get(name, 0) + 1
        if plan.hash == self._flow.plan.hash:
            self.upgrade.safe += 1
            return
        self.upgrade.same = False
        if (wrong := self._wrong(loaded, plan, run)) is not None:
            self._strand(*wrong, run.id)
        elif plan.version in self._flow.migrates:
            self.upgrade.migration += 1
        else:
            self.upgrade.safe += 1

    def _wrong(self, loaded: Loaded, plan: Plan, run: Run) -> tuple[str, str] | None:
        """Return why a run cannot go on by the code, and the remedy; None if it can."""
        flow, wanted = self._flow, self._flow.plan
        if plan.version not in (wanted.version, *flow.migrates):
            why = f"it is of version {plan.version!r}, and the code is version {wanted.version!r}"
            return why, f"{self._migrate()}, or keep a worker that has the older code"
        if found := misfits(plan, wanted, run):
            return "; ".join(found), _remedy(plan, wanted, missing(wanted, run))
        done = invoke(_trial(flow, loaded), _work(flow, loaded, plan), SystemClock())
        if isinstance(outcome := done.result.outcome, Failed):
            return outcome.error, f"give what is new a default, or write {self._migrate()}"
        return None

    def _migrate(self) -> str:
        wanted = self._flow.plan
        said = f"{wanted.workflow!r}, version={wanted.version!r}"
        return f"@workflow({said}, migrate={{{self.upgrade.version!r}: function}})"

    def _strand(self, why: str, remedy: str, run: str) -> None:
        if (why, remedy) not in self._stranded:
            self._stranded[why, remedy] = Stranded(why, remedy)
            self.upgrade.stranded.append(self._stranded[why, remedy])
        self._stranded[why, remedy].runs.append(run)


def _changes(plan: Plan, before: Mapping[str, str], now: Mapping[str, str]) -> set[str] | None:
    """Return the steps whose bodies are others than before; None if that is not known."""
    if not before or not now:
        return None
    changes = set()
    for step in plan.steps:
        old = next((before[name] for name in (step.name, *step.formerly) if name in before), None)
        changed = False if old is None else is_changed(old, now[step.name])
        if changed is None:
            return None
        if changed:
            changes.add(step.name)
    return changes


def _remedy(plan: Plan, wanted: Plan, gone: Iterable[str]) -> str:
    """Return what to write for steps that are not there any more."""
    known = set(plan.index)
    new = [step.name for step in wanted.steps if known.isdisjoint((step.name, *step.formerly))]
    said = []
    for name in gone:
        first = [wanted.start] if name == plan.start and wanted.start in new else []
        said.append(
            _former(name, first or (new if len(new) == 1 else get_close_matches(name, new)))
        )
    return "; ".join(said) or "put the steps back as they were"


def _former(name: str, near: Sequence[str | None]) -> str:
    where = repr(near[0]) if near else "the step that does its work now"
    return f"put step {name!r} back, or write @step(formerly={name!r}) above {where}"


def _trial(flow: Workflow, loaded: Loaded) -> TrialBody:
    """Return the trial of a run's context; one that an event starts makes it at its first step."""
    payloads = [job.payload for job in loaded.jobs if job.payload is not None]
    return TrialBody(flow, has_context=not any(each.startswith(SIGN) for each in payloads))


def _work(flow: Workflow, loaded: Loaded, plan: Plan) -> Work:
    step = flow.plan.steps[0]
    return Work(
        loaded.row.id, plan, step, step.name, 0, 0, 0, loaded.context, None,
        lambda _run, _steps: {},
    )  # fmt: skip
