"""Many histories: what they were, what they met, and which of them broke something."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from perdure.testing.simulation.history import Verdict, simulate
from perdure.testing.simulation.workload import MakeWorkload, random_workload


@dataclass(slots=True)
class Campaign:
    """The sum of many verdicts."""

    histories: int = 0
    transactions: int = 0
    virtual_seconds: float = 0.0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[Verdict] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Add one history."""
        self.histories += 1
        self.transactions += verdict.transactions
        self.virtual_seconds += verdict.seconds
        self.counts.update(verdict.counts.keys())
        if verdict.violation is not None:
            self.violations.append(verdict)

    def lines(self) -> list[str]:
        """Return the report, a line for each thing worth knowing."""
        rate = self.histories / self.seconds if self.seconds else 0.0
        days = self.virtual_seconds / 86_400
        length = f"{self.transactions} transactions, {days:.1f} virtual days"
        made = [f"{self.histories} histories, {length} in {self.seconds:.1f} s ({rate:.0f}/s)"]
        width = max(map(len, self.counts), default=0)
        made += [f"  {what:<{width}}  {count}" for what, count in sorted(self.counts.items())]
        made += [f"VIOLATION seed {v.seed}: {v.violation}" for v in self.violations]
        if not self.violations and self.histories:
            made.append(f"no violation (95 % bound: {3 / self.histories:.1e} per history)")
        return made


def campaign(
    seeds: Iterable[int], workload: MakeWorkload = random_workload, *, most_violations: int = 10
) -> Campaign:
    """Live through the histories of these seeds; stop early where too many break something."""
    total = Campaign()
    began = time.perf_counter()
    for seed in seeds:
        total.add(simulate(seed, workload))
        if len(total.violations) >= most_violations:
            break
    total.seconds = time.perf_counter() - began
    return total
