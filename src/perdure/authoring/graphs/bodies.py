"""What the steps of a definition do: ask a model, call a function, collect results.

A body is made from the plan's step alone, so any process that has the functions and the models
runs any definition's steps. A step's `config` (`compiling` writes it) holds:

- `model`, `fallbacks`, `fall_back_on_failure`: whom to ask, in which order, and whether a final
  failure leads on along that order as a missing model does;
- `function`, `input` or `inputs`, `parameters`: what to call, with templates;
- `condition`, `branches`: what to decide, and which step is run for `if_true` and `if_false`;
- `over`, `most`, `truncates`, `step`: the list of a loop, how many items it takes, whether more are
  left out, and what is done for each of them;
- `gives_key`: whether a function that takes one is given the idempotency key;
- `collects`: ids of the steps whose results an aggregation takes in place of `inputs`;
- `budget`: what may be spent on models, as the definition says;
- `retry_on`, `rules`: what is done about failures (`policies`).

What a body raises becomes the attempt's failure (`executors.invoke`).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from perdure.authoring.functions import FunctionRegistry, UnknownFunctionError, default_registry
from perdure.authoring.graphs.attempts import (
    IDEMPOTENCY_KEY,
    Attempting,
    ItemBody,
    result_of,
)
from perdure.authoring.graphs.conditions import Condition, holds, read_condition
from perdure.authoring.graphs.failures import FunctionUnavailableError, told_apart
from perdure.authoring.graphs.guarding import guarded
from perdure.authoring.graphs.looping import Lists, LoopBody
from perdure.authoring.graphs.paying import Payer, leads_on
from perdure.authoring.graphs.policies import Policy
from perdure.authoring.graphs.requesting import HttpBody
from perdure.authoring.graphs.resting import SleepBody, WaitBody, WorkflowBody
from perdure.authoring.graphs.values import Lookups, Values, steps_of
from perdure.authoring.models import default_providers, why_not
from perdure.authoring.registry import BodyMaker
from perdure.errors import InvalidValueError, ModelUnavailableError
from perdure.kernel.directives import Choose
from perdure.kernel.filling import find, render, resolve
from perdure.kernel.references import Template, instruction, read, references
from perdure.ports.budgets import BudgetExceededError
from perdure.ports.executor import Body, Judgement, Result, Work
from perdure.ports.models import ModelAnswer, ModelProvider, ModelRequest
from perdure.wire.encoding import decode, encode_value

log = logging.getLogger("perdure.step")

Functions = Callable[[], FunctionRegistry]
Providers = Callable[[], Sequence[ModelProvider]]

LOOPS = ("loop", "parallel_processing")
"""Kinds of steps that go over lists."""

MAX_RAW = 64 * 1024
"""How many characters of a provider's own answer are kept beside the result."""


def body_makers(
    functions: Functions = default_registry, providers: Providers = default_providers
) -> dict[str, BodyMaker]:
    """Return the makers by kind of step, for `Registry.add_kind`.

    Functions and providers are asked for when the first step runs that needs them, and kept.
    """
    known, asked, lists = cache(functions), cache(providers), Lists()

    def calling(config: Mapping[str, Any]) -> FunctionBody:
        return FunctionBody.of(config, known)

    def asking(config: Mapping[str, Any]) -> InferenceBody:
        return InferenceBody.of(config, asked)

    def choosing(config: Mapping[str, Any]) -> ChoiceBody:
        branches = config["branches"]
        return ChoiceBody.of(config, {name: inner(part) for name, part in branches.items()})

    def inner(config: Mapping[str, Any]) -> ItemBody:
        return of_items[config["kind"]](config)

    def looping(config: Mapping[str, Any]) -> LoopBody:
        step = config["step"]
        return LoopBody.of(config, looping(step) if step["kind"] in LOOPS else inner(step), lists)

    alone: dict[str, Callable[[Mapping[str, Any]], Attempting]] = {
        "inference": asking,
        "data_processing": calling,
        "data_collection": calling,
        "aggregation": calling,
        "python": calling,
        "http": HttpBody.of,
        "wait": WaitBody.of,
        "sleep": SleepBody.of,
        "workflow": WorkflowBody.of,
    }
    of_items: dict[str, Callable[[Mapping[str, Any]], ItemBody]] = {
        **alone,
        "conditional": choosing,
    }
    makers: dict[str, Callable[[Mapping[str, Any]], Body]] = {
        **alone,
        "conditional": ConditionBody.of,
        "loop": looping,
        "parallel_processing": looping,
    }
    return {kind: guarded(_maker(make)) for kind, make in makers.items()}


def _maker(make: Callable[[Mapping[str, Any]], Body]) -> BodyMaker:
    return lambda _plan, step: make(decode(step.config))


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionBody(Attempting):
    """Calls a function with a template filled in; without a function, the value is the result."""

    function: str | None
    template: Template
    parameters: Template
    collects: tuple[str, ...]
    gives_key: bool
    policy: Policy
    functions: Functions = field(repr=False)

    @classmethod
    def of(cls, config: Mapping[str, Any], functions: Functions) -> "FunctionBody":
        """Return the body for a step's config."""
        return cls(
            function=config.get("function"),
            template=read(config.get("inputs", config.get("input"))),
            parameters=read(config.get("parameters", {})),
            collects=tuple(config.get("collects", ())),
            gives_key=config.get("gives_key", False),
            policy=Policy.of(config),
            functions=functions,
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""
        return (*steps_of(self.template, self.parameters), *self.collects)

    def run(self, work: Work, values: Lookups) -> Result:
        """Run the step once with these values."""
        value = values.collect(self.collects) if self.collects else resolve(self.template, values)
        parameters = resolve(self.parameters, values)
        if self.function is None:
            return result_of(value)
        try:
            function = self.functions().get(self.function)
        except UnknownFunctionError as error:
            raise FunctionUnavailableError(str(error)) from error
        assert isinstance(parameters, dict)
        if self.gives_key and IDEMPOTENCY_KEY in function.parameters:
            parameters.setdefault(IDEMPOTENCY_KEY, work.key)
        with told_apart():
            return result_of(function(value, parameters), {"function": self.function})


@dataclass(frozen=True, slots=True, kw_only=True)
class InferenceBody(Attempting):
    """Asks a model, and those that stand in for it; `Result.meta` says who answered, and how."""

    models: tuple[str, ...]
    template: Template
    parameters: Template
    on_failure: bool
    policy: Policy
    providers: Providers = field(repr=False)
    payer: Payer = field(default_factory=Payer)

    @classmethod
    def of(cls, config: Mapping[str, Any], providers: Providers) -> "InferenceBody":
        """Return the body for a step's config."""
        return cls(
            models=(config["model"], *config.get("fallbacks", ())),
            template=read(config["input"]),
            parameters=read(config.get("parameters", {})),
            on_failure=config.get("fall_back_on_failure", False),
            policy=Policy.of(config),
            providers=providers,
            payer=Payer.of(config.get("budget")),
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""
        return steps_of(self.template, self.parameters)

    def run(self, work: Work, values: Lookups) -> Result:
        """Run the step once: one request to each model that is asked."""
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
            "provider": answer.provider or provider.name,
            "method": answer.method,
            "kind": answer.kind,
            "note": answer.note,
            "usage": dict(answer.usage) if answer.usage is not None else None,
            "cost": answer.cost,
            "cost_basis": answer.cost_basis,
            "tried": tried,
        }
        if answer.cost is None:
            log.warning(
                "what the answer of %r cost is not known: no price is, or its tokens were not told",
                answer.model,
                extra={"run": work.run, "step": work.path},
            )
        return result_of(answer.result, _with_raw(meta, answer.raw))

    def _ask(
        self, work: Work, question: ModelRequest, tried: list[str]
    ) -> tuple[ModelProvider, ModelAnswer]:
        """Return the first answer on the way; raise the first real failure if there is none.

        After each model that does not answer the handler and the rules are asked which comes next.
        """
        asked: list[str] = []
        left = list(self.models)
        failure: Exception | None = None
        while left:
            asked.append(model := left.pop(0))
            try:
                return self._answer(work, model, question)
            except BudgetExceededError as error:
                tried.append(f"{model} ({_told(error)})")
                if not leads_on(error):
                    raise
                failure = failure or error
            except Exception as error:  # a provider is anybody's code; it goes on or is raised
                tried.append(f"{model} ({_told(error)})")
                verdict = self.policy.verdict(work, error)
                if verdict is not None and verdict.model and verdict.model not in asked:
                    left = [verdict.model, *(name for name in left if name != verdict.model)]
                elif verdict is not None or not self._leads_on(work, error):
                    raise
                if not isinstance(error, ModelUnavailableError):
                    failure = failure or error
        if failure is not None:
            raise failure
        raise self._nobody(tried)

    def _answer(
        self, work: Work, model: str, question: ModelRequest
    ) -> tuple[ModelProvider, ModelAnswer]:
        provider = next((p for p in self.providers() if p.serves(model)), None)
        if provider is None:
            raise ModelUnavailableError(why_not(model, self.providers()))
        with told_apart():
            return provider, self.payer.ask(work, provider, replace(question, model=model))

    def _leads_on(self, work: Work, error: Exception) -> bool:
        """Tell whether the next model is asked: after one that is not here, or that failed for good."""
        if isinstance(error, ModelUnavailableError):
            return True
        judged = self.policy.judge(work, error)
        final = not (judged.retryable and work.step.retry.allows(work.attempt))
        return self.on_failure and final

    def _nobody(self, tried: list[str]) -> ModelUnavailableError:
        names = ", ".join(provider.name for provider in self.providers()) or "none is installed"
        error = ModelUnavailableError(
            f"no model answered. Tried: {'; '.join(tried)}. Providers here: {names}. Name a model "
            "that one of them has, in the step or under 'fallback_models'"
        )
        self.policy.settle(error)  # each model that did not answer was judged by itself
        return error


@dataclass(frozen=True, slots=True)
class ChoiceBody:
    """Decides a condition for an item of a loop, and does what stands for true or false, if any."""

    condition: Condition
    branches: Mapping[str, ItemBody]
    policy: Policy

    @classmethod
    def of(cls, config: Mapping[str, Any], branches: Mapping[str, ItemBody]) -> "ChoiceBody":
        """Return the body for a step's config, and for those of its branches."""
        return cls(read_condition(config["condition"]), branches, Policy.of(config))

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""
        own = (reference.step for reference in self.condition.references() if reference.step)
        inner = (step for branch in self.branches.values() for step in branch.steps)
        return tuple(dict.fromkeys((*own, *inner)))

    def run(self, work: Work, values: Lookups) -> Result:
        """Decide, and do the one or the other: values do not change, so a retry decides the same."""
        branch = self.branches.get("if_true" if holds(self.condition, values) else "if_false")
        return branch.run(work, values) if branch is not None else result_of(None)

    def judge(self, work: Work, error: Exception) -> Judgement:
        """Tell whether another try may follow this error, and when."""
        return self.policy.judge(work, error)


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


def _told(error: Exception) -> str:
    return (
        str(error)
        if isinstance(error, ModelUnavailableError)
        else f"{type(error).__name__}: {error}"
    )


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
