"""A run's progress as plain lines, for logs and pipes."""

from typing import Self

from rich.console import Console
from rich.text import Text

from perdure.cli import output
from perdure.cli.scene import Scene, visit_name
from perdure.cli.spans import moment
from perdure.kernel import history
from perdure.kernel.ways import named
from perdure.ports.rows import Loaded
from perdure.wire.spans import duration


class Lines:
    """A line for each thing that a reader of a log would want to know."""

    def __init__(self, scene: Scene, console: Console) -> None:
        self._scene = scene
        self._console = console

    def __enter__(self) -> Self:
        """Say which run it is."""
        self._print(self._scene.title)
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left to say."""

    def update(self, _loaded: Loaded, _now: float) -> None:
        """Print what has happened since."""
        happened = self._scene.look()
        rests = {
            (event.step, event.visit)
            for _, event in happened
            if isinstance(event, history.SleepBegun | history.WaitBegun)
        }
        for at, event in happened:
            if isinstance(event, history.StepSucceeded) and (event.step, event.visit) in rests:
                continue  # the next line says how it went on
            if line := self._line(at, event):
                self._print(f"  {output.indented(line, 4)}")

    def _print(self, line: str) -> None:
        self._console.print(Text(output.safe(line)), soft_wrap=True)

    def _line(self, at: float, event: history.Event) -> str:
        line = ""
        match event:
            case history.StepSucceeded(step, visit, attempt):
                line = self._completed(step, visit, attempt, at)
            case history.AttemptFailed(step, visit, attempt, kind, error):
                line = f"{visit_name(step, visit)}: attempt {attempt} failed, {kind}: {error}"
            case history.StepScheduled(step, visit, attempt, due) if attempt > 1:
                after = f" in {duration(due - at)}" if due > at else ""
                line = f"{visit_name(step, visit)}: attempt {attempt} follows{after}"
            case history.StepFailed(step, visit, attempt, kind, error):
                line = f"{visit_name(step, visit)}: failed at attempt {attempt}, {kind}: {error}"
            case history.StepSkipped(step, broken):
                line = f"{step}: skipped" + (", for what it needs has failed" if broken else "")
            case history.SleepBegun(step, visit, due):
                line = f"{visit_name(step, visit)}: sleeps until {moment(due)}"
            case history.WaitBegun(step, visit, _, _, until):
                end = f" until {moment(until)}" if until is not None else ""
                line = f"{visit_name(step, visit)}: waits for {named(event.ways)}{end}"
            case history.SignalTaken(step, visit, _, name, kind):
                line = f"{visit_name(step, visit)}: {kind} {name!r} came"
            case history.RunPaused():
                line = "the run is paused"
            case history.CancelRequested():
                line = "the run is being cancelled"
            case _:
                line = _of_unknown(at, event)
        return line

    def _completed(self, step: str, visit: int, attempt: int, at: float) -> str:
        entry = self._scene.progress.visit(step, visit)
        took = f" in {duration((entry.ended_at or at) - entry.begun_at)}" if entry else ""
        model = self._scene.models.get(step)
        by = f" by {model}" if model else ""
        tries = f", at attempt {attempt}" if attempt > 1 else ""
        return f"{visit_name(step, visit)}: completed{took}{by}{tries}"


def _of_unknown(at: float, event: history.Event) -> str:
    """Say what concerns an outcome that nobody knows; nothing of what a log can do without."""
    match event:
        case history.OutcomeUnknown(step, visit, attempt, kind, error):
            line = f"nobody knows what attempt {attempt} has done, {kind}: {error}"
        case history.OutcomeSettled(step, visit, _, outcome):
            line = f"settled, {outcome.replace('_', ' ')}"
        case history.VerifyScheduled(step, visit, _, due):
            after = f" in {duration(due - at)}" if due > at else ""
            line = f"it is asked what was done{after}"
        case _:
            return ""
    return f"{visit_name(step, visit)}: {line}"
