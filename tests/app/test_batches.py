"""Many runs told the same: found by a filter, in slices, counted."""

import pytest

from perdure.app import batches
from perdure.app.batches import Batch
from perdure.errors import InvalidValueError
from tests.app.scenes import PATIENCE, adding, asking, engine_of, failing, until


@pytest.fixture(params=["memory", "file"])
def path(request, tmp_path):
    return ":memory:" if request.param == "memory" else str(tmp_path / "s.db")


def test_all_that_fit_are_told_in_slices_and_the_others_are_left(path, monkeypatch):
    monkeypatch.setattr(batches, "SLICE", 2)
    with engine_of(asking(), path=path, worker=False) as engine:
        runs = [engine.start("asking", tags=["vip" if n else "other"]) for n in range(6)]
        seen = []

        counted = engine.cancel_many("tag=vip", dry_run=True)
        done = engine.cancel_many("tag=vip", by="ann", why="closed", on_progress=seen.append)

        assert counted == Batch(changed=5, dry_run=True)
        assert done == Batch(changed=5)
        assert seen == [2, 4, 5]
        assert [engine.run(run.id).status for run in runs] == ["running", *["cancelled"] * 5]
        assert "closed" in str(engine.store.history(runs[1].id))
        assert engine.cancel_many("tag=vip") == Batch()


def test_runs_are_paused_and_go_on_together(path):
    with engine_of(asking(), path=path, worker=False) as engine:
        runs = [engine.start("asking") for _ in range(3)]
        engine.pause(runs[0].id)

        assert engine.pause_many(["workflow=asking"]).changed == 2
        assert all(engine.run(run.id).paused for run in runs)
        assert engine.resume_many({"workflow": "asking"}).changed == 3
        assert not any(engine.run(run.id).paused for run in runs)


def test_failed_runs_are_retried_together(path):
    with engine_of(failing(1), adding(), path=path) as engine:
        run = engine.start("failing")
        other = engine.start("adding", n=1)
        run.wait(PATIENCE)
        other.wait(PATIENCE)

        assert engine.retry_many(["error=error"]) == Batch(changed=1)
        until(lambda: engine.run(run.id).status == "completed")
        assert engine.retry_many("workflow=adding") == Batch()


def test_one_that_cannot_go_on_is_named_and_the_others_do(path):
    """Its unique key is another's by now."""
    with engine_of(failing(2), path=path) as engine:
        first = engine.start("failing", unique_key="mine")
        other = engine.start("failing")
        first.wait(PATIENCE)
        other.wait(PATIENCE)
        engine.start("failing", unique_key="mine", delay=60)

        done = engine.retry_many("status=failed")

        assert (done.changed, done.unchanged) == (1, 0)
        assert [run for run, _ in done.refused] == [first.id]


def test_a_condition_that_is_none_is_refused(path):
    with engine_of(asking(), path=path) as engine, pytest.raises(InvalidValueError):
        engine.cancel_many("everything")
