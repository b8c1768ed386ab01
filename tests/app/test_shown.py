"""A run's full picture, as the rows have it."""

import pytest

from perdure.app.shown import show
from perdure.authoring.graphs.loader import load_definition
from perdure.errors import RunNotFoundError
from perdure.testing import Sandbox
from tests.app.parcels import post_office, start_graph, until, until_waiting
from tests.pictures.given import LOOP


def test_a_graph_is_shown_with_results_times_and_what_it_came_to(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = start_graph(engine, text="a   b").wait(10)

        shown = show(engine.store, run.id)

        tidy, collected = shown.steps
        assert (tidy.step, tidy.status, tidy.attempt, tidy.result) == (
            "tidy",
            "completed",
            1,
            "a b",
        )
        assert tidy.kind == "data_processing"
        assert tidy.meta == {"function": "clean_text"}
        assert 0 <= tidy.seconds < 10
        assert collected.result == {"t": "a b"}
        assert shown.result == {"t": "a b"}
        assert shown.view.data == {"text": "a   b"}
        assert shown.states() == {"tidy": "completed", "all": "completed"}


def test_a_machine_is_shown_with_failed_attempts_and_its_wait(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = engine.start("parcel")
        until_waiting(engine, run)

        shown = show(engine.store, run.id)

        pack, ask = shown.steps
        assert (pack.status, pack.attempt) == ("completed", 2)
        (failed,) = pack.failures
        assert (failed.attempt, failed.error["message"]) == (1, "the box tore")
        assert failed.error["type"] == "RuntimeError"
        assert (ask.status, ask.signal) == ("waiting", "courier")
        assert ask.due > ask.ended_at
        assert shown.result is None


def test_the_context_is_what_a_machine_came_to(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = engine.start("parcel")
        until_waiting(engine, run)
        engine.signal("courier", {"weight": 3}, run_id=run.id)
        run.wait(10)

        shown = show(engine.store, run.id)

        assert shown.result["weight"] == 3
        assert [step.status for step in shown.steps] == ["completed"] * 4


def test_a_failure_is_shown_at_its_step_and_at_the_run(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = engine.start("parcel", weight=11)
        until_waiting(engine, run)
        engine.signal("courier", run_id=run.id)
        run.wait(10)

        shown = show(engine.store, run.id)

        assert shown.view.status == "failed"
        assert shown.view.error["message"] == "too heavy"
        assert shown.result is None


def test_what_has_not_begun_is_pending_and_what_nobody_took_is_queued(tmp_path):
    with post_office(tmp_path / "p.db", worker=False) as engine:
        run = start_graph(engine, text="a")

        tidy, collected = show(engine.store, run.id).steps

        assert (tidy.status, tidy.attempt, tidy.pid) == ("queued", 1, None)
        assert (collected.status, collected.visit, collected.seconds) == ("pending", 0, None)


def test_a_sleeping_visit_says_until_when(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = engine.start("parcel", nap=3600.0)
        until(lambda: engine.view(run.id).status == "waiting")

        (pack,) = show(engine.store, run.id).steps

        assert pack.status == "sleeping"
        assert pack.due == pytest.approx(pack.ended_at + 3600, abs=60)


def test_an_unknown_run_is_told(tmp_path):
    with (
        post_office(tmp_path / "p.db") as engine,
        pytest.raises(RunNotFoundError, match="perdure runs"),
    ):
        show(engine.store, "run_nobody")


AGAIN = {"retry_policy": {"max_retries": 3, "retry_delay_seconds": 60}}


def test_a_loop_that_goes_on_is_shown_with_how_far_it_is():
    definition = {**LOOP, "steps": [{**LOOP["steps"][0], "error_handling": AGAIN}]}
    flow, _ = load_definition({"name": "shown loop", **definition})
    with Sandbox() as engine:
        run = engine.start(flow, inputs={"lines": ["a", "", "c"]})

        going = show(engine.store, run.id)
    each = going.steps[-1]
    assert (each.step, each.status, each.meta) == ("each", "running", {"items": 3})
    assert each.progress == pytest.approx(2 / 3)
    assert going.states() == {"each": "running"}
