"""What there is to show of a run that is watched."""

import pytest

from perdure.cli import scene as module
from perdure.cli.scene import answered, told_progress, visit_name
from tests.cli.scenes import post_office, start_graph, until_waiting, view


def test_a_look_brings_events_and_the_exact_times_of_what_ended(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = start_graph(engine, text="a").wait(10)
        scene, _ = view(engine, run)

        scene.look()

        rows = {row.step: row for row in engine.store.steps(run.id)}
        tidy = scene.progress.visit("tidy", 1)
        assert (tidy.begun_at, tidy.ended_at) == (rows["tidy"].started_at, rows["tidy"].ended_at)
        assert scene.look() == []
        assert scene.title == f"run {run.id} of tidying 1"


def test_rows_of_a_long_run_are_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_READ", 0)
    with post_office(tmp_path / "p.db") as engine:
        run = engine.start("parcel")
        until_waiting(engine, run)
        scene, _ = view(engine, run)
        monkeypatch.setattr(scene, "_store", None)

        scene.look()

        assert scene.progress.latest()["ask"].state == "waiting"


@pytest.mark.parametrize(
    ("meta", "shown"),
    [
        ({}, ""),
        ({"function": "f"}, ""),
        ({"model": "a", "model_used": "a"}, "a"),
        ({"model": "gpt-4", "model_used": "builtin/summary"}, "builtin/summary (for gpt-4)"),
    ],
)
def test_who_answered_is_told_with_who_was_asked(meta, shown):
    assert answered(meta) == shown


@pytest.mark.parametrize(
    ("progress", "detail", "shown"),
    [
        (None, None, ""),
        (0.4, None, "40%"),
        (0.4, "rows 4\nof 10", "40%: rows 4 of 10"),
        (None, {"rows": 4}, '{"rows":4}'),
    ],
)
def test_a_heartbeat_is_told_on_one_line(progress, detail, shown):
    assert told_progress(progress, detail) == shown


def test_a_later_visit_has_its_number():
    assert (visit_name("a", 1), visit_name("a", 2)) == ("a", "a #2")
