"""Every error that perdure raises on purpose, in one tree.

PerdureError
├─ DefinitionError              what was written cannot become a plan
│  ├─ InvalidPlanError          a plan contradicts itself
│  ├─ InvalidDefinitionError    a definition has problems, all of them listed
│  └─ DuplicateWorkflowError    another workflow has this name
├─ InvalidValueError            a value cannot be kept (its path is told)
├─ UnknownWorkflowError         no workflow of this name is known here
├─ RunNotFoundError             no run has this id
├─ ScheduleNotFoundError        no schedule has this name
├─ ScheduleTakenError           another schedule has this name
├─ UniqueKeyTakenError          a live run has the unique key of one to be started
├─ LimitReachedError            as many runs of a workflow live as may
├─ CannotRewindError            a run has no such visit to go back to, or not now
├─ RunFailedError               a run that was waited for failed
├─ RunCancelledError            a run that was waited for was cancelled
├─ ResultTimeoutError           a run did not end while it was waited for
├─ StepError                    a step's failure, of one kind
│  ├─ InvalidInputError         the input of a step cannot be used
│  │  ├─ PathNotAllowedError    a file that this run may not read or write
│  │  └─ UrlNotAllowedError     a URL that leads where steps may not go
│  ├─ InvalidOutputError        what a step or a model gave cannot be used
│  ├─ InvalidStepResultError    a step returned something that is no directive
│  ├─ ContextInvalidError       a context that its model refuses
│  ├─ ModelUnavailableError     no provider here answers for this model
│  ├─ ChildFailedError          a child run failed or was cancelled
│  ├─ ChildNotEndedError        a child run has no result yet
│  ├─ NonRetryableError         raised by a step: do not try again
│  │  └─ UnusableConnectionError  nothing can be written in this connection's transaction
│  ├─ OutcomeUnknownError       raised by a step: nobody knows whether it was done
│  ├─ TemporaryFailureError     something outside did not answer; it may do so later
│  ├─ StepTimeoutError          something outside took more time than it was given
│  ├─ RateLimitError            somebody was asked too often
│  └─ RetryAfterError           raised by a step: try again, but not before
├─ StoreError                   the store cannot do what it must
│  ├─ StoreLostError            an I/O error made the store unusable; reopen it
│  ├─ CommitUnknownError     nobody can say yet whether a commit took place
│  ├─ StoreNewerError           the database is newer than this code
│  ├─ StorePlaceError           the file system cannot keep a store safely
│  ├─ StoreBusyError         others write now; nothing was done, try again
│  ├─ StoreFullError         the disk is full; nothing was done
│  ├─ StoreMissingError         there is no store at this path
│  └─ StoreRefusedError         the database refused a row of this run
├─ OutsideStepError             only a running step has what was asked for
├─ AttemptStoppedError          this attempt was called off; raised by its heartbeat
├─ EngineClosedError            the engine was closed
├─ TransactionEndedError        the block of this transaction is over
├─ OutboxTroubleError           an application's database cannot be reached now
├─ ConfigError                  a setting is wrong
├─ InsideImportError            a start or signal during an import made by perdure
└─ MissingExtraError            an optional dependency is not installed
"""

from collections.abc import Sequence
from dataclasses import dataclass


class PerdureError(Exception):
    """The base of all of them."""


class DefinitionError(PerdureError):
    """What was written cannot become a plan."""


class InvalidPlanError(DefinitionError):
    """A plan contradicts itself."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a definition: where, what, and what would be right."""

    path: str
    message: str
    suggestion: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        """Return the problem on one line."""
        place = f"{self.path}: " if self.path else ""
        hint = f" {self.suggestion}" if self.suggestion else ""
        return f"{place}{self.message}.{hint}"


class InvalidDefinitionError(DefinitionError):
    """A definition has problems; `problems` lists every one."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        super().__init__(f"definition {name!r} has {len(self.problems)} problem(s):{lines}")


class DuplicateWorkflowError(DefinitionError):
    """Another workflow has this name."""


class InvalidValueError(PerdureError):
    """A value cannot be kept; `path` says which part of it."""

    def __init__(self, message: str, path: str = "") -> None:
        self.path = path
        super().__init__(f"{path}: {message}" if path else message)


class UnknownWorkflowError(PerdureError):
    """No workflow of this name is known here."""


class RunNotFoundError(PerdureError):
    """No run has this id."""

    def __init__(self, run: str, hint: str = "") -> None:
        self.run = run
        super().__init__(f"there is no run {run!r}." + (f" {hint}" if hint else ""))


class ScheduleNotFoundError(PerdureError):
    """No schedule has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"there is no schedule {name!r}. They are listed by: perdure schedules list"
        )


class ScheduleTakenError(PerdureError):
    """A schedule that says something else has the name under which one was to be made."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"there is a schedule {name!r}, and it says something else. Give this one another "
            f"name, or change that one: engine.schedules.update({name!r}, ...)"
        )


class UniqueKeyTakenError(PerdureError):
    """A live run, `run`, has the unique key under which another one was to be started."""

    def __init__(self, run: str, key: str, hint: str = "") -> None:
        self.run = run
        self.key = key
        hint = hint or (
            'To get that run write on_conflict="return", to cancel it first on_conflict="replace"'
        )
        super().__init__(f"run {run} has the unique key {key!r} and has not ended. {hint}")


class LimitReachedError(PerdureError):
    """As many runs of a workflow live as may; `runs` are some of them, the oldest first."""

    def __init__(self, workflow: str, most: int, runs: Sequence[str]) -> None:
        self.workflow, self.most, self.runs = workflow, most, tuple(runs)
        more = f" and {most - len(runs)} more" if most > len(runs) else ""
        super().__init__(
            f"at most {most} runs of {workflow!r} may live: {', '.join(runs)}{more} do. Have others "
            f"wait in line, or let more live: perdure limits set {workflow} --on-limit wait"
        )


class CannotRewindError(PerdureError):
    """A run, `run`, cannot go back to a visit of `step`, and nobody can fork it there."""

    def __init__(self, run: str, step: str, why: str) -> None:
        self.run = run
        self.step = step
        super().__init__(f"run {run} cannot go back to {step!r}: {why}")


class RunFailedError(PerdureError):
    """A run that was waited for failed; `error` has type, message, step and attempt."""

    def __init__(self, run: str, error: dict[str, object]) -> None:
        self.run = run
        self.error = error
        where = f" at step {error['step']!r}" if error.get("step") else ""
        super().__init__(f"run {run} failed{where}: {error.get('type')}: {error.get('message')}")


class RunCancelledError(PerdureError):
    """A run that was waited for was cancelled."""


class ResultTimeoutError(PerdureError, TimeoutError):
    """A run did not end while it was waited for. The run goes on."""


class StepError(PerdureError):
    """A step's failure, of one `kind`; `retryable` says whether another try can help."""

    kind = "error"
    retryable = True

    def __init__(self, message: str, *, path: str = "") -> None:
        self.path = path
        super().__init__(f"{path}: {message}" if path else message)


class InvalidInputError(StepError):
    """The input of a step cannot be used."""

    kind = "invalid_input"
    retryable = False


class PathNotAllowedError(InvalidInputError):
    """A file lies outside of the folders that this run may read or write."""

    kind = "path_not_allowed"


class UrlNotAllowedError(InvalidInputError):
    """A URL is none of the web, or leads to an address that steps may not reach."""

    kind = "url_not_allowed"


class InvalidOutputError(StepError):
    """What a step or a model gave cannot be used."""

    kind = "invalid_output"
    retryable = False


class InvalidStepResultError(StepError):
    """A step returned something that is no directive."""

    kind = "invalid_output"
    retryable = False


class ContextInvalidError(StepError):
    """A context that its model refuses; the message names the field."""

    kind = "context_invalid"
    retryable = False


class ModelUnavailableError(StepError):
    """No provider here answers for this model."""

    kind = "model_unavailable"
    retryable = False


class ChildFailedError(StepError):
    """A child run failed or was cancelled, so it has no result; the parent's step was told so.

    `run_id` and `workflow` name the child; `child_kind` is the kind of its error, or `cancelled`.
    """

    kind = "child_failed"
    retryable = False

    def __init__(self, run_id: str, workflow: str, child_kind: str, message: str) -> None:
        self.run_id = run_id
        self.workflow = workflow
        self.child_kind = child_kind
        super().__init__(f"child {run_id} of {workflow!r} failed ({child_kind}): {message}")


class ChildNotEndedError(StepError):
    """A child run has no result yet; its parent did not wait for it."""

    kind = "child_not_ended"
    retryable = False


class NonRetryableError(StepError):
    """Raised by a step: trying again cannot help."""

    retryable = False


class UnusableConnectionError(NonRetryableError):
    """Nothing can be written in the transaction of this connection: it has none, or is no such."""


class OutcomeUnknownError(StepError):
    """Raised by a step: it may have done what it is there for, or not.

    A step that is run at most once is not run again then; any other is tried again.
    """

    kind = "outcome_unknown"


class TemporaryFailureError(StepError):
    """Something outside did not answer, or could not help now; it may do so later."""

    kind = "temporary_failure"


class StepTimeoutError(StepError):
    """Something outside took more time than it was given."""

    kind = "timeout"


class RateLimitError(StepError):
    """Somebody was asked too often, and did not say when to come again."""

    kind = "rate_limit"


class RetryAfterError(StepError):
    """Raised by a step: try again, but not before `seconds` have passed."""

    kind = "rate_limit"

    def __init__(self, message: str, *, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(message)


class OutsideStepError(PerdureError):
    """Something that only a running step has was asked for elsewhere."""


class AttemptStoppedError(PerdureError):
    """The attempt was called off, and what it reports is not wanted any more.

    `why` is `cancel`, `timeout`, `lost` (others took it over), `lease` (the worker's lease may
    have ended), `drain` (the worker leaves) or `ended`.
    """

    def __init__(self, step: str, why: str) -> None:
        self.why = why
        super().__init__(
            f"this attempt of step {step!r} was called off ({why}). Let the error through: "
            "nothing that the step does from now on is kept"
        )


class StoreError(PerdureError):
    """The store cannot do what it must."""


class StoreLostError(StoreError):
    """An I/O error made the store unusable in this process; reopen it."""


class CommitUnknownError(StoreError):
    """Nobody can say yet whether a commit took place; `history` will tell."""


class StoreNewerError(StoreError):
    """The database was made by a newer perdure than this one."""


class StorePlaceError(StoreError):
    """The file system at this path cannot keep a store safely."""


class StoreBusyError(StoreError):
    """Others write now. Nothing was done; try again."""


class StoreFullError(StoreError):
    """The disk is full. Nothing was done; make room and try again."""


class StoreMissingError(StoreError):
    """There is no store at this path."""


class StoreRefusedError(StoreError):
    """The database refused a row of this run."""


class EngineClosedError(PerdureError):
    """The engine was closed."""


class TransactionEndedError(PerdureError):
    """The block of this transaction is over."""


class OutboxTroubleError(PerdureError):
    """The outbox in an application's database cannot be read or written now; it is tried again."""


class ConfigError(PerdureError):
    """A setting is wrong; the message says which and what it may be."""


class InsideImportError(PerdureError):
    """A start or signal during an import made by perdure."""


class MissingExtraError(PerdureError, ImportError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, needs: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{what} needs {needs}. Install it with: pip install 'perdure[{extra}]'")
