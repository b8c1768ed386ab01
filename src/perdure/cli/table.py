"""A run's progress as a table that is drawn anew in place, for terminals."""

from collections.abc import Iterator
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from perdure.app.progress import VisitNow
from perdure.cli import output
from perdure.cli.columns import Cell, lay_out
from perdure.cli.scene import Scene, told_progress, visit_name
from perdure.cli.spans import moment
from perdure.kernel.plan import PlanKind
from perdure.ports.rows import Loaded
from perdure.wire.encoding import decode
from perdure.wire.spans import duration

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
ASCII_SPINNER = "|/-\\"
SIGNS = {"completed": "✓", "failed": "✗", "waiting": "…", "sleeping": "…", "stopped": "■"}
ASCII_SIGNS = {"completed": "+", "failed": "x", "waiting": "~", "sleeping": "~", "stopped": "#"}
LEAST_ROWS = 5
ROUND = 5
"""The lines around the rows: the title, two that count, what was typed, and one to spare."""


class LiveTable:
    """A table of the steps, drawn anew in place until the run ends."""

    def __init__(self, scene: Scene, console: Console) -> None:
        self._scene = scene
        self._console = console
        self._live = Live(console=console, auto_refresh=False, vertical_overflow="crop")
        self._frame = 0
        self._seen: dict[tuple[str, int, int], float] = {}
        self._said: dict[str, str] = {}
        self._utf = console.encoding.lower().startswith("utf")

    def __enter__(self) -> Self:
        """Hide the cursor and begin."""
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the last table, and give the cursor back."""
        self._live.stop()

    def update(self, loaded: Loaded, now: float) -> None:
        """Draw the run as it stands."""
        self._scene.look()
        self._frame += 1
        self._live.update(self.render(loaded, now), refresh=True)

    def render(self, loaded: Loaded, now: float) -> RenderableType:
        """Return the table of this moment."""
        owned = self._owned(loaded, now)
        rows = list(self._rows())
        room = max(self._console.height - ROUND, LEAST_ROWS)
        cells = [self._cells(name, visit, owned, now) for name, visit in _fitting(rows, room)]
        lines = [Text(output.safe(self._scene.title), style="bold")]
        if (earlier := self._ended_before()) > 0:
            lines.append(Text(f"  after {earlier} earlier visits", style="dim"))
        lines += lay_out(cells, (3, 0), self._console.width)
        if (left := len(rows) - room) > 0:
            lines.append(Text(f"  and {left} more", style="dim"))
        for line in lines:
            line.truncate(self._console.width, overflow="ellipsis")
        return Group(*lines)

    def _owned(self, loaded: Loaded, now: float) -> dict[str, float]:
        """Return the steps that are being worked on, and when that was seen first."""
        claimed = [job for job in loaded.jobs if job.owner is not None]
        keys = {job.step: (job.step, job.visit, job.attempt) for job in claimed}
        self._seen = {key: self._seen.get(key, now) for key in keys.values()}
        self._said = {
            job.step: told_progress(job.progress, decode(job.detail) if job.detail else None)
            for job in claimed
        }
        return {step: self._seen[key] for step, key in keys.items()}

    def _rows(self) -> Iterator[tuple[str, VisitNow | None]]:
        """Yield a graph's steps in its order, or a machine's visits as they came."""
        scene = self._scene
        if scene.plan.kind is PlanKind.GRAPH:
            latest = scene.progress.latest()
            for step in scene.plan.steps:
                yield step.name, latest.get(step.name)
        else:
            for visit in scene.progress.visits():
                yield visit_name(visit.step, visit.visit), visit

    def _ended_before(self) -> int:
        scene = self._scene
        if scene.plan.kind is PlanKind.GRAPH:
            return 0
        kept = sum(not visit.is_open for visit in scene.progress.visits())
        return scene.progress.counts.total() - kept

    def _cells(
        self, name: str, visit: VisitNow | None, owned: dict[str, float], now: float
    ) -> tuple[Cell, ...]:
        status = _status(visit, owned)
        sign = Text(self._sign(status), style=output.STYLES.get(status, ""))
        label = Text.assemble(sign, " ", output.safe(name))
        time = _time(visit, status, owned, now)
        return label, output.status(status), time, self._detail(visit, now)

    def _sign(self, status: str) -> str:
        if status == "running":
            return SPINNER[self._frame % len(SPINNER)] if self._utf else "|/-\\"[self._frame % 4]
        return (SIGNS if self._utf else ASCII_SIGNS).get(status, "·" if self._utf else ".")

    def _detail(self, visit: VisitNow | None, now: float) -> Text:
        if visit is None:
            return Text("")
        parts = []
        if visit.attempt > 1:
            parts.append(f"attempt {visit.attempt}")
        if model := self._scene.models.get(visit.step):
            parts.append(f"by {model}")
        if said := self._said.get(visit.step):
            parts.append(said)
        if visit.state == "waiting":
            parts.append(f"for {visit.awaits}")
        if visit.due is not None and visit.due > now and visit.state != "scheduled":
            parts.append(f"until {moment(visit.due)}")
        if visit.error is not None and visit.state != "completed":
            parts.append(f"{visit.error[0]}: {visit.error[1]}")
        return Text(output.safe(", ".join(parts)).replace("\n", " "), style="dim")


def _fitting(
    rows: list[tuple[str, VisitNow | None]], room: int
) -> list[tuple[str, VisitNow | None]]:
    """Return the rows that there is room for: what is open and what came last, in their order."""
    if len(rows) <= room:
        return rows
    ranked = sorted(range(len(rows)), key=lambda number: _rank(number, rows[number][1]))
    return [rows[number] for number in sorted(ranked[:room])]


def _rank(number: int, visit: VisitNow | None) -> tuple[int, float]:
    if visit is None:
        return (2, number)
    if visit.is_open or visit.state == "failed":
        return (0, number)
    return (1, -(visit.ended_at or 0.0))


def _status(visit: VisitNow | None, owned: dict[str, float]) -> str:
    if visit is None:
        return "pending"
    if visit.state != "scheduled":
        return visit.state
    if visit.step in owned:
        return "running"
    return "retrying" if visit.attempt > 1 else "queued"


def _time(visit: VisitNow | None, status: str, owned: dict[str, float], now: float) -> str:
    if visit is None or status in ("queued", "skipped"):
        return ""
    if status == "running":
        return duration(now - owned[visit.step])
    if status == "retrying" and visit.due is not None:
        return f"in {duration(visit.due - now)}" if visit.due > now else ""
    end = visit.ended_at if visit.ended_at is not None else now
    return duration(end - visit.begun_at)
