"""What must hold after every kill: no committed step is lost, and none is run again."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from perdure.kernel import history
from perdure.ports.rows import RunFilter
from perdure.runtime.records import load_events
from perdure.stores.sqlite import SqliteStore
from perdure.wire.encoding import decode
from tests.crash.flows import CHAIN, WIDE

Visit = tuple[str, int]

STEPS = {"chain": {*CHAIN}, "web": {"top", "end", *(f"w{number}" for number in range(WIDE))}}
EVERYTHING = RunFilter(limit=10_000_000)


@dataclass
class Witness:
    """Looks at a store from another process, between the lives of those that write it.

    `seen` are the committed results by run, as they were at the last look.
    """

    store: SqliteStore
    journal: Path
    seen: dict[str, dict[Visit, str | None]] = field(default_factory=dict)
    begun: int = 0
    nonces: set[str] = field(default_factory=set)
    started: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    _open: set[str] = field(default_factory=set)
    _place: int = 0

    def look(self) -> None:
        """Hear what began since the last look, then see what is committed by now.

        What begins while one looks may be committed as well before one has seen its run, so that
        proves nothing: it is heard and not judged.
        """
        self.repeated += [line for line in self._begins() if self._was_committed(line)]
        live = {row.id for row in self.store.find(RunFilter(live=True, limit=100_000))}
        for run in self._open | live:
            self._see(run)
        self._open = live
        self._begins()

    def look_at_all(self) -> None:
        """Look at the runs that have ended, too."""
        self._open = {row.id for row in self.store.find(EVERYTHING)}
        self.look()

    @property
    def cut_off(self) -> int:
        """How many attempts began and came to no committed result."""
        return self.begun - sum(map(len, self.seen.values()))

    def _begins(self) -> list[str]:
        """Return the lines of attempts that have begun since one asked last."""
        begins = []
        for line in self._lines():
            kind, run, *words = line.split()
            if kind == "started":
                self.started.append(run)
            else:
                self.nonces.add(words[-1])
                begins.append(line)
        self.begun += len(begins)
        return begins

    def _was_committed(self, line: str) -> bool:
        _, run, step, visit, *_ = line.split()
        return (step, int(visit)) in self.seen.get(run, ())

    def _lines(self) -> list[str]:
        if not self.journal.exists():
            return []
        with self.journal.open("rb") as file:
            file.seek(self._place)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._place += len(whole)
        return whole.decode().splitlines()

    def _see(self, run: str) -> None:
        there = self._committed(run)
        for visit, output in self.seen.get(run, {}).items():
            if there.get(visit) != output:
                self.lost.append(f"{run} {visit}")
        self.seen[run] = there

    def _committed(self, run: str) -> dict[Visit, str | None]:
        rows = [row for row in self.store.steps(run) if row.status == "completed"]
        twice = [visit for visit, n in Counter((r.step, r.visit) for r in rows).items() if n > 1]
        self.repeated += [f"{run} {visit} has two results" for visit in twice]
        return {(row.step, row.visit): row.output for row in rows}

    # -- at the end --------------------------------------------------------------------------
    def live(self) -> int:
        """Return how many runs have not ended."""
        return len(self.store.find(RunFilter(live=True, limit=100_000)))

    def judge(self) -> list[str]:
        """Return what is wrong with the runs, all of which should have completed by now."""
        self.look_at_all()
        wrong = [
            f"{run} was started and is not there" for run in self.started if run not in self.seen
        ]
        for row in self.store.find(EVERYTHING):
            wrong += [
                f"{row.id}: {what}" for what in self._faults(row.id, row.workflow, row.status)
            ]
        return wrong

    def _faults(self, run: str, workflow: str, status: str) -> list[str]:
        faults = [] if status == "completed" else [f"it is {status}"]
        steps = [step for step, _ in self.seen[run]]
        if sorted(steps) != sorted(STEPS[workflow]):
            faults.append(f"its steps were {steps}")
        if any(decode(output or '""') not in self.nonces for output in self.seen[run].values()):
            faults.append("it has a result that no step gave")
        rows = self.store.history(run)
        if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
            faults.append("its history has a gap")
        ends = [
            e for row in rows for e in load_events(row.events) if isinstance(e, history.ENDINGS)
        ]
        if len(ends) != 1:
            faults.append(f"it ended {len(ends)} times")
        if workflow == "chain":
            came = decode(self.store.load([run])[run].context).get("came")
            if came != [f"{step}#1" for step in CHAIN]:
                faults.append(f"its context says that it came by {came}")
        return faults
