"""Given a history, when something happens, then that follows: where a workflow leads, without code.

No step runs: the story tells what its steps returned or raised, and the kernel says what becomes of
the run. So each turn that a run can take is a line of a test, the unlikely ones, too.

    story = given(Order).returned(wait.for_signal("payment", timeout=DAY, on_timeout="give_up"))

    story.passed(days=2)

    assert story.at == "give_up"
"""

from datetime import timedelta
from typing import Self

from perdure.app.virtual import START
from perdure.authoring.registry import Workflow
from perdure.authoring.steps.directives import Directive
from perdure.authoring.steps.spans import Span, seconds_of
from perdure.errors import PerdureError
from perdure.executors.invoke import failure
from perdure.kernel import history, messages
from perdure.kernel.advance import advance
from perdure.kernel.directives import Outcome
from perdure.kernel.run import Attempt, Run, Sleeping, Status, Waiting
from perdure.testing.single import body_of, workflow_of


class StoryError(PerdureError):
    """A story tells something that cannot happen now."""


def given(workflow: type | Workflow) -> "Story":
    """Begin a story: a run of this class was started, and is at its first step."""
    return Story(workflow)


class Story:
    """What happened to one run. What is told is checked: only an open step can return."""

    def __init__(self, workflow: type | Workflow) -> None:
        self.flow = workflow if isinstance(workflow, Workflow) else workflow_of(workflow)
        self.now = START
        self.events: list[history.Event] = []
        self.new: list[history.Event] = []
        self._run = Run(id="run_story")
        self._signals = 0
        self._tell(messages.Start())

    # -- what happens ------------------------------------------------------------------------
    def returned(self, directive: Directive) -> Self:
        """Say what the step that is under way returned."""
        step, open_ = self._attempt()
        return self._report(step, open_, body_of(self.flow, step).outcome(directive))

    def raised(self, error: Exception) -> Self:
        """Say what the step that is under way raised."""
        step, open_ = self._attempt()
        return self._report(step, open_, failure(error, body_of(self.flow, step)).outcome)

    def died(self) -> Self:
        """Say that the process died in which the step was under way."""
        step, open_ = self._attempt()
        return self._tell(messages.Lost(step, open_.visit, open_.attempt))

    def signalled(self, name: str, *, key: str | None = None) -> Self:
        """Say that the run was sent a signal."""
        self._signals += 1
        return self._tell(messages.Signal(id=self._signals, name=name, key=key))

    def cancelled(self) -> Self:
        """Say that somebody cancelled the run."""
        return self._tell(messages.Cancel())

    def paused(self) -> Self:
        """Say that somebody paused the run."""
        return self._tell(messages.Pause())

    def resumed(self) -> Self:
        """Say that somebody let the run go on."""
        return self._tell(messages.Resume())

    def retried(self) -> Self:
        """Say that somebody had the failed run go on at what failed."""
        return self._tell(messages.Retry())

    def passed(
        self,
        seconds: Span = 0.0,
        *,
        weeks: float = 0.0,
        days: float = 0.0,
        hours: float = 0.0,
        minutes: float = 0.0,
    ) -> Self:
        """Say that time passed: the timer that becomes due fires, and what follows it."""
        rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes).total_seconds()
        until = self.now + seconds_of(seconds) + rest
        made: list[history.Event] = []
        while (due := self._timer()) is not None and due[0] <= until:
            self.now, timer = due
            made += self._tell(timer).new
        self.now = until
        self.new = made
        return self

    # -- what came of it ---------------------------------------------------------------------
    @property
    def status(self) -> str:
        """How the run stands: running, waiting, completed, failed, cancelled and so on."""
        resting = self._run.status is Status.RUNNING and self._run.is_resting(self.now)
        return (Status.WAITING if resting else self._run.status).value

    @property
    def at(self) -> str | None:
        """The step at which the run is, or was when it ended."""
        return self._run.cursor

    @property
    def attempt(self) -> int | None:
        """Which attempt of its step is under way, or waits for its delay; None if none is."""
        return next((attempt.attempt for _, attempt in self._run.attempts()), None)

    @property
    def visit(self) -> int | None:
        """Which visit of its step the run makes, sleeps or waits in; None if none."""
        return next((open_.visit for open_ in self._run.open.values()), None)

    @property
    def waits_for(self) -> str | None:
        """The signal that the run waits for."""
        return next(
            (open_.name for open_ in self._run.open.values() if isinstance(open_, Waiting)), None
        )

    @property
    def goes_on_in(self) -> timedelta | None:
        """How long until the next timer or retry of the run is due; None if nothing is."""
        dues = [open_.due for open_ in self._run.open.values() if open_.due is not None]
        return timedelta(seconds=min(dues) - self.now) if dues else None

    @property
    def error(self) -> str | None:
        """Why the run failed."""
        return self._run.failure.error if self._run.failure is not None else None

    # -- telling -----------------------------------------------------------------------------
    def _attempt(self) -> tuple[str, Attempt]:
        for step, open_ in self._run.attempts():
            if open_.due <= self.now:
                return step, open_
        raise StoryError(f"no step is under way: the run is {self.status} at {self.at!r}")

    def _report(self, step: str, open_: Attempt, outcome: Outcome) -> Self:
        return self._tell(messages.Report(step, open_.visit, open_.attempt, outcome))

    def _tell(self, message: messages.Message) -> Self:
        self.new = advance(self.flow.plan, self._run, message, self.now).events
        self.events += self.new
        return self

    def _timer(self) -> tuple[float, messages.Fire] | None:
        """Return the next timer, and when it is due; a retry's delay needs none."""
        found = []
        for step, open_ in self._run.open.items():
            if isinstance(open_, Sleeping | Waiting) and open_.due is not None:
                kind = "sleep" if isinstance(open_, Sleeping) else "wait"
                found.append((open_.due, step, messages.Fire(step, open_.visit, kind)))
        if self._run.deadline is not None and not self._run.ended:
            found.append((self._run.deadline, "", messages.Fire("", 0, "deadline")))
        due, _, timer = min(found, key=lambda each: each[:2], default=(None, "", None))
        return None if due is None or timer is None else (max(due, self.now), timer)
