"""Runs as rows, over the engine's own store."""

from datetime import timedelta

import pytest

from perdure import complete, fail, step, wait, workflow
from perdure.app.default import engine
from perdure.compat.django_ai import models
from perdure.compat.django_ai.models import FieldError, WorkflowRun, WorkflowStatus


@workflow("rows")
class Rows:
    @step(start=True)
    def ask(self):
        return wait.for_signal("go", timeout=timedelta(days=1), on_timeout=self.late)

    @step()
    def end(self):
        return complete(done=True)

    @step()
    def late(self):
        return fail("nobody came")


@workflow("breaks")
class Breaks:
    @step(start=True)
    def only(self):
        return {}["key"]


def test_a_run_has_the_documents_fields(clock):
    """S003-48, S003-49."""
    run = WorkflowRun.objects.get(id=engine.start("rows").id)

    assert (run.name, run.status, run.current_step) == ("rows", WorkflowStatus.WAITING, "ask")
    assert (run.data, run.error, run.waiting_signal) == ({}, "", "go")
    assert run.wake_at - clock.utc == timedelta(days=1)
    assert (run.version, run.pk, run.created_at) == ("1", run.id, clock.utc)
    assert repr(run) == f"<WorkflowRun {run.id} of rows: waiting>"


def test_its_fields_are_those_of_the_last_look(clock):
    """S003-53."""
    run = WorkflowRun.objects.get(id=engine.start("rows").id)
    engine.signal("go", run_id=run.id)
    assert run.status == "waiting"

    assert run.refresh_from_db() is None

    assert (run.status, run.data, run.wake_at) == ("completed", {"done": True}, None)
    assert run.refresh().result() == {"done": True}


def test_an_error_is_text(clock):
    """S003-23, S003-46: what `fail` was given, or the exception."""
    late = WorkflowRun(engine.start("rows"))
    broken = WorkflowRun(engine.start("breaks"))
    clock.advance(days=1)

    late.refresh_from_db()
    broken.refresh_from_db()

    assert (late.status, late.error) == (WorkflowStatus.FAILED, "nobody came")
    assert broken.error == "KeyError: 'key'"


def test_runs_are_found_by_their_fields(clock):
    """S003-50, without Django."""
    waiting = [engine.start("rows").id for _ in range(3)]
    ended = engine.start("rows").id
    engine.signal("go", run_id=ended)
    objects = WorkflowRun.objects

    assert [run.id for run in objects.filter(status=WorkflowStatus.WAITING)] == waiting[::-1]
    assert objects.filter(status="completed").get().id == ended
    assert objects.filter(status__in=["completed", "failed"]).count() == 1
    assert objects.filter(name="rows").filter(waiting_signal="go").filter(pk=waiting[0]).exists()
    assert objects.count() == len(objects.all().all()) == 4
    assert objects.all()[0].id == ended
    assert not objects.filter(name="other")
    assert objects.filter(id=ended, status="waiting").first() is None


def test_more_runs_than_a_page_are_all_found(clock, monkeypatch):
    monkeypatch.setattr(models, "PAGE", 2)
    runs = {engine.start("rows").id for _ in range(5)}

    assert {run.id for run in WorkflowRun.objects.all()} == runs
    assert len({WorkflowRun(engine.run(run)) for run in (*runs, *runs)}) == 5


def test_no_run_and_too_many_are_told(clock):
    with pytest.raises(WorkflowRun.DoesNotExist):
        WorkflowRun.objects.get(id="run_none")
    engine.start("rows")
    engine.start("rows")
    with pytest.raises(WorkflowRun.MultipleObjectsReturned, match="2 runs"):
        WorkflowRun.objects.get(name="rows")


def test_what_runs_cannot_be_looked_up_by_is_told(clock):
    for wanted in ({"statsu": "failed"}, {"name__startswith": "r"}):
        with pytest.raises(FieldError, match="runs cannot be looked up by"):
            WorkflowRun.objects.filter(**wanted)
