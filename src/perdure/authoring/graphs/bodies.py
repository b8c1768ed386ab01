"""What the steps of a definition do: ask a model, call a function, collect results.

A body is made from the plan's step alone, so any process that has the functions and the models
runs any definition's steps. A step's `config` (`compiling` writes it) holds:

- `model`, `fallbacks`, `fall_back_on_failure`: whom to ask, in which order, and whether a final
  failure leads on along that order as a missing model does;
- `function`, `input` or `inputs`, `parameters`: what to call, with templates;
- `condition`, `branches`: what to decide, and which step is run for `if_true` and `if_false`;
- `over`, `most`, `truncates`, `step`: the list of a loop, how many items it takes, whether more are
  left out, and what is done for each of them;
- `collects`: ids of the steps whose results an aggregation takes in place of `inputs`;
- `retry_on`: the kinds of failure after which another try helps.

What a body raises becomes the attempt's failure (`executors.invoke`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from perdure.authoring.functions import FunctionRegistry, UnknownFunctionError, default_registry
from perdure.authoring.graphs.conditions import Condition, holds, read_condition
from perdure.authoring.graphs.failures import FunctionUnavailableError, may_retry, told_apart
from perdure.authoring.graphs.looping import Lists, LoopBody
from perdure.authoring.graphs.values import Lookups, Values, steps_of
from perdure.authoring.models import default_providers
from perdure.authoring.registry import BodyMaker
from perdure.errors import InvalidOutputError, InvalidValueError, ModelUnavailableError
from perdure.kernel.directives import Choose, Next
from perdure.kernel.filling import MAX_VALUE, find, render, resolve
from perdure.kernel.plan import Plan, StepPlan
from perdure.kernel.references import Template, instruction, read, references
from perdure.ports.executor import Result, Work
from perdure.ports.models import ModelAnswer, ModelProvider, ModelRequest
from perdure.wire.encoding import decode, encode_value

Functions = Callable[[], FunctionRegistry]
Providers = Callable[[], Sequence[ModelProvider]]

MAX_RAW = 64 * 1024
"""How many characters of a provider's own answer are kept beside the result."""


def body_makers(
    functions: Functions = default_registry, providers: Providers = default_providers
) -> dict[str, BodyMaker]:
    """Return the makers by kind of step, for `Registry.add_kind`.

    Functions and providers are asked for when the first step runs that needs them, and kept.
    """
    known, asked = cache(functions), cache(providers)

    def calling(_plan: Plan, step: StepPlan) -> FunctionBody:
        return FunctionBody.of(decode(step.config), known)

    def asking(_plan: Plan, step: StepPlan) -> InferenceBody:
        return InferenceBody.of(decode(step.config), asked)

    def choosing(_plan: Plan, step: StepPlan) -> ConditionBody:
        return ConditionBody.of(decode(step.config))

    lists = Lists()

    def looping(_plan: Plan, step: StepPlan) -> LoopBody:
        config = decode(step.config)
        inner = config["step"]
        asks = inner["kind"] == "inference"
        body = InferenceBody.of(inner, asked) if asks else FunctionBody.of(inner, known)
        return LoopBody.of(config, body, lists)

    return {
        "inference": asking,
        "data_processing": calling,
        "data_collection": calling,
        "aggregation": calling,
        "conditional": choosing,
        "loop": looping,
        "parallel_processing": looping,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionBody:
    """Calls a function with a template filled in; without a function, the value is the result."""

    function: str | None
    template: Template
    parameters: Template
    collects: tuple[str, ...]
    retry_on: tuple[str, ...] | None
    functions: Functions = field(repr=False)
    is_async = False

    @classmethod
    def of(cls, config: Mapping[str, Any], functions: Functions) -> "FunctionBody":
        """Return the body for a step's config."""
        return cls(
            function=config.get("function"),
            template=read(config.get("inputs", config.get("input"))),
            parameters=read(config.get("parameters", {})),
            collects=tuple(config.get("collects", ())),
            retry_on=_retry_on(config),
            functions=functions,
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""
        return (*steps_of(self.template, self.parameters), *self.collects)

    def __call__(self, work: Work) -> Result:
        """Run the step once."""
        return self.run(work, Values(work, self.steps))

    def run(self, _work: Work, values: Lookups) -> Result:
        """Run the step once with these values."""
        value = values.collect(self.collects) if self.collects else resolve(self.template, values)
        parameters = resolve(self.parameters, values)
        if self.function is None:
            return _result(value)
        try:
            function = self.functions().get(self.function)
        except UnknownFunctionError as error:
            raise FunctionUnavailableError(str(error)) from error
        assert isinstance(parameters, dict)
        with told_apart():
            return _result(function(value, parameters), {"function": self.function})

    def retryable(self, error: Exception) -> bool:
        """Tell `executors.invoke` whether another try may follow this error."""
        return may_retry(error, self.retry_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class InferenceBody:
    """Asks a model, and those that stand in for it; `Result.meta` says who answered, and how."""

    models: tuple[str, ...]
    template: Template
    parameters: Template
    on_failure: bool
    retry_on: tuple[str, ...] | None
    providers: Providers = field(repr=False)
    is_async = False

    @classmethod
    def of(cls, config: Mapping[str, Any], providers: Providers) -> "InferenceBody":
        """Return the body for a step's config."""
        return cls(
            models=(config["model"], *config.get("fallbacks", ())),
            template=read(config["input"]),
            parameters=read(config.get("parameters", {})),
            on_failure=config.get("fall_back_on_failure", False),
            retry_on=_retry_on(config),
            providers=providers,
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""
        return steps_of(self.template, self.parameters)

    def __call__(self, work: Work) -> Result:
        """Run the step once: one request to each model that is asked."""
        return self.run(work, Values(work, self.steps))

    def run(self, work: Work, values: Lookups) -> Result:
        """Run the step once with these values."""
        parameters = resolve(self.parameters, values)
        assert isinstance(parameters, dict)
        question = ModelRequest(
            self.models[0],
            render(self.template, values),
            instruction=instruction(self.template),
            values=tuple(find(named, values) for named in references(self.template)),
            parameters=parameters,
        )
        tried: list[str] = []
        provider, answer = self._ask(work, question, tried)
        meta = {
            "model": self.models[0],
            "model_used": answer.model,
            "provider": provider.name,
            "method": answer.method,
            "kind": answer.kind,
            "note": answer.note,
            "usage": dict(answer.usage) if answer.usage is not None else None,
            "tried": tried,
        }
        return _result(answer.result, _with_raw(meta, answer.raw))

    def retryable(self, error: Exception) -> bool:
        """Tell `executors.invoke` whether another try may follow this error."""
        return may_retry(error, self.retry_on)

    def _ask(
        self, work: Work, question: ModelRequest, tried: list[str]
    ) -> tuple[ModelProvider, ModelAnswer]:
        """Return the first answer on the way; raise the first real failure if there is none."""
        failure: Exception | None = None
        for model in self.models:
            provider = next((p for p in self.providers() if p.serves(model)), None)
            if provider is None:
                tried.append(f"{model} (no provider here has it)")
                continue
            try:
                with told_apart():
                    return provider, provider.answer(replace(question, model=model))
            except ModelUnavailableError as error:
                tried.append(f"{model} ({error})")
            except Exception as error:  # a provider is anybody's code; it goes on or is raised
                if not self._leads_on(work, error):
                    raise
                failure = failure or error
                tried.append(f"{model} ({type(error).__name__}: {error})")
        if failure is not None:
            raise failure
        raise self._nobody(tried)

    def _leads_on(self, work: Work, error: Exception) -> bool:
        """Tell whether the next model is asked after a failure: only after a final one."""
        final = not (self.retryable(error) and work.step.retry.allows(work.attempt))
        return self.on_failure and final

    def _nobody(self, tried: list[str]) -> ModelUnavailableError:
        names = ", ".join(provider.name for provider in self.providers()) or "none is installed"
        error = ModelUnavailableError(
            f"no model answered. Tried: {'; '.join(tried)}. Providers here: {names}. Name a model "
            "that one of them has, in the step or under 'fallback_models'"
        )
        error.retryable = self.retry_on is not None and error.kind in self.retry_on
        return error


@dataclass(frozen=True, slots=True)
class ConditionBody:
    """Decides a condition: of the step's branches the one for true or for false is run, if any."""

    condition: Condition
    branches: Mapping[str, str]
    is_async = False

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "ConditionBody":
        """Return the body for a step's config."""
        return cls(read_condition(config["condition"]), config["branches"])

    def __call__(self, work: Work) -> Result:
        """Run the step once."""
        steps = [reference.step for reference in self.condition.references() if reference.step]
        held = holds(self.condition, Values(work, list(dict.fromkeys(steps))))
        branch = self.branches.get("if_true" if held else "if_false")
        return Result(outcome=Choose(branch), meta={"condition": held})


def _retry_on(config: Mapping[str, Any]) -> tuple[str, ...] | None:
    kinds = config.get("retry_on")
    return tuple(kinds) if kinds is not None else None


def _result(value: Any, meta: Mapping[str, Any] | None = None) -> Result:
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
    return Result(outcome=Next(), output=output, meta=meta)


def _with_raw(meta: dict[str, Any], raw: Any) -> dict[str, Any]:
    """Add the provider's own answer if it can be kept; what cannot is said, not lost silently."""
    try:
        if raw is not None and len(encode_value(raw)) <= MAX_RAW:
            meta["raw"] = raw
        elif raw is not None:
            meta["raw_left_out"] = f"more than {MAX_RAW:,} characters"
    except InvalidValueError as error:
        meta["raw_left_out"] = str(error)
    return meta
