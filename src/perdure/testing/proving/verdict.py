"""How a proof is told: in plain words, or as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from perdure.testing.proving.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofVerdict:
    """What came of a proof. `ok` if no history broke the workflow; shown as text it explains."""

    workflow: str
    histories: int
    finding: Finding | None = None
    seed: int | None = None
    mishaps: Sequence[str] = ()
    lines: Sequence[str] = field(default=(), repr=False)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return self.finding is None

    def __str__(self) -> str:
        """Return the verdict in plain words, a line for each thing."""
        if self.finding is None:
            count = "history" if self.histories == 1 else "histories"
            return f"{self.workflow}: {self.histories} {count}, nothing broken"
        said = [f"{self.workflow} is broken, found in history {self.histories}:"]
        said += ["", f"  {self.finding.kind.upper()}: {self.finding.message}", ""]
        if self.mishaps:
            said += ["  What went before it:", *(f"    - {each}" for each in self.mishaps), ""]
        else:
            said += ["  Nothing had gone wrong before it: this needs no crash.", ""]
        said += [f"  What to do: {self.finding.advice}", f"  To see it again: seed {self.seed}"]
        return "\n".join(said)

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as plain data."""
        found = self.finding
        return {
            "workflow": self.workflow,
            "ok": self.ok,
            "histories": self.histories,
            "seed": self.seed,
            "kind": found.kind if found else None,
            "message": found.message if found else None,
            "advice": found.advice if found else None,
            "mishaps": list(self.mishaps),
        }
