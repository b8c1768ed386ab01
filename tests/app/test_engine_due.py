"""Timers that are all due at one moment."""

import time
from collections import Counter

import pytest
from pydantic import BaseModel

from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, sleep

PATIENCE = 120.0
RUNS = 2000
"""The benchmark `due` has a hundred thousand."""


@pytest.mark.slow
def test_each_of_many_timers_fires_once_and_none_before_its_time(tmp_path):
    woken: Counter[int] = Counter()
    lateness: list[float] = []
    registry = Registry()

    @workflow("sleeper", registry=registry)
    class Sleeper:
        class Context(BaseModel):
            number: int
            until: float

        @step(start=True)
        async def rest(self):
            return sleep(max(0.0, get_context().until - time.time()), then=self.wake)

        @step
        async def wake(self):
            context = get_context()
            woken[context.number] += 1
            lateness.append(time.time() - context.until)
            return complete()

    with Engine(tmp_path / "s.db", registry=registry) as engine:
        moment = time.time() + 3.0
        inputs = [{"number": number, "until": moment} for number in range(RUNS)]
        for run in engine.start_many("sleeper", inputs):
            run.wait(PATIENCE)

    assert woken == dict.fromkeys(range(RUNS), 1)
    assert min(lateness) >= 0
