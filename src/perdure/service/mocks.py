"""What stands in for models and for steps while a definition is tried out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from perdure.authoring.graphs.bodies import body_makers
from perdure.authoring.models import default_providers
from perdure.authoring.registry import BodyMaker, Registry
from perdure.errors import ModelUnavailableError, StepError
from perdure.kernel.directives import Next
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, StepPlan
from perdure.outgoing.trials import NotMockedError, trying
from perdure.ports.executor import Body, Result, Work
from perdure.ports.models import LOCAL, Kind, ModelAnswer, ModelProvider, ModelRequest
from perdure.wire.encoding import encode_value
from perdure.wire.trials import MockFailure, MockModel, MockStep

PROVIDER = "mock"
_RETRYABLE = ("timeout", "rate_limit", "temporary_failure", "error")


class MockedError(StepError):
    """The failure that a test asks for, of the kind that it names."""


@dataclass(slots=True)
class Notes:
    """What is noted while a definition is tried out: by model, calls; and how long one attempt took."""

    mocked: "Counter[str]" = field(default_factory=Counter)
    asked: dict[str, bool] = field(default_factory=dict)
    refused: dict[str, None] = field(default_factory=dict)
    seconds: float = 0.0

    def lasted(self) -> float:
        """Return how many seconds the attempt took that has just ended, and begin anew."""
        seconds, self.seconds = self.seconds, 0.0
        return seconds


class MockModels:
    """A provider of the models that stand in."""

    name = PROVIDER

    def __init__(self, models: Mapping[str, MockModel], notes: Notes) -> None:
        self._models = models
        self._notes = notes

    def serves(self, model: str) -> bool:
        """Tell whether something stands in for the model."""
        return model in self._models

    def answer(self, request: ModelRequest) -> ModelAnswer:
        """Answer as the test says. Raises what it asks for."""
        mock = self._models[request.model]
        self._notes.mocked[request.model] += 1
        self._notes.seconds += mock.latency_ms / 1000
        failure = mock.failure(self._notes.mocked[request.model])
        if failure is not None:
            raise _raised(failure)
        kind: Kind = "text" if isinstance(mock.response, str) else "other"
        return ModelAnswer(
            mock.response, request.model, kind=kind, method=PROVIDER, cost=0.0, cost_basis=LOCAL
        )


class Noted:
    """A provider that is real: whether it was asked is noted."""

    def __init__(self, provider: ModelProvider, notes: Notes) -> None:
        self._provider = provider
        self._notes = notes

    @property
    def name(self) -> str:
        """The provider's name."""
        return self._provider.name

    def serves(self, model: str) -> bool:
        """Tell whether the provider has the model."""
        is_served = self._provider.serves(model)
        self._notes.asked[model] = self._notes.asked.get(model, False) or is_served
        return is_served

    def answer(self, request: ModelRequest) -> ModelAnswer:
        """Answer as the provider does."""
        return self._provider.answer(request)


def _raised(failure: MockFailure) -> StepError:
    if failure.kind == ModelUnavailableError.kind:
        return ModelUnavailableError(failure.message)
    error = MockedError(failure.message)
    error.kind = failure.kind
    error.retryable = failure.kind in _RETRYABLE
    return error


class MockedBody:
    """A step's body, or what stands in for it; nothing is sent and no file written."""

    is_async = False

    def __init__(self, body: Body, mock: MockStep | None, notes: Notes) -> None:
        self._body = body
        self._mock = mock
        self._notes = notes
        self._calls = 0

    def __call__(self, work: Work) -> Result:
        """Run the step once, or say what the test says."""
        if self._mock is None:
            try:
                with trying():
                    result = self._body(work)
            except NotMockedError:
                self._notes.refused[plan_name(work.path)] = None
                raise
            assert isinstance(result, Result)  # no step of a definition is a coroutine
            return result
        self._calls += 1
        self._notes.seconds += self._mock.latency_ms / 1000
        if (failure := self._mock.failure(self._calls)) is not None:
            raise _raised(failure)
        output = encode_value(self._mock.result, f"mock_steps.{work.path}.result")
        return Result(outcome=Next(), output=output, meta={"provider": PROVIDER})

    def __getattr__(self, name: str) -> Any:
        """Return what else the body has: it judges failures, also those that the test asks for."""
        return getattr(self._body, name)


def mock_kinds(
    registry: Registry,
    models: Mapping[str, MockModel],
    steps: Mapping[str, MockStep],
    notes: Notes,
) -> None:
    """Have a registry run the steps of definitions with what stands in for models and steps."""

    def providers() -> Sequence[ModelProvider]:
        real = [Noted(provider, notes) for provider in default_providers()]
        return (MockModels(models, notes), *real)

    for kind, maker in body_makers(providers=providers).items():
        registry.add_kind(kind, _mocked(maker, steps, notes))


def _mocked(maker: BodyMaker, steps: Mapping[str, MockStep], notes: Notes) -> BodyMaker:
    def make(plan: Plan, step: StepPlan) -> Body:
        return MockedBody(maker(plan, step), steps.get(step.name), notes)

    return make
