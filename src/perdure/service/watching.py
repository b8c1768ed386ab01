"""What has happened to an execution, from its beginning on or from where somebody was.

It is read from the history, so nothing is missed, whoever looks when: also after a crash.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

from perdure.app.shown import plan_of
from perdure.app.views import moment
from perdure.authoring.graphs.results import hidden_in
from perdure.authoring.graphs.values import results
from perdure.errors import RunNotFoundError
from perdure.kernel import history
from perdure.kernel.plan import Plan
from perdure.kernel.rewinding import reset_marks
from perdure.kernel.run import Mark
from perdure.ports.store import Store
from perdure.runtime.records import load_events
from perdure.service.standing import execution_id, of_run
from perdure.wire.executions import Happening, StepErrorInfo
from perdure.wire.problems import ExecutionNotFoundError
from perdure.wire.sealed import has_vault

PAGE = 500
_MOST_AT_ONCE, _MOST_OF_ONE = 10_000, 100
"""How many events one message may make at most, and how many happenings one of them may be."""

Make = Callable[..., Happening]

_ENDS = ("execution_completed", "execution_failed", "execution_cancelled")


class Watch:
    """Reads what happens to one execution. `look` returns what is new; it never goes back.

    What items of loops do is left out: a loop's step is told of when all of them have ended, as a
    conditional step is when the branch that was chosen has.
    """

    def __init__(self, store: Store, run: str, *, after: int = 0) -> None:
        """Read on after the happening of this id. Raises ExecutionNotFoundError."""
        loaded = store.load([run]).get(run)
        if loaded is None:
            raise ExecutionNotFoundError(execution_id(run))
        self._store = store
        self._run = run
        self._plan: Plan = plan_of(store, loaded)
        self._hides = has_vault(loaded.context)
        self._after = after
        self._seq = 0
        self._ended: set[str] = set()
        self._told: set[str] = set()
        self.is_over = False
        """Whether all has been read of an execution that has ended."""

    def look(self) -> list[Happening]:
        """Return what has happened since the last look, the oldest first."""
        found: list[Happening] = []
        while True:
            try:
                ended = self._store.load([self._run])[self._run].row.ended_at is not None
            except KeyError:  # it was forgotten meanwhile
                self.is_over = True
                return found
            page = self._store.history(self._run, self._seq, PAGE)
            for written in page:
                self._seq = written.seq
                for place, event in enumerate(load_events(written.events)):
                    found += self._take(
                        (written.seq * _MOST_AT_ONCE + place) * _MOST_OF_ONE, written.at, event
                    )
            if len(page) < PAGE:
                self.is_over = ended
                return [each for each in found if each.id > self._after]

    def _take(self, number: int, at: float, event: history.Event) -> Iterator[Happening]:
        numbers = count(number)

        def made(kind: str, **more: Any) -> Happening:
            return Happening(id=next(numbers), type=kind, at=moment(at), **more)

        match event:
            case history.RunStarted():
                yield made("execution_started")
            case history.RunRewound(step):
                self._forget(step)
            case history.StepSucceeded(step) if "[" not in step:
                yield from self._done(step, made)
            case history.ScopeEnded(step) if not event.kind:
                yield from self._done(step, made)
            case history.ScopeEnded(step):
                yield made("step_failed", step_id=step, error=_error(event, step))
            case history.StepFailed(step) if "[" not in step:
                yield made("step_failed", step_id=step, error=_error(event, step))
            case history.StepSkipped(step):
                if not event.broken:
                    self._ended.add(step)
                yield made("step_skipped", step_id=step)
                yield from self._around(step, made)
            case history.RunCompleted() | history.RunFailed() | history.RunCancelled():
                yield self._end(event, made)
            case _:
                return

    def _forget(self, step: str) -> None:
        """Forget what has ended of the steps that come again when a run goes back to this one."""
        names = [each.name for each in self._plan.steps]
        if step not in names:
            return
        ended: list[int] = [Mark.DONE if name in self._ended else Mark.PENDING for name in names]
        left = reset_marks(self._plan, ended, step)
        self._ended = {name for name, mark in zip(names, left, strict=True) if mark}
        self._told &= self._ended

    def _done(self, step: str, made: Make) -> Iterator[Happening]:
        self._ended.add(step)
        if not self._plan.step(step).branches:
            yield self._completed(step, made)
        yield from self._around(step, made)

    def _around(self, step: str, made: Make) -> Iterator[Happening]:
        """Yield that the step around a branch is done, and those around that, where they are."""
        for outer in self._plan.steps:
            is_near = outer.name == step or step in outer.branches
            if not (is_near and outer.branches and outer.name not in self._told):
                continue
            if {outer.name, *outer.branches} <= self._ended:
                self._told.add(outer.name)
                yield self._completed(outer.name, made)
                yield from self._around(outer.name, made)

    def _completed(self, step: str, made: Make) -> Happening:
        found = results(self._plan, partial(self._store.outputs, self._run), [step])
        result = hidden_in(found[step]) if self._hides else found[step]
        return made("step_completed", step_id=step, result=result)

    def _end(self, event: history.Event, made: Make) -> Happening:
        if isinstance(event, history.RunFailed):
            error = StepErrorInfo(kind=event.kind, message=event.error, step=event.step)
            return made("execution_failed", error=error)
        if isinstance(event, history.RunCancelled):
            return made("execution_cancelled")
        try:
            result = of_run(self._store, self._run).final_result
        except RunNotFoundError:
            result = None
        return made("execution_completed", result=result)


def is_end(happening: Happening) -> bool:
    """Whether an execution came to rest with it; one that is retried goes on."""
    return happening.type in _ENDS


def _error(event: history.StepFailed | history.ScopeEnded, step: str) -> StepErrorInfo:
    return StepErrorInfo(kind=event.kind, message=event.error, step=step, attempt=event.attempt)
