"""Schedules that stand at the classes of their workflows."""

from datetime import datetime

import pytest
from pydantic import BaseModel

from perdure import Schedule, complete, step, workflow
from perdure.authoring.registry import Registry
from perdure.errors import DefinitionError, InvalidValueError, ScheduleTakenError
from perdure.testing import Sandbox


def times(engine, name):
    """When the runs of a schedule were for, the oldest first."""
    runs = engine.runs(where={"schedule": name}, limit=1000)
    return sorted(run.attributes["scheduled_for"] for run in runs)


def test_a_workflow_may_have_a_schedule_of_its_own():
    registry = Registry()

    @workflow("cleaning", schedule="0 3 * * *", registry=registry)
    class Cleaning:
        @step(start=True)
        def clean(self):
            return complete()

    with Sandbox(registry=registry) as engine:
        engine.clock.advance(days=2)

        (view,) = engine.schedules.list()
        assert (view.name, view.declared) == ("cleaning", True)
        assert times(engine, "cleaning") == [
            "2025-06-16T03:00:00+00:00", "2025-06-17T03:00:00+00:00",
        ]  # fmt: skip
        with pytest.raises(InvalidValueError, match="Change it there"):
            engine.schedules.update("cleaning", cron="@daily")


def test_what_stands_at_a_class_is_seen_by_the_first_who_looks():
    registry = Registry()

    @workflow("cleaning", schedule="0 3 * * *", registry=registry)
    class Cleaning:
        @step(start=True)
        def clean(self):
            return complete()

    with Sandbox(registry=registry) as engine:
        assert [view.name for view in engine.schedules.list()] == ["cleaning"]
    with Sandbox(registry=registry) as engine:
        assert engine.schedules.get("cleaning").declared
    with Sandbox(registry=registry) as engine:
        assert engine.schedules.delete("cleaning")
    with Sandbox(registry=registry) as engine, pytest.raises(ScheduleTakenError):
        engine.schedules.create("cleaning", "cleaning", every=60)


def test_a_schedule_at_a_class_that_cannot_come_is_refused_where_it_is_written():
    with pytest.raises(DefinitionError, match=r"@workflow\('x', schedule=...\): cron: '61"):

        @workflow("x", schedule="61 * * * *", registry=Registry())
        class Never:
            @step(start=True)
            def clean(self):
                return complete()


def test_a_schedule_at_the_class_gives_what_its_runs_need():
    """One that does not would have no run begin, and say so only where somebody looks."""
    schedule = Schedule(cron="@daily", inputs={"kind": "all"})
    with pytest.raises(DefinitionError) as refused:

        @workflow("needs more", schedule=schedule, registry=Registry())
        class NeedsMore:
            class Context(BaseModel):
                scheduled_for: datetime
                kind: str
                customer: str

            @step(start=True)
            def write(self):
                return complete()

    assert "a run needs 'customer', which the schedule does not give" in str(refused.value)
    assert 'inputs={"customer": ...}' in str(refused.value)


@pytest.mark.parametrize(
    ("inputs", "hint"),
    [({"knd": "all"}, "Did you mean 'kind'?"), ({"colour": "red"}, "It takes: kind")],
)
def test_an_input_of_a_schedule_at_the_class_that_no_run_takes_is_refused(inputs, hint):
    """One with a default could be misspelt, and every run that comes would be refused."""
    with pytest.raises(DefinitionError) as refused:

        @workflow("has a default", schedule=Schedule(every=60, inputs=inputs), registry=Registry())
        class HasDefault:
            class Context(BaseModel):
                kind: str = "all"

            @step(start=True)
            def write(self):
                return complete()

    assert f"takes no input {next(iter(inputs))!r}. {hint}" in str(refused.value)
