"""What the bodies of all kinds of steps have in common: where values come from, what is kept.

A step in a loop does the same as one that stands alone; only its values come from elsewhere.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Protocol

from perdure.authoring.graphs.policies import Policy
from perdure.authoring.graphs.values import Lookups, Values
from perdure.errors import InvalidOutputError, InvalidValueError
from perdure.kernel.directives import Next
from perdure.kernel.filling import MAX_VALUE
from perdure.ports.executor import Judgement, Result, Work
from perdure.wire.encoding import encode_value

IDEMPOTENCY_KEY = "idempotency_key"
"""The parameter in which a `python` step's function is given its visit's key, if it has one."""


class ItemBody(Protocol):
    """What is done by a step, alone or for an item of a loop."""

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""

    def run(self, work: Work, values: Lookups) -> Result:
        """Run the step once with these values."""

    def judge(self, work: Work, error: Exception) -> Judgement:
        """Tell whether another try may follow this error, and when."""


class Attempting(ABC):
    """A body that is run once for an attempt; `policy` says what is done about its failures."""

    __slots__ = ()
    is_async = False
    policy: Policy

    @property
    @abstractmethod
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""

    def __call__(self, work: Work) -> Result:
        """Run the step once."""
        return self.run(work, Values(work, self.steps))

    @abstractmethod
    def run(self, work: Work, values: Lookups) -> Result:
        """Run the step once with these values."""

    def judge(self, work: Work, error: Exception) -> Judgement:
        """Tell `executors.invoke` whether another try may follow this error, and when."""
        return self.policy.judge(work, error)


def result_of(
    value: Any, meta: Mapping[str, Any] | None = None, *, since: float | None = None
) -> Result:
    """Return what a step gave as its result. Raises InvalidOutputError with the place."""
    try:
        output = encode_value(value, "result")
    except InvalidValueError as error:
        wrong = InvalidOutputError(f"the step's result cannot be kept: {error}")
        wrong.path = error.path
        raise wrong from error
    if len(output) > MAX_VALUE:
        raise InvalidOutputError(
            f"the step's result has {len(output):,} characters of JSON, more than {MAX_VALUE:,}"
        )
    return Result(outcome=Next(), output=output, meta=meta, since=since)
