"""Which step runs here and now: its context for `get_context()`, its names for `current_step()`."""

from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any

from perdure.errors import OutsideStepError
from perdure.ports.executor import Work
from perdure.ports.woken import Woken


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentStep:
    """The attempt that runs. `idempotency_key` is the same for every attempt of a visit.

    Give the key to services that honour one, so that a step that is tried again acts once.
    """

    run_id: str
    workflow: str
    step: str
    visit: int
    attempt: int
    idempotency_key: str

    @property
    def key(self) -> str:
        """The idempotency key."""
        return self.idempotency_key


_Running = tuple[Any, Work, str]
_RUNNING: ContextVar[_Running] = ContextVar("perdure_step")


def enter(context: Any, work: Work, label: str) -> Token[_Running]:
    """Say that this attempt runs here; `label` names class and step. Undo it with `leave`."""
    return _RUNNING.set((context, work, label))


def leave(token: Token[_Running]) -> None:
    """Say that the attempt has ended."""
    _RUNNING.reset(token)


def get_context() -> Any:
    """Return the context of the run whose step this is: the same object for the whole step.

    What the step changes in it, also in place, is kept if the step ends well, and discarded if it
    raises. Raises OutsideStepError where no step runs, such as in a thread that a step has started.
    """
    return _running("get_context()", "Outside of one, read the run's `data`")[0]


def current_step() -> CurrentStep:
    """Return who runs: run, step, visit, attempt and idempotency key. Raises OutsideStepError."""
    work = _running("current_step()", "Outside of one there is no attempt to speak of")[1]
    return CurrentStep(
        run_id=work.run,
        workflow=work.workflow,
        step=work.path,
        visit=work.visit,
        attempt=work.attempt,
        idempotency_key=work.key,
    )


def idempotency_key() -> str:
    """Return the key of this visit: the same for all its attempts, and for no other visit.

    Give it to services that honour one, so that a step that is tried again acts once.
    """
    return _running("idempotency_key()", "Outside of one there is no visit to have a key")[1].key


def woken_by() -> Woken | None:
    """Return what ended the wait that led to this step: its `kind`, `name` and `key`.

    The kind is 'signal', 'event' or 'timeout' (which has no name). None where the step was come to
    by `goto` or a sleep, or is the first one. All attempts of a visit are told the same.
    """
    return _running("woken_by()", "Outside of one nothing was waited for")[1].woken


def current_work(what: str, hint: str) -> Work:
    """Return the attempt that runs here, for `what` to ask of. Raises OutsideStepError."""
    return _running(what, hint)[1]


def place() -> str:
    """Return the class and step that run here, as errors name them; empty outside of steps."""
    running = _RUNNING.get(None)
    return running[2] if running is not None else ""


def _running(what: str, hint: str) -> _Running:
    running = _RUNNING.get(None)
    if running is None:
        raise OutsideStepError(
            f"{what} works only while a step runs, in the step's own thread. {hint}"
        )
    return running
