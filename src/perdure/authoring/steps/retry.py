"""How often a step is tried, as users write it."""

from dataclasses import dataclass, field
from datetime import timedelta

from perdure.authoring.steps.spans import Span, seconds_of
from perdure.errors import (
    DefinitionError,
    NonRetryableError,
    OutcomeUnknownError,
    RetryAfterError,
    StepError,
)
from perdure.kernel.plan import RetryPolicy

NonRetryable = NonRetryableError
"""Raise it in a step: trying again cannot help, the run fails now."""

RetryAfter = RetryAfterError
"""Raise it in a step: try again, but not before `seconds` have passed."""

OutcomeUnknown = OutcomeUnknownError
"""Raise it in a step with `at_most_once`: nobody can say whether it was done."""

LONGEST_BY_DEFAULT = timedelta(minutes=5)

ExceptionTypes = type[BaseException] | tuple[type[BaseException], ...]


# The first four may be given by position, as the origin of document 003 has them.
@dataclass(frozen=True, slots=True)
class Retry:
    """A step's policy: at most `max_attempts` tries in all, with growing pauses between them.

    The pause after try n is `base_delay * backoff_factor ** (n - 1)`, at most `max_delay` (5
    minutes, or `base_delay` if that is longer); `jitter` (0 to 1) takes up to that share of it
    away. Exceptions that are not in `retry_on` are not tried again. Spans are timedeltas or
    seconds. Raises DefinitionError for values that make no sense.
    """

    max_attempts: int = 3
    base_delay: Span = timedelta(seconds=1)
    max_delay: Span | None = None
    backoff_factor: float = 2.0
    jitter: float = field(default=0.0, kw_only=True)
    retry_on: ExceptionTypes = field(default=Exception, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what makes no sense where it is written, not when a run needs it."""
        if type(self.max_attempts) is not int or self.max_attempts < 1:
            hint = "at least 1 (the first try counts). For no retries write Retry.none()"
            raise DefinitionError(f"Retry(max_attempts={self.max_attempts!r}) must be {hint}")
        base = self._check_span("base_delay", self.base_delay)
        if self.max_delay is None:
            object.__setattr__(self, "max_delay", max(LONGEST_BY_DEFAULT, timedelta(seconds=base)))
        self._check_span("max_delay", self.max_delay)
        self._check_number("backoff_factor", self.backoff_factor, 1.0, 1000.0)
        self._check_number("jitter", self.jitter, 0.0, 1.0)
        for kind in self.exceptions:
            if not _is_exception(kind):
                hint = "exception classes, such as (ConnectionError, TimeoutError)"
                raise DefinitionError(f"Retry(retry_on=...) takes {hint}, not {kind!r}")

    @classmethod
    def none(cls) -> "Retry":
        """Return the policy of one try only."""
        return cls(max_attempts=1)

    @property
    def exceptions(self) -> tuple[type[BaseException], ...]:
        """Return the exceptions that are tried again, always as a tuple."""
        kinds = self.retry_on
        return tuple(kinds) if isinstance(kinds, tuple | list) else (kinds,)

    def policy(self) -> RetryPolicy:
        """Return what the plan keeps of it: the numbers."""
        return RetryPolicy(
            max_attempts=self.max_attempts,
            base_delay=seconds_of(self.base_delay),
            max_delay=seconds_of(self.max_delay),
            backoff_factor=float(self.backoff_factor),
            jitter=float(self.jitter),
        )

    def allows(self, error: Exception) -> bool:
        """Say whether this error may be tried again: what the error says of itself comes first."""
        if isinstance(error, RetryAfterError):
            return True
        if isinstance(error, StepError) and not error.retryable:
            return False
        return isinstance(error, self.exceptions)

    def _check_span(self, name: str, value: object) -> float:
        try:
            return seconds_of(value)
        except ValueError as error:
            raise DefinitionError(f"Retry({name}=...): {error}") from error

    def _check_number(self, name: str, value: object, least: float, most: float) -> None:
        if type(value) not in (int, float) or not least <= value <= most:  # type: ignore[operator]
            between = f"a number from {least:g} to {most:g}"
            raise DefinitionError(f"Retry({name}={value!r}) must be {between}")


def _is_exception(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseException)
