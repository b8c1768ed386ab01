"""What a definition may say: the fields of document 004, with their types and limits.

Strict: no value is converted, so `true` is no number and `"5"` neither. Templates (`input`,
`inputs`, `parameters`, `output`) are any JSON; what stands in them is checked by `links`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from perdure.kernel.plan import DEFAULT_QUEUE

MAX_STEPS = 1_000
MAX_LOOPS = 100
"""The most loops of a definition: what is open of each stands in the run's row."""
MAX_ITEMS = 100_000
DEFAULT_ITEMS = 1_000
"""How many items a loop takes that says nothing of it."""
AT_A_TIME = 16
"""How many items of a parallel loop are open at a time, if it says nothing of it."""
MAX_FALLBACKS = 1_000
MAX_SECONDS = 366 * 86_400
MAX_NESTED = 3
"""How many loops may stand within each other."""
MAX_OUTER = 100
"""How many items of a loop are open at a time, at most, whose items are loops."""
MAX_INLINE = 3
"""How deep workflows may be written within workflows."""
LATER_TYPES = ("task", "comfyui")
"""Types that are part of the language and cannot be run by this version."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$", max_length=100)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Queue = Annotated[str, StringConstraints(pattern=r"^[^\s,]([^,]*[^\s,])?$", max_length=200)]
Seconds = Annotated[float, Field(gt=0, le=MAX_SECONDS, allow_inf_nan=False)]
Dollars = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Fallbacks = Annotated[dict[Name, Name], Field(max_length=MAX_FALLBACKS)]
RetryKind = Literal["timeout", "rate_limit", "temporary_failure", "model_unavailable", "error"]
Template = Any


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class RetryRules(_Part):
    """How often and when a failed step is tried again; `max_retries` come after the first try."""

    max_retries: Annotated[int, Field(ge=0, le=1_000)] = 3
    retry_delay_seconds: Annotated[float, Field(ge=0, le=30 * 86_400, allow_inf_nan=False)] = 1.0
    backoff_multiplier: Annotated[float, Field(ge=1, le=100, allow_inf_nan=False)] = 2.0
    retry_on_errors: list[RetryKind] | None = None


class FallbackStrategy(_Part):
    """Which model is asked in place of one that is not there, or that failed for good."""

    enabled: bool = True
    fallback_models: Fallbacks = Field(default_factory=dict)


class ErrorRule(_Part):
    """What is done about failures of these kinds; `any` stands for all of them.

    `fallback_model` belongs to `use_fallback`, `wait_seconds` to `wait_and_retry`.
    """

    error_type: Annotated[str, StringConstraints(min_length=1, max_length=100)] | list[Name]
    action: Literal["use_fallback", "wait_and_retry", "fail_workflow"]
    fallback_model: Name | None = None
    wait_seconds: Annotated[float, Field(ge=0, le=30 * 86_400, allow_inf_nan=False)] | None = None


class ErrorHandling(_Part):
    """Both shapes of document 004; where they say different things the nested one wins.

    Of the `rules` the first that is for a failure is followed, before the policy.
    """

    retry_failed_steps: bool | None = None
    max_retries: Annotated[int, Field(ge=0, le=1_000)] | None = None
    fallback_models: Fallbacks | None = None
    retry_policy: RetryRules | None = None
    fallback_strategy: FallbackStrategy | None = None
    rules: Annotated[list[ErrorRule], Field(max_length=100)] | None = None


class Budget(_Part):
    """What may be spent on models, in US dollars: by a run, and by all runs of the workflow.

    `on_budget` is what becomes of a run whose next call would be too much.
    """

    max_cost: Dollars | None = None
    workflow_max_cost: Dollars | None = None
    per: Literal["day", "month", "ever"] = "ever"
    on_budget: Literal["pause", "degrade", "stop"] = "pause"


class Resources(_Part):
    """What a step or all steps of a workflow need of a machine."""

    cpu_cores: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] | None = None
    ram_gb: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)] | None = None
    gpu_required: bool | None = None


class _Step(_Part):
    id: Id | None = None
    description: str | None = None
    depends_on: list[str] = Field(default_factory=list)
    timeout: Seconds | None = None
    parallel_group: Name | None = None
    error_handling: ErrorHandling | None = None
    continue_on_error: bool = False
    resource_requirements: Resources | None = None
    queue: Queue | None = None
    declassify: bool = False


class Calling(_Step):
    """A step that calls somebody: a model or a function."""

    parameters: dict[str, Template] = Field(default_factory=dict)


class Inference(Calling):
    """Asks a model; without `input` it is asked about the run's inputs."""

    type: Literal["inference"]
    model: Name
    input: Template = "${workflow.input}"


class DataProcessing(Calling):
    """Gives a value to a function."""

    type: Literal["data_processing"]
    function: Name
    input: Template


class DataCollection(Calling):
    """Gets data from somewhere by a function; a value tells it what to get."""

    type: Literal["data_collection"]
    function: Name
    input: Template


class Aggregation(Calling):
    """Gives values by name to a function; without both it collects what it depends on."""

    type: Literal["aggregation"]
    function: Name | None = None
    inputs: dict[str, Template] | None = None


class Python(Calling):
    """Calls a function that somebody has registered, by its name; it may do something elsewhere."""

    type: Literal["python"]
    function: Name
    input: Template = None


class Http(_Step):
    """Sends one request; its result is an object of `status`, `headers` and `body`.

    A status that is none of 2xx is a failure, unless `accept_status` names it.
    """

    type: Literal["http"]
    url: Annotated[str, StringConstraints(min_length=1, max_length=8_192)]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = "GET"
    headers: dict[str, Template] = Field(default_factory=dict)
    query: dict[str, Template] = Field(default_factory=dict)
    body: Template = None
    accept_status: list[Annotated[int, Field(ge=100, le=599)]] = Field(default_factory=list)


class Wait(_Step):
    """Waits for a signal or an event, at most `timeout` seconds; what that brings is its result.

    A `form` is the JSON Schema of what a signal must bring, or a map of properties, each needed.
    """

    type: Literal["wait"]
    signal: Name | None = None
    key: Template = None
    form: dict[str, Any] | None = None
    event: Name | None = None
    entity: Template = None
    match: dict[str, Template] | None = None
    on_timeout: Literal["fail", "continue"] = "fail"
    default: Template = None


class Sleep(_Step):
    """Sleeps for seconds, or until a moment (ISO 8601 with its offset); its result is null."""

    type: Literal["sleep"]
    seconds: Template = None
    until: Template = None


class SubWorkflow(_Step):
    """Starts a run of another workflow and waits for it; what it comes to is the result.

    It is named, or written here as a definition. `timeout` is what the run may take.
    """

    type: Literal["workflow"]
    workflow: Name | dict[str, Any]
    inputs: dict[str, Template] = Field(default_factory=dict)


class Conditional(_Step):
    """Runs one of two steps, as a CEL condition says; its result is that of the step which ran.

    A branch is a step without an id, or with one, by which others can name it.
    """

    type: Literal["conditional"]
    condition: Annotated[str, StringConstraints(min_length=1)]
    if_true: "Step"
    if_false: "Step | None" = None


class _Looping(_Step):
    max_parallel: Annotated[int, Field(ge=1, le=1_000)] | None = None
    max_iterations: Annotated[int, Field(ge=0, le=MAX_ITEMS)] = DEFAULT_ITEMS
    on_limit: Literal["fail", "truncate"] = "fail"
    on_item_error: Literal["fail", "collect"] = "fail"


class Loop(_Looping):
    """Does a step for each item of a list: one after the other, or several at a time.

    The step has no id: its items are named after the loop. Its result is the list of theirs.
    """

    type: Literal["loop"]
    iterate_over: Template
    step: "Step"
    parallel: bool = False


class ParallelProcessing(_Looping):
    """Gives each item of a list to a function, several at a time."""

    type: Literal["parallel_processing"]
    function: Name
    input: Template
    parameters: dict[str, Template] = Field(default_factory=dict)
    parallel: bool = True


Step = Annotated[
    Inference
    | DataProcessing
    | DataCollection
    | Aggregation
    | Python
    | Http
    | Wait
    | Sleep
    | SubWorkflow
    | Conditional
    | Loop
    | ParallelProcessing,
    Field(discriminator="type"),
]
STEP_MODELS: dict[str, type[_Step]] = {
    "inference": Inference,
    "data_processing": DataProcessing,
    "data_collection": DataCollection,
    "aggregation": Aggregation,
    "python": Python,
    "http": Http,
    "wait": Wait,
    "sleep": Sleep,
    "workflow": SubWorkflow,
    "conditional": Conditional,
    "loop": Loop,
    "parallel_processing": ParallelProcessing,
}
RESTING = (Wait, Sleep, SubWorkflow)
"""Steps that end an attempt, rest, and go on with another one."""
BRANCHES = ("if_true", "if_false")
"""The fields of a step that hold steps of the plan."""
INNER = (*BRANCHES, "step")
"""The fields of a step that hold a step."""


class Definition(_Part):
    """A workflow as its author writes it."""

    name: Name
    description: str | None = None
    version: Annotated[str, StringConstraints(min_length=1, max_length=100)] = "1"
    steps: Annotated[list[Step], Field(min_length=1)]
    output: Template = None
    input_schema: dict[str, Any] | None = None
    error_handling: ErrorHandling | None = None
    resource_requirements: Resources | None = None
    timeout: Seconds | None = None
    max_parallel_steps: Annotated[int, Field(ge=1, le=MAX_STEPS)] | None = None
    queue: Queue = DEFAULT_QUEUE
    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A step of the plan: the name it has there, the step, and which one it is a branch of."""

    name: str
    step: Step
    around: "Placed | None" = None

    def said(self, field: str) -> Any:
        """Return what the step says of itself, else what the step around it says."""
        here: Placed | None = self
        said = None
        while here is not None and not said:
            said, here = getattr(here.step, field), here.around
        return said


def placed(definition: Definition) -> Iterator[Placed]:
    """Yield all steps that a definition's plan has: a step, then its branches."""
    for step in definition.steps:
        yield from _placed(Placed(step.id or "", step))


def _placed(entry: Placed) -> Iterator[Placed]:
    yield entry
    for field, inner in branches_of(entry.step):
        yield from _placed(Placed(inner.id or branch_name(entry.name, field), inner, entry))


def branches_of(step: Step) -> list[tuple[str, Step]]:
    """Return the steps that a step holds, with the fields that hold them."""
    if not isinstance(step, Conditional):
        return []
    both = (("if_true", step.if_true), ("if_false", step.if_false))
    return [(field, inner) for field, inner in both if inner is not None]


def inner_steps(step: Step) -> Iterator[Step]:
    """Yield what a loop's step does for an item: the step, and all that stand inside of it."""
    yield step
    if isinstance(step, Loop):
        yield from inner_steps(step.step)
    for _, branch in branches_of(step):
        yield from inner_steps(branch)


def inline_of(data: Mapping[str, Any], title: str) -> dict[str, Any]:
    """Return a definition that is written within a step; it is called by its title if it has no name."""
    return {"name": title[:200], **data}


def branch_name(name: str, field: str) -> str:
    """Return what a plan calls a branch without an id."""
    return f"{name}.{field}"


PART_MODELS: dict[str, type[BaseModel]] = {
    "error_handling": ErrorHandling,
    "retry_policy": RetryRules,
    "fallback_strategy": FallbackStrategy,
    "rules": ErrorRule,
    "resource_requirements": Resources,
    "budget": Budget,
}
"""The models by the field that holds them, wherever it stands."""
