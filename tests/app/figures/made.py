"""Runs and attempts that figures are made of, and workflows that take virtual time."""

from itertools import count

from perdure.app.figures.gathering import Call, RunFigures, Try
from perdure.app.virtual import VirtualClock
from perdure.authoring.functions import function
from perdure.authoring.graphs.loader import load_definition
from perdure.testing import Sandbox

_numbers = count(1)
_clocks: list[VirtualClock] = []


@function("test_figures_take", returns="number")
def take(input: float) -> float:  # noqa: A002
    """Let so many seconds of virtual time pass; fail where they are less than nothing."""
    VirtualClock.advance(_clocks[-1], abs(input))
    if input < 0:
        raise ValueError("no such time")
    return input


def sandbox():
    """Return an engine whose steps may let its time pass."""
    engine = Sandbox()
    _clocks.append(engine.clock)
    return engine


def takes(name, seconds, **more):
    """Return a step that takes virtual time."""
    return {
        "id": name,
        "type": "data_processing",
        "function": "test_figures_take",
        "input": seconds,
        **more,
    }


def flow(*steps, name=None, **more):
    """Return a workflow of a name of its own."""
    body = {"name": name or f"figures {next(_numbers)}", "steps": list(steps), **more}
    return load_definition(body)[0]


def tried(step="ask", *, begun=0.0, ended=1.0, status="completed", cpu=None, cost=..., **more):
    """Return an attempt; with a cost it asked a model."""
    call = None if cost is ... else Call(model="m", usage={"input_tokens": 10}, cost=cost)
    return Try(
        step=step, path=step, visit=1, status=status, begun=begun, ended=ended, cpu=cpu, call=call
    )  # fmt: skip


def ran(*tries, name="run_1", status="completed", begun=0.0, ended=10.0, workflow="w", version="1"):
    """Return a run."""
    return RunFigures(
        id=name, workflow=workflow, version=version, plan="p", status=status, begun=begun, ended=ended,
        tries=tries,
    )  # fmt: skip
