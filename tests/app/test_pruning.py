"""What transactional steps recorded goes when its run is long over, and not before."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from pydantic import BaseModel

from perdure.app import pruning
from perdure.app.engine import Engine
from perdure.app.virtual import VirtualClock
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto, wait
from perdure.errors import DefinitionError, InvalidValueError, RunNotFoundError

DAY = 86400.0


@pytest.fixture
def database(tmp_path):
    return tmp_path / "app.db"


@pytest.fixture
def engine(tmp_path, database):
    """An engine under virtual time, whose runs write once and, some of them, wait then."""
    registry = Registry()

    def connect():
        return sqlite3.connect(database)

    @workflow("order", registry=registry)
    class Order:
        class Context(BaseModel):
            waits: bool = False

        @step(start=True, transactional=connect)
        def place(self):
            return goto(self.then)

        @step(transactional=connect)
        def then(self):
            if get_context().waits:
                return wait.for_signal("go", then="end")
            return complete()

        @step
        def end(self):
            return complete()

    clock = VirtualClock()
    with Engine(tmp_path / "p.db", registry=registry, inline=True, clock=clock) as engine:
        engine.clock = clock
        yield engine


def rows(database):
    with closing(sqlite3.connect(database)) as db:
        return [run for (run,) in db.execute("SELECT run FROM perdure_done ORDER BY run")]


def test_rows_of_a_run_that_ended_long_ago_go_and_others_stay(engine, database):
    old = engine.start("order")
    live = engine.start("order", waits=True)
    engine.clock.advance(31 * DAY)
    new = engine.start("order")

    pruned = engine.prune_done()

    assert (pruned.found, pruned.deleted) == (6, 2)
    assert rows(database) == sorted([live.id, live.id, new.id, new.id])
    assert old.refresh().status == "completed"


def test_the_age_can_be_said(engine, database):
    engine.start("order")

    assert engine.prune_done(timedelta(minutes=1)).deleted == 0
    assert engine.prune_done(0).deleted == 2
    assert rows(database) == []


def test_a_dry_run_deletes_nothing(engine, database):
    engine.start("order")

    assert engine.prune_done(0.0, dry_run=True).deleted == 2
    assert len(rows(database)) == 2


def test_rows_of_runs_that_another_store_has_stay_unless_they_are_asked_for(engine, database):
    engine.start("order")
    with closing(sqlite3.connect(database)) as db:
        db.execute("INSERT INTO perdure_done VALUES ('k', 'run_elsewhere', '[]')")
        db.commit()

    engine.prune_done(0)
    assert rows(database) == ["run_elsewhere"]

    engine.prune_done(gone=True)
    assert rows(database) == []


def test_many_are_looked_at_a_slice_at_a_time(engine, database, monkeypatch):
    monkeypatch.setattr(pruning, "SLICE", 2)
    for _ in range(3):
        engine.start("order")

    assert engine.prune_done(0) == pruning.Pruned(6, 6)
    assert rows(database) == []


def test_a_process_without_such_steps_has_nothing_to_prune(tmp_path):
    with Engine(tmp_path / "p.db", registry=Registry()) as engine:
        assert engine.prune_done() == pruning.Pruned(0, 0)


def test_runs_long_over_are_forgotten_as_the_settings_say(engine):
    old = [engine.start("order") for _ in range(2)]
    engine.clock.advance(31 * DAY)
    new = engine.start("order")

    assert engine.prune(dry_run=True) == pruning.Pruned(2, 2)
    assert engine.prune() == pruning.Pruned(2, 2)
    assert [run.id for run in engine.runs()] == [new.id]
    with pytest.raises(RunNotFoundError):
        old[0].refresh()


def test_or_as_their_workflow_says(tmp_path):
    registry = Registry()
    for name, keep in (("short", timedelta(hours=1)), ("long", "forever"), ("other", None)):

        @workflow(name, registry=registry, keep=keep)
        class Kept:
            @step(start=True)
            def only(self):
                return complete()

    clock = VirtualClock()
    with Engine(tmp_path / "p.db", registry=registry, inline=True, clock=clock) as engine:
        for name in ("short", "long", "other", "other"):
            engine.start(name)
        clock.advance(2 * 3600.0)

        assert engine.prune().deleted == 1
        assert engine.prune(3600.0).deleted == 1  # the other one was born last
        assert sorted(run.name for run in engine.runs()) == ["long", "other"]


def test_keep_says_what_it_can_be():
    with pytest.raises(DefinitionError, match=r"@workflow\('w', keep=\.\.\.\).*or 'forever'"):
        workflow("w", keep="a week", registry=Registry())


def test_what_is_no_span_is_refused(engine):
    with pytest.raises(InvalidValueError, match="older_than"):
        engine.prune("a month")
    with pytest.raises(InvalidValueError, match="older_than"):
        engine.prune_done("a month")
