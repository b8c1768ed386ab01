"""Schedules through the engine's door: made, seen, changed, and run by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from perdure import Schedule, complete, get_context, step, wait, workflow
from perdure.app.default import DefaultEngine
from perdure.app.engine import Engine
from perdure.app.importing import importing
from perdure.authoring.registry import Registry
from perdure.errors import (
    InsideImportError,
    InvalidValueError,
    ScheduleNotFoundError,
    ScheduleTakenError,
    UniqueKeyTakenError,
    UnknownWorkflowError,
)
from perdure.testing import Sandbox

BERLIN = ZoneInfo("Europe/Berlin")
REGISTRY = Registry()


@workflow("report", registry=REGISTRY)
class Report:
    class Context(BaseModel):
        scheduled_for: datetime
        kind: str = "all"

    @step(start=True)
    def write(self):
        get_context().kind += "!"
        return complete()


@workflow("watch", registry=REGISTRY)
class Watch:
    @step(start=True)
    def look(self):
        return wait.for_signal("done")


@pytest.fixture
def engine():
    with Sandbox(registry=REGISTRY) as made:
        yield made


def times(engine, name):
    """When the runs of a schedule were for, the oldest first."""
    runs = engine.runs(where={"schedule": name}, limit=1000)
    return sorted(run.attributes["scheduled_for"] for run in runs)


def test_runs_begin_by_the_clocks_of_the_zone(engine):
    engine.schedules.create("daily", Report, cron="0 9 * * *", timezone="Europe/Berlin")

    engine.clock.advance(days=2)

    assert times(engine, "daily") == ["2025-06-16T07:00:00+00:00", "2025-06-17T07:00:00+00:00"]
    (first, _) = reversed(engine.runs())
    assert first.data == {"scheduled_for": "2025-06-16T09:00:00+02:00", "kind": "all!"}


def test_schedules_fire_in_the_order_of_their_times(engine):
    engine.schedules.create("b", "report", every=timedelta(minutes=3))
    engine.schedules.create("a", "report", every=timedelta(minutes=2))

    engine.clock.advance(minutes=6)

    runs = reversed(engine.runs())
    assert [run.attributes["schedule"] for run in runs] == ["a", "b", "a", "a", "b"]


def test_what_is_made_is_seen(engine):
    made = engine.schedules.create(
        "daily", "report", cron="0 9 * * *", timezone="Europe/Berlin", inputs={"kind": "short"}
    )

    assert made == engine.schedules.get("daily")
    assert engine.schedules.list() == [made]
    assert (made.name, made.workflow, made.paused, made.declared) == (
        "daily", "report", False, False,
    )  # fmt: skip
    assert made.schedule == Schedule(
        cron="0 9 * * *", timezone="Europe/Berlin", inputs={"kind": "short"}
    )
    assert made.next_at == datetime(2025, 6, 16, 9, tzinfo=BERLIN)


def test_a_schedule_may_be_given_whole(engine):
    daily = Schedule(cron="@daily")

    assert engine.schedules.create("daily", "report", daily).schedule is not None
    assert engine.schedules.get("daily").schedule == daily


def test_the_same_schedule_made_again_changes_nothing(engine):
    made = engine.schedules.create("daily", "report", cron="@daily")
    engine.clock.advance(hours=1)

    assert engine.schedules.create("daily", "report", cron="@daily") == made


@pytest.mark.parametrize("other", [("report", "@hourly"), ("watch", "@daily")])
def test_another_schedule_of_the_name_is_refused(engine, other):
    engine.schedules.create("daily", "report", cron="@daily")

    with pytest.raises(ScheduleTakenError, match="update") as caught:
        engine.schedules.create("daily", other[0], cron=other[1])

    assert caught.value.name == "daily"


@pytest.mark.parametrize(
    ("name", "flow", "options", "error"),
    [
        ("x", "report", {"cron": "61 * * * *"}, InvalidValueError),
        ("x", "report", {"cron": "@daily", "inputs": {"kind": []}}, InvalidValueError),
        ("x", "report", {"cron": "@daily", "inputs": {"knd": "a"}}, InvalidValueError),
        ("x", "nobody", {"cron": "@daily"}, UnknownWorkflowError),
        ("x", "report", {"crn": "@daily"}, InvalidValueError),
        ("", "report", {"cron": "@daily"}, InvalidValueError),
        (5, "report", {"cron": "@daily"}, InvalidValueError),
    ],
)
def test_what_could_not_begin_is_refused_when_it_is_made(engine, name, flow, options, error):
    with pytest.raises(error):
        engine.schedules.create(name, flow, **options)

    assert engine.schedules.list() == []


def test_a_workflow_that_only_the_store_knows_gets_a_schedule_that_its_code_begins(tmp_path):
    path = tmp_path / "s.db"
    with Engine(path, registry=REGISTRY, worker=False) as engine:
        engine.start("report", scheduled_for=datetime(2026, 11, 27, tzinfo=UTC))

    with Engine(path, registry=Registry(), worker=False) as engine:
        made = engine.schedules.create("x", "report", every=60)
        with pytest.raises(UnknownWorkflowError, match="begins where a worker has it"):
            engine.schedules.run_now("x")
        with pytest.raises(UnknownWorkflowError, match="'rapport'"):
            engine.schedules.create("y", "rapport", every=60)
    with Engine(path, registry=REGISTRY, worker=False) as engine:
        assert engine.schedules.run_now("x").name == made.workflow


def test_a_workflow_that_was_not_registered_is_when_it_gets_a_schedule(engine):
    flow = REGISTRY.get("report")

    assert engine.schedules.create("x", flow, every=60).workflow == "report"


def test_the_plan_is_kept_for_processes_that_do_not_know_the_workflow(engine):
    engine.schedules.create("x", "report", every=60, paused=True)
    engine.schedules.update("x", workflow="watch")

    assert engine.store.latest_plan("report") is not None
    assert engine.store.latest_plan("watch") is not None


def test_a_paused_schedule_begins_nothing_and_goes_on_from_when_it_is_resumed(engine):
    engine.schedules.create("often", "report", every=timedelta(hours=1))

    assert engine.schedules.pause("often").next_at is None
    engine.clock.advance(hours=5.5)
    resumed = engine.schedules.resume("often")
    none = times(engine, "often")
    engine.clock.advance(hours=1)

    assert none == []
    assert not resumed.paused
    assert times(engine, "often") == [resumed.next_at.isoformat()]


def test_resuming_what_is_not_paused_keeps_what_is_due(engine):
    before = engine.schedules.create("often", "report", every=60)

    assert engine.schedules.resume("often").next_at == before.next_at


def test_a_schedule_may_be_made_paused(engine):
    made = engine.schedules.create("often", "report", every=60, paused=True)

    engine.clock.advance(hours=1)

    assert made.paused
    assert times(engine, "often") == []


def test_a_schedule_says_something_else_from_now_on(engine):
    engine.schedules.create("often", "report", every=60, overlap="allow")

    changed = engine.schedules.update("often", cron="0 12 * * *", timezone="Europe/Berlin")

    assert changed.schedule == Schedule(
        cron="0 12 * * *", timezone="Europe/Berlin", overlap="allow"
    )
    assert changed.next_at == datetime(2025, 6, 16, 12, tzinfo=BERLIN)
    assert engine.schedules.update("often", every=5).schedule.cron is None
    assert engine.schedules.update("often", workflow="watch").workflow == "watch"
    assert engine.schedules.update("often", overlap="skip").schedule.every == 5.0


def test_an_update_of_a_paused_schedule_leaves_it_paused(engine):
    engine.schedules.create("often", "report", every=60, paused=True)

    assert engine.schedules.update("often", every=90).next_at is None


def test_a_schedule_that_is_gone_begins_nothing(engine):
    engine.schedules.create("often", "report", every=60)

    deleted = [engine.schedules.delete("often"), engine.schedules.delete("often")]
    engine.clock.advance(hours=1)

    assert deleted == [True, False]
    assert engine.runs() == []


@pytest.mark.parametrize("method", ["get", "pause", "resume", "update", "next", "run_now"])
def test_a_schedule_that_is_not_there_is_told(engine, method):
    with pytest.raises(ScheduleNotFoundError, match="perdure schedules list"):
        getattr(engine.schedules, method)("nothing")


def test_the_times_that_come_next_are_told_also_of_a_paused_one(engine):
    engine.schedules.create(
        "daily", "report", cron="0 9 * * *", timezone="Europe/Berlin", paused=True
    )

    with pytest.raises(InvalidValueError, match="count: how many times is a number from 0, not -2"):
        engine.schedules.next("daily", -2)
    assert engine.schedules.next("daily", 2) == [
        datetime(2025, 6, 16, 9, tzinfo=BERLIN), datetime(2025, 6, 17, 9, tzinfo=BERLIN),
    ]  # fmt: skip


def test_a_run_begins_at_once_when_somebody_asks(engine):
    engine.schedules.create("daily", "report", cron="@daily", inputs={"kind": "now"}, paused=True)

    run = engine.schedules.run_now("daily")
    again = engine.schedules.run_now("daily")

    assert run.refresh().status == "completed"
    assert run.data == {"scheduled_for": "2025-06-15T15:06:40Z", "kind": "now!"}
    assert again.id != run.id
    assert engine.schedules.get("daily").last_run is None


def test_a_run_by_hand_overlaps_only_where_it_may(engine):
    engine.schedules.create("one", "watch", every=3600)
    engine.schedules.create("new", "watch", every=3600, overlap="replace")
    engine.schedules.create("any", "watch", every=3600, overlap="allow")
    first = {name: engine.schedules.run_now(name) for name in ("one", "new", "any")}

    with pytest.raises(UniqueKeyTakenError):
        engine.schedules.run_now("one")
    engine.schedules.run_now("new")
    engine.schedules.run_now("any")

    assert first["new"].refresh().status == "cancelled"
    assert first["any"].refresh().status == "waiting"


def test_a_backfill_begins_a_run_for_each_time_that_has_none(engine):
    engine.schedules.create("hourly", "report", cron="@hourly")
    engine.clock.advance(hours=2)
    now = engine.clock.utc

    runs = engine.schedules.backfill("hourly", now - timedelta(hours=5), now)
    again = engine.schedules.backfill("hourly", now - timedelta(hours=5), now)

    assert len(runs) == 5
    assert [run.id for run in again] == [run.id for run in runs]
    assert times(engine, "hourly") == [
        f"2025-06-15T{hour}:00:00+00:00" for hour in (13, 14, 15, 16, 17)
    ]


def test_both_ends_of_a_backfill_belong_to_it(engine):
    engine.schedules.create("hourly", "watch", cron="@hourly", paused=True)
    noon = datetime(2025, 6, 15, 12, tzinfo=UTC)

    runs = engine.schedules.backfill("hourly", noon, noon + timedelta(hours=1))

    assert len(runs) == 2
    assert [run.refresh().status for run in runs] == ["waiting", "waiting"]


def test_a_backfill_that_cannot_be_meant_is_refused(engine):
    engine.schedules.create("often", "watch", every=1, paused=True)
    now = engine.clock.utc

    with pytest.raises(InvalidValueError, match="more than 10,000 times"):
        engine.schedules.backfill("often", now, now + timedelta(days=1))
    with pytest.raises(InvalidValueError, match="no such moment"):
        engine.schedules.backfill("often", now.replace(tzinfo=None), now)
    with pytest.raises(InvalidValueError, match="is before the start"):
        engine.schedules.backfill("often", now, now - timedelta(seconds=1))
    assert engine.runs() == []


def test_a_module_that_perdure_imports_makes_no_schedules():
    engine = DefaultEngine()

    with importing(), pytest.raises(InsideImportError, match="__main__"):
        engine.schedules.create("x", "report", every=60)


def test_the_shared_engine_has_schedules_too():
    engine = DefaultEngine()

    try:
        assert engine.schedules.list() == []
    finally:
        engine.close()
