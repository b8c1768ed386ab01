"""Functions, models and attempts for the tests of definitions: small, and as real as any."""

from typing import Any

from perdure.authoring.functions import Function, FunctionRegistry
from perdure.errors import ModelUnavailableError
from perdure.kernel.plan import Plan, PlanKind
from perdure.ports.executor import Work
from perdure.ports.models import ModelAnswer
from perdure.wire.encoding import decode, encode


def shout(text: str, *, times: int = 1, mark: str = "!") -> str:
    """Return the text louder."""
    return text.upper() + mark * times


def join(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs."""
    return dict(inputs)


def call(action: Any) -> Any:
    """Give back, or raise, what the input names."""
    return {"set": {1, 2}, "deep": {"a": [float("nan")]}, "long": "x" * 9_000_000}.get(action)


def fail(how: str, *, times: int = 1) -> Any:
    """Raise what is asked for."""
    raise {"network": ConnectionResetError, "time": TimeoutError}.get(how, ValueError)(how * times)


class Echo:
    """A provider whose models say what they were asked, and how."""

    name = "echo"

    def __init__(self, *models: str, raw: Any = None) -> None:
        self.models = models
        self.raw = raw

    def serves(self, model: str) -> bool:
        return model in self.models

    def answer(self, request: Any) -> ModelAnswer:
        said = {
            "prompt": request.prompt,
            "instruction": request.instruction,
            "values": list(request.values),
            "parameters": dict(request.parameters),
        }
        return ModelAnswer(
            said,
            request.model,
            kind="other",
            method="echo",
            usage={"tokens": len(request.prompt)},
            raw=self.raw,
        )


class Broken:
    """A provider that has models which do not work; every request is counted."""

    name = "broken"

    def __init__(self, **errors: Exception) -> None:
        self.errors = errors
        self.asked: list[str] = []

    def serves(self, model: str) -> bool:
        return model in self.errors

    def answer(self, request: Any) -> ModelAnswer:
        self.asked.append(request.model)
        raise self.errors[request.model]


class Moody:
    """A provider that says it has every model, and then has none."""

    name = "moody"

    def serves(self, model: str) -> bool:
        return bool(model)

    def answer(self, request: Any) -> ModelAnswer:
        raise ModelUnavailableError(f"{request.model} is being loaded")


def functions() -> FunctionRegistry:
    """Return a registry of these alone; nothing of it is known outside of these tests."""
    calls = {"test_shout": shout, "test_join": join, "test_call": call, "test_fail": fail}
    return FunctionRegistry({name: Function(name, made) for name, made in calls.items()})


def ask(name: str, question: Any = "${workflow.input.text}", **more: Any) -> dict[str, Any]:
    """Return an inference step."""
    return {"id": name, "type": "inference", "model": "m", "input": question, **more}


def work_on(name: str, material: Any, function: str = "test_shout", **more: Any) -> dict[str, Any]:
    """Return a data_processing step."""
    return {
        "id": name, "type": "data_processing", "function": function, "input": material, **more
    }  # fmt: skip


def gather(name: str, **more: Any) -> dict[str, Any]:
    """Return an aggregation."""
    return {"id": name, "type": "aggregation", **more}


def define(*steps: Any, **more: Any) -> dict[str, Any]:
    """Return a definition."""
    return {"name": "sample", "steps": list(steps), **more}


def graph(*steps: Any, **more: Any) -> Plan:
    return Plan(workflow="sample", kind=PlanKind.GRAPH, steps=steps, **more)


def attempt(
    plan: Plan, name: str, *, inputs: Any = None, results: Any = None, number: int = 1
) -> Work:
    """Return the work of one attempt, with the inputs and results that its body may read."""
    known = {step: encode(value) for step, value in (results or {}).items()}
    return Work(
        run="run_1",
        plan=plan,
        step=plan.step(name),
        path=name,
        visit=1,
        attempt=number,
        token=1,
        context=encode(inputs or {}),
        payload=None,
        reader=lambda _run, steps: {step: known[step] for step in steps if step in known},
    )


def value_of(result: Any) -> Any:
    return decode(result.output)


QUICK_START: dict[str, Any] = {
    "name": "Text Analysis Pipeline",
    "description": "Analyze text sentiment and extract entities",
    "steps": [
        {
            "id": "sentiment",
            "type": "inference",
            "model": "cardiffnlp/twitter-roberta-base-sentiment-latest",
            "input": "${workflow.input.text}",
        },
        {
            "id": "entities",
            "type": "inference",
            "model": "dbmdz/bert-large-cased-finetuned-conll03-english",
            "input": "${workflow.input.text}",
            "depends_on": ["sentiment"],
        },
        {
            "id": "summary",
            "type": "inference",
            "model": "gpt-3.5-turbo",
            "input": "Summarize: Sentiment=${sentiment.result}, Entities=${entities.result}",
            "depends_on": ["sentiment", "entities"],
        },
    ],
}
"""Document 004's first workflow, as printed."""
