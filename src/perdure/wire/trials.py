"""A definition is tried out: what stands in for models and steps, and what came of it."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from perdure.wire.executions import ExecutionInfo
from perdure.wire.problems import Part

Milliseconds = Annotated[float, Field(ge=0, le=366 * 86_400_000, allow_inf_nan=False)]


class MockFailure(Part):
    """How something that stands in fails: the `kind` of failure, as retry policies know it."""

    kind: Annotated[str, Field(min_length=1)]
    message: str = "as the test says"


class _Mock(Part):
    latency_ms: Milliseconds = 0
    error: str | MockFailure | None = None
    fail_times: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _check(self) -> "_Mock":
        if self.fail_times is not None and self.error is None:
            raise ValueError("fail_times needs an error to fail with")
        return self

    def failure(self, calls: int) -> MockFailure | None:
        """Return how the call of this number (from 1) fails; None where it does not."""
        if self.error is None or (self.fail_times is not None and calls > self.fail_times):
            return None
        return MockFailure(kind=self.error) if isinstance(self.error, str) else self.error


class MockModel(_Mock):
    """What stands in for a model: its `response`, after `latency_ms` of virtual time.

    With an `error` (a kind, or a kind and a message) it fails: always, or the first `fail_times`.
    """

    response: Any = None


class MockStep(_Mock):
    """What stands in for a step: its `result`, or its failure, as of a model."""

    result: Any = None


class AssertionInfo(Part):
    """One expectation of a test: what was expected at a path, and what was found there."""

    path: str
    expected: Any
    found: Any = None
    passed: bool


class TrialInfo(ExecutionInfo):
    """What came of trying a workflow out: an execution, in virtual time, that nobody can find later.

    `mocked_models` counts the calls of what stood in. `unmocked_models` were asked and nothing
    stood in for them: true where they answered, false where nobody has them here. `passed` is
    whether all assertions hold; without any, whether the execution completed.
    """

    assertions: tuple[AssertionInfo, ...] = ()
    passed: bool = False
    mocked_models: dict[str, int] = Field(default_factory=dict)
    unmocked_models: dict[str, bool] = Field(default_factory=dict)
    unmocked_steps: tuple[str, ...] = ()
