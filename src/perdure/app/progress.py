"""What a run's steps are doing, folded from its history as it grows.

Only what is new is read, and no values: a run of many thousand visits is followed at the cost of
what changes. `shown` has the whole picture of a run, with times and results.
"""

from collections import Counter
from dataclasses import dataclass, field

from perdure.kernel import history
from perdure.kernel.ways import named
from perdure.ports.store import Store
from perdure.runtime.records import load_events

PAGE = 1000
MOST_ENDED = 200
"""How many ended visits of a machine are kept; a graph's are all, one for each step."""

Happened = tuple[float, history.Event]
"""When it was recorded, and what."""


@dataclass(slots=True)
class VisitNow:
    """One visit, as far as it has come.

    `state` is scheduled, sleeping, waiting, outcome_unknown, completed, failed, skipped or stopped.
    `begun_at` is when its attempt could begin, `ended_at` when its work had ended, `due` when it
    goes on by itself. `signal` is what it waits for, `awaits` all of it in words, `error` the kind
    and text of the last failure.
    """

    step: str
    visit: int
    state: str = field(kw_only=True)
    begun_at: float = field(kw_only=True)
    attempt: int = field(default=0, kw_only=True)
    ended_at: float | None = field(default=None, kw_only=True)
    due: float | None = field(default=None, kw_only=True)
    signal: str | None = field(default=None, kw_only=True)
    awaits: str = field(default="", kw_only=True)
    error: tuple[str, str] | None = field(default=None, kw_only=True)

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.state in ("scheduled", "sleeping", "waiting", "outcome_unknown")


class Progress:
    """Follows one run. `look` brings it up to date; it never goes back."""

    def __init__(self, store: Store, run: str) -> None:
        self._store = store
        self._run = run
        self._seq = 0
        self._visits: dict[tuple[str, int], VisitNow] = {}
        self.counts: Counter[str] = Counter()
        """How many visits have ended in each state."""

    def look(self) -> list[Happened]:
        """Read what has been recorded since the last look, take it in, and return it."""
        new: list[Happened] = []
        while True:
            page = self._store.history(self._run, self._seq, PAGE)
            for written in page:
                self._seq = written.seq
                for event in load_events(written.events):
                    self._take(event, written.at)
                    new.append((written.at, event))
            if len(page) < PAGE:
                self._forget()
                return new

    def visits(self) -> list[VisitNow]:
        """Return the visits in the order in which they began, the older of the ended ones left out."""
        return list(self._visits.values())

    def latest(self) -> dict[str, VisitNow]:
        """Return the last visit of each step."""
        return {visit.step: visit for visit in self._visits.values()}

    def visit(self, step: str, number: int) -> VisitNow | None:
        """Return a visit, unless it ended long ago."""
        return self._visits.get((step, number))

    def _forget(self) -> None:
        ended = [key for key, visit in self._visits.items() if not visit.is_open]
        latest = {(visit.step, visit.visit) for visit in self.latest().values()}
        for key in ended[: max(len(ended) - MOST_ENDED, 0)]:
            if key not in latest:
                del self._visits[key]

    def _take(self, event: history.Event, at: float) -> None:
        match event:
            case history.StepScheduled(step, visit, attempt, due) | history.VerifyScheduled(
                step, visit, attempt, due
            ):
                self._schedule(step, visit, attempt, max(due, at))
            case history.StepSucceeded(step, visit):
                self._end(step, visit, "completed", at)
            case history.AttemptFailed(step, visit, _, kind, error):
                self._get(step, visit, at).error = (kind, error)
            case history.StepFailed(step, visit, _, kind, error):
                self._get(step, visit, at).error = (kind, error)
                self._end(step, visit, "failed", at)
            case history.StepSkipped(step):
                self._end(step, 0, "skipped", at)
            case history.AttemptStopped(step, visit):
                self._end(step, visit, "stopped", at)
            case _:
                self._rest(event, at)

    def _rest(self, event: history.Event, at: float) -> None:
        """Take in what concerns a visit whose work has ended, and which sleeps or waits."""
        match event:
            case history.OutcomeUnknown(step, visit, _, kind, error):
                now = self._get(step, visit, at)
                now.state, now.due, now.error = "outcome_unknown", None, (kind, error)
            case history.SleepBegun(step, visit, due):
                now = self._reopen(step, visit, "sleeping", at)
                now.due = due
            case history.WaitBegun(step, visit, name, _, due):
                now = self._reopen(step, visit, "waiting", at)
                now.due, now.signal, now.awaits = due, name, named(event.ways)
            case history.SignalTaken(step, visit):
                self._close(step, visit, at)
            case history.TimerEnded(step, visit, "sleep" | "wait", True):
                self._close(step, visit, at)
            case history.TimerEnded(step, visit, "sleep", False):
                self._end(step, visit, "stopped", at)
            case _:
                return

    def _get(self, step: str, visit: int, at: float) -> VisitNow:
        made = VisitNow(step, visit, state="scheduled", begun_at=at)
        return self._visits.setdefault((step, visit), made)

    def _schedule(self, step: str, visit: int, attempt: int, due: float) -> None:
        now = self._get(step, visit, due)
        now.state = "scheduled"
        now.attempt, now.begun_at, now.due = attempt, due, due

    def _end(self, step: str, visit: int, state: str, at: float) -> None:
        now = self._get(step, visit, at)
        now.state, now.due = state, None
        now.ended_at = now.ended_at if now.ended_at is not None else at
        self.counts[state] += 1

    def _reopen(self, step: str, visit: int, state: str, at: float) -> VisitNow:
        now = self._get(step, visit, at)
        if now.state == "completed":
            self.counts["completed"] -= 1
        now.state = state
        return now

    def _close(self, step: str, visit: int, at: float) -> None:
        now = self._get(step, visit, at)
        if now.is_open:
            now.due = None
            self._end(step, visit, "completed", at)
