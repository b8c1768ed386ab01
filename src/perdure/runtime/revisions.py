"""Which revisions of workflows this process hosts, and which of them are current.

A changed shape under the same version is a new revision. The current one of a version is that which
was announced last among live processes, so a rollback wins by restarting, and a dead process's
never stays. Only who has the current revision works on runs of its version.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from perdure.authoring import plans
from perdure.authoring.registry import Registry
from perdure.kernel.plan import Plan, host_of
from perdure.ports.commit import Commit, Committed
from perdure.ports.revisions import Revision
from perdure.ports.rows import RevisionRow
from perdure.wire.encoding import encode

Version = tuple[str, str]
"""A workflow's name and a version of it."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What was announced: by which incarnation, which plan, and its rank."""

    worker: int
    plan: str
    rank: int
    bodies: str


class Revisions:
    """What one process hosts. `hosts` are what it may claim jobs for now.

    `are_due` says whether something is to be announced, `seen` is the last number of others. What
    it has not announced yet counts as current: it is announced with the next commit.
    """

    def __init__(self, registry: Registry) -> None:
        self.hosts: tuple[str, ...] = ()
        self.are_due = False
        self.seen = 0
        self._registry = registry
        self._generation = -1
        self._worker = -1
        self._own: dict[Version, Plan] = {}
        self._digests: dict[Version, Callable[[], Mapping[str, str]]] = {}
        self._texts: dict[Version, str] = {}
        self._current: frozenset[str] = frozenset()
        self._heirs: dict[Version, Plan] = {}
        self._regained: set[str] = set()  # hosts whose stranded runs are to be tried again
        self._told: dict[Version, _Told] = {}
        self._others: dict[Version, RevisionRow] = {}
        self._lock = threading.Lock()

    def refresh(self, worker: int) -> bool:
        """Look at what is hosted here, by which incarnation; whether that has changed."""
        generation = self._registry.generation
        if generation == self._generation and worker == self._worker:
            return False
        with self._lock:
            self._generation, self._worker = generation, worker
            flows = {
                (flow.plan.workflow, version): flow
                for flow in self._registry.code()
                for version in sorted({flow.plan.version, *flow.migrates})
            }
            self._own = {version: flow.plan for version, flow in flows.items()}
            self._digests = {version: flow.digests for version, flow in flows.items()}
            self._texts = {}
            self._compare()
        return True

    def has(self, plan: Plan) -> bool:
        """Whether this plan of a code workflow is hosted here, and current."""
        return plan.hash in self._current

    def heir(self, plan: Plan) -> Plan | None:
        """Return the current plan of a plan's version, if it is hosted here."""
        return self._heirs.get((plan.workflow, plan.version))

    def look(self, rows: Sequence[RevisionRow]) -> bool:
        """Take note of what live processes have announced; whether that changes what is current."""
        with self._lock:
            before = self.hosts
            self._others = {
                (row.workflow, row.version): row for row in rows if row.worker != self._worker
            }  # they come by rank: the last one stays
            self.seen = max((self.seen, *(row.n for row in rows)))
            self._compare()
            return self.hosts != before

    def announce(self, commit: Commit, stored: set[str], lanes: Iterable[str]) -> None:
        """Add to a commit what is to be announced, with the plans that are not `stored` yet.

        With it, runs on these lanes that did not fit an older revision are freed to be tried again.
        """
        with self._lock:
            for version, plan in self._own.items():
                if self._rank(version) is None:
                    told = self._told.get(version)
                    rank = told.rank if told is not None and told.plan == plan.hash else None
                    commit.revisions.append(
                        Revision(self._worker, *version, plan.hash, rank, self._bodies(version))
                    )
                    if plan.hash not in stored:
                        row = (plan.hash, plan.workflow, plan.version, plans.dump(plan))
                        commit.plans.append(row)
            commit.unstranded.extend(f"{lane}:{host}" for host in self._regained for lane in lanes)

    def announced(self, commit: Commit, committed: Committed) -> None:
        """Take note of what a commit has announced, and whose stranded runs it has freed."""
        with self._lock:
            for row, n in zip(commit.revisions, committed.revisions, strict=True):
                rank = n if row.rank is None else row.rank
                self._told[row.workflow, row.version] = _Told(
                    row.worker, row.plan, rank, row.bodies
                )
            self._regained -= {host.partition(":")[2] for host in commit.unstranded}
            self._compare()

    def _rank(self, version: Version) -> int | None:
        """Return the rank of what is announced; None if it is to be, or a body was changed since."""
        told = self._told.get(version)
        if told is None or (told.worker, told.plan) != (self._worker, self._own[version].hash):
            return None
        return told.rank if told.bodies == self._bodies(version) else None

    def _bodies(self, version: Version) -> str:
        """Return what tells the bodies of a version from others, as JSON text."""
        if version not in self._texts:
            self._texts[version] = encode(dict(self._digests[version]()))
        return self._texts[version]

    def _compare(self) -> None:
        heirs = {version: plan for version, plan in self._own.items() if self._wins(version)}
        for version, plan in heirs.items():
            if self._heirs.get(version) is not plan:
                self._regained.add(host_of(*version))
        self._heirs = heirs
        self._current = frozenset(
            plan.hash for (_, version), plan in heirs.items() if version == plan.version
        )
        self.hosts = (
            *sorted(host_of(*version) for version in heirs),
            *self._registry.graph_hosts(),
        )
        unknown = any(self._rank(version) is None for version in self._own)
        self.are_due = unknown or bool(self._regained)

    def _wins(self, version: Version) -> bool:
        other = self._others.get(version)
        if other is None or other.plan == self._own[version].hash:
            return True
        told = self._told.get(version)
        if told is None or told.plan != self._own[version].hash:
            return True  # it is announced with the next commit, and so after all others
        return told.rank > other.rank
