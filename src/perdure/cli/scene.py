"""What there is to show of a run that is being watched, in whatever form."""

from perdure.app.progress import Happened, Progress
from perdure.app.shown import plan_of
from perdure.cli import output
from perdure.kernel import history
from perdure.kernel.plan import Plan
from perdure.ports.commit import StepEnded
from perdure.ports.rows import Loaded
from perdure.ports.store import Store
from perdure.wire.encoding import decode

MOST_READ = 300
"""Up to so many ended visits, they are read whole when one more has ended."""


class Scene:
    """A run, what its steps are doing, and which models answered."""

    def __init__(self, store: Store, loaded: Loaded) -> None:
        self._store = store
        self.run = loaded.row.id
        self.plan: Plan = plan_of(store, loaded)
        self.progress = Progress(store, self.run)
        self.models: dict[str, str] = {}

    @property
    def title(self) -> str:
        """The run's id and workflow."""
        return f"run {self.run} of {self.plan.workflow} {self.plan.version}"

    def look(self) -> list[Happened]:
        """Take in what happened; of a run of moderate length also exact times, and who answered."""
        happened = self.progress.look()
        ended = any(isinstance(e, history.StepSucceeded | history.StepFailed) for _, e in happened)
        if ended and self.progress.counts.total() <= MOST_READ:
            for row in self._store.steps(self.run):
                self._learn(row)
        return happened

    def _learn(self, row: StepEnded) -> None:
        visit = self.progress.visit(row.step, row.visit)
        if visit is not None and row.started_at is not None:
            visit.begun_at, visit.ended_at = row.started_at, row.ended_at
        if row.meta is not None and (model := answered(decode(row.meta))):
            self.models[row.step] = model


def answered(meta: dict[str, object]) -> str:
    """Return which model answered, and which one was asked if it is another; else nothing."""
    used, asked = meta.get("model_used"), meta.get("model")
    if not used:
        return ""
    return f"{used}" if used == asked or not asked else f"{used} (for {asked})"


def told_progress(progress: float | None, detail: object) -> str:
    """Return what a heartbeat told: how far the step is, and the detail."""
    share = f"{progress:.0%}" if progress is not None else ""
    told = "" if detail is None else detail if isinstance(detail, str) else output.compact(detail)
    return output.safe(": ".join(part for part in (share, told) if part)).replace("\n", " ")


def visit_name(step: str, visit: int) -> str:
    """Return what a visit is called: the step, with a number from the second visit on."""
    return step if visit < 2 else f"{step} #{visit}"
