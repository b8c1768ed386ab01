"""Holds runs that go by other code, and who works on them, to what must be true."""

from collections.abc import Callable, Mapping, Sequence

from perdure.authoring.registry import Registry
from perdure.kernel import history
from perdure.kernel.plan import Plan, PlanKind
from perdure.ports.claims import Claim, Claimed
from perdure.ports.commit import Commit, Committed
from perdure.ports.events import SIGN
from perdure.ports.executor import Work
from perdure.ports.rows import Loaded
from perdure.ports.store import Store
from perdure.testing.simulation.releases import MOVED
from perdure.testing.simulation.scripts import Script
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation, World
from perdure.wire.encoding import decode

Scripts = Mapping[str, Mapping[str, Script]]


class RevisionRules:
    """Knows which claims were trials. `plans` gives a plan by its hash, `scripts` what steps do."""

    def __init__(
        self, store: Store, world: World, plans: Callable[[str], Plan], scripts: Scripts
    ) -> None:
        self._store = store
        self._world = world
        self._plans = plans
        self._scripts = scripts
        self._tried: set[tuple[str, str, int, int, int]] = set()
        self.have_releases = False

    def tries(self, work: Work) -> None:
        """Note that a claim is a trial of a run's context."""
        self._tried.add((work.run, work.path, work.visit, work.attempt, work.token))

    def begins(self, track: Track, work: Work, hosts: Registry | None) -> None:
        """Hold an attempt of code to the plan that its run has, and its process hosts."""
        if work.plan.kind is not PlanKind.MACHINE:
            return
        if work.plan.hash != track.plan.hash:
            raise track.broken("revision", f"{work.path} begins by another plan than the run's")
        flow = hosts.find(work.plan.workflow) if hosts is not None else None
        if flow is not None and flow.plan.hash != work.plan.hash:
            raise track.broken("revision", f"{work.path} begins by other code than its process has")

    def happened(self, track: Track, events: Sequence[history.Event]) -> None:
        """Hold an adoption, or a run that is stranded, to the trial of its newest claim."""
        for event in events:
            if not isinstance(event, history.PlanAdopted | history.RunStranded):
                continue
            token, attempt, owner = track.tokens.get((event.step, event.visit), (0, 0, None))
            claim = (track.id, event.step, event.visit, attempt, token)
            if owner is None or claim not in self._tried:
                raise track.broken("revision", f"{event}, and the newest claim {claim} is no trial")

    def stands(self, track: Track, loaded: Loaded) -> None:
        """Hold a run's row to the plan that it has adopted, and jobs to being stranded or not."""
        row = loaded.row
        if (row.plan, row.version) != (track.plan.hash, track.plan.version):
            raise track.broken("revision", f"its row says {row.plan}, not {track.plan.hash}")
        for job in loaded.jobs:
            if job.stranded and job.owner is not None:
                raise track.broken("revision", f"{job} is stranded, and claimed")
        if track.plan.kind is PlanKind.MACHINE and self.have_releases:
            self._moved(track, decode(loaded.context).get(MOVED, 0))

    def _moved(self, track: Track, times: int) -> None:
        """Hold a context to having been moved once where its run goes by the next version.

        Not where the run went back to before that, or where an event has started it: then its
        context is made when it begins. Nor where a transactional step was committed by the older
        code, and died before it could say so: what it came to then has the context of then.
        """
        is_next = track.plan.version != track.first.version
        brought = any((row.payload or "").startswith(SIGN) for row in track.inbox.values())
        scripts = self._scripts.get(track.plan.workflow, {})
        writes = any(script.transactional for script in scripts.values())
        excused = track.earlier.rewound or track.source is not None or brought or writes
        if times > is_next or (times < is_next and not excused):
            raise track.broken(
                "revision", f"its context was moved {times} times: {track.plan.host}"
            )

    def committed(self, commit: Commit, committed: Committed) -> None:
        """Hold adoptions to their fences, and claims to what is current. Raises Violation."""
        fenced = {gone.run for gone in commit.jobs_gone if gone.token is not None}
        for adopted in commit.adopted:
            if adopted.run in committed.moved and adopted.run not in fenced:
                raise Violation("revision", f"{adopted}, and not under the token of a trial")
        self._claimed(commit.claim, committed.claimed)

    def _claimed(self, claim: Claim | None, jobs: Sequence[Claimed]) -> None:
        """Hold claims of code to who has announced the current revision.

        Not where the newest that the claimer has seen is gone: a death is no announcement, and who
        was current beside the dead learns of it when it looks again.
        """
        if claim is None or not jobs or not self.have_releases:
            return
        rows = self._store.revisions()
        if rows and claim.seen > max(row.n for row in rows):
            return
        current = {(row.workflow, row.version): row for row in rows}
        own = {(row.workflow, row.version): row for row in rows if row.worker == claim.owner}
        for job in jobs:
            plan = self._plans(job.plan)
            of = (plan.workflow, plan.version)
            if of in own and own[of].plan != current[of].plan:
                raise Violation("revision", f"{own[of]} claims {job}, and {current[of]} is current")
