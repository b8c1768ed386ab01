"""A workflow that retries, sleeps and waits, and an engine over a file to run it on."""

import contextlib
import time

from pydantic import BaseModel

from perdure.app.engine import Engine
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import current_step, get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, fail, goto, sleep, wait
from perdure.authoring.steps.retry import Retry


@contextlib.contextmanager
def post_office(path, *, worker=True, **settings):
    """Open an engine with a registry of its own that hosts parcels."""
    registry = Registry()
    declare(registry)
    with Engine(path, registry=registry, worker=worker, **settings) as engine:
        yield engine


def declare(registry):
    """Put the workflow `parcel` into a registry."""

    @workflow("parcel", registry=registry, default_retry=Retry(max_attempts=2, base_delay=0.0))
    class Parcel:
        class Context(BaseModel):
            weight: int = 1
            nap: float = 0.0
            key: str | None = None

        @step(start=True, retry=Retry(max_attempts=2, base_delay=0.0))
        def pack(self):
            if current_step().attempt == 1:
                raise RuntimeError("the box tore")
            return sleep(get_context().nap, then=self.ask)

        @step
        def ask(self):
            return wait.for_signal("courier", key=get_context().key, timeout=3600, then=self.send)

        @step
        def send(self):
            return fail("too heavy") if get_context().weight > 10 else goto(self.told)

        @step
        def told(self):
            return complete()

    return Parcel


def graph(**inputs):
    """Return a definition of two steps: one cleans a text, one collects."""
    first = {"id": "tidy", "type": "data_processing", "function": "clean_text"}
    second = {"id": "all", "type": "aggregation", "function": "combine_results"}
    return {
        "name": "tidying",
        "steps": [
            {**first, "input": "${workflow.input.text}"},
            {**second, "inputs": {"t": "${tidy.result}"}},
        ],
        **inputs,
    }


def start_graph(engine, **inputs):
    """Start a run of the definition."""
    flow, _ = load_definition(graph())
    return engine.start(flow, **inputs)


def until_waiting(engine, run):
    """Return when a run waits for its signal."""
    until(lambda: engine.view(run.id).waiting_signal)


def until(condition):
    """Return when something holds that other threads bring about."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.002)
