"""Laws of definitions that run: whatever is right goes to its end, in thousands of shapes."""

import time

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry
from perdure.kernel.run import Status
from perdure.testing.sandbox import Sandbox
from tests.authoring.graphs.support import define
from tests.authoring.graphs.test_laws import check_any, spoilt_or_strange
from tests.budgets import budget, record_count

BATCH = 100
CLEAN = {"type": "data_processing", "function": "clean_text"}
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)


@st.composite
def work(draw, text, *, depth=0):
    """What does something and ends: a step without an id."""
    kinds = ["clean", "python", "sleep", "wait"]
    kinds += ["either", "workflow"] if depth < 2 else []
    kind = draw(st.sampled_from(kinds))
    if kind == "python":
        return {"type": "python", "function": "clean_text", "input": text}
    if kind == "sleep":
        return {"type": "sleep", "seconds": draw(st.sampled_from([0, 0.5, 60]))}
    if kind == "wait":
        late = {"on_timeout": "continue", "default": text, "timeout": 30}
        return {"type": "wait", "signal": "nobody sends it", **late}
    if kind == "either":
        made = {
            "type": "conditional",
            "condition": draw(st.sampled_from(["true", "1 > 2", "size(${workflow.input.t}) > 0"])),
            "if_true": draw(work(text, depth=depth + 1)),
        }
        if draw(st.booleans()):
            made["if_false"] = draw(work(text, depth=depth + 1))
        return made
    if kind == "workflow":
        inner = {"id": "i", **draw(work("x ${workflow.input.t}", depth=depth + 1))}
        return {"type": "workflow", "workflow": {"steps": [inner]}, "inputs": {"t": text}}
    return {**CLEAN, "input": text}


def over(step, count, **more):
    """A loop around a step; what an item cannot say is said of the loop."""
    inner = _without_timeouts(step)
    return {
        "type": "loop", "iterate_over": list(range(count)), "step": inner, "timeout": 300, **more
    }  # fmt: skip


def _without_timeouts(step):
    made = {key: value for key, value in step.items() if key != "timeout"}
    for branch in ("if_true", "if_false"):
        if branch in made:
            made[branch] = _without_timeouts(made[branch])
    return made


@st.composite
def right_definitions(draw):
    """Definitions that are right by the way they are made, and whose runs complete."""
    steps = []
    for number in range(draw(st.integers(1, 5))):
        earlier = [f"s{before}" for before in range(number)]
        after = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
        parts = ["${workflow.input.t}", "x", *(f"${{{name}.result}}" for name in earlier)]
        text = " ".join(["t", *draw(st.lists(st.sampled_from(parts), max_size=3))])
        step = draw(work(text))
        if draw(st.booleans()):
            step = over(step, draw(st.integers(0, 3)), parallel=draw(st.booleans()))
            if draw(st.booleans()):
                inner = {key: value for key, value in step.items() if key != "timeout"}
                step = over(inner, draw(st.integers(0, 3)), parallel=draw(st.booleans()))
        steps.append({"id": f"s{number}", "depends_on": after, **step})
    more = {"max_parallel_steps": 2} if draw(st.booleans()) else {}
    return define(*draw(st.permutations(steps)), **more)


def check_runs(definition):
    """Run a definition under virtual time; it must complete, and have a result."""
    flow, warnings = load_definition(definition)
    with Sandbox(registry=Registry()) as engine:
        run = engine.start(flow, t="hello")
        engine.clock.advance(days=1)
        assert run.refresh().status == Status.COMPLETED, (run.status, run.error)
        run.result()
    assert all("never run" in str(each) for each in warnings)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(right_definitions())
def test_whatever_is_right_runs_to_its_end(definition):
    check_runs(definition)


@pytest.mark.slow
def test_thousands_of_definitions_are_refused_or_compiled_and_those_that_are_right_run():
    """Issue 5: 5,000 generated definitions, and never an exception that is not a typed one."""
    many = {"deadline": None, "database": None, "phases": PHASES}
    quiet = {"suppress_health_check": list(HealthCheck)}
    began = time.monotonic()
    done = 0
    for number in budget("inputs").rounds():
        told = settings(max_examples=BATCH - 5, **many, **quiet)(
            given(*spoilt_or_strange)(check_any)
        )
        runs = settings(max_examples=5, **many, **quiet)(given(right_definitions())(check_runs))
        seed(number)(told)()
        seed(number)(runs)()
        done += BATCH
    record_count("inputs", done, time.monotonic() - began)
