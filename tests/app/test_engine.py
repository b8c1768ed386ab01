"""The engine: what its users may rely on."""

import pytest

from perdure.app.importing import importing
from perdure.errors import (
    InvalidValueError,
    RunFailedError,
    UnknownWorkflowError,
)
from tests.app.scenes import (
    PATIENCE,
    adding,
    asking,
    engine_of,
    failing,
    sleeping,
    until,
)


@pytest.fixture(params=["memory", "file"])
def path(request, tmp_path):
    return ":memory:" if request.param == "memory" else str(tmp_path / "s.db")


def test_start_returns_the_run_as_it_was_created(path):
    with engine_of(adding(), path=path) as engine:
        run = engine.start("adding", n=1)

        assert (run.status, run.current_step, run.data) == ("running", "first", {"n": 1})


def test_a_run_comes_to_its_context(path):
    with engine_of(adding(), path=path) as engine:
        assert engine.start("adding", n=1).result(PATIENCE) == {"n": 2}


def test_an_inline_engine_has_ended_the_run_when_start_returns():
    with engine_of(adding(), inline=True) as engine:
        run = engine.start("adding", n=1)

        assert run.status == "running"
        assert run.refresh().status == "completed"


def test_several_runs_are_started_together(path):
    with engine_of(adding(), path=path) as engine:
        runs = engine.start_many("adding", [{"n": n} for n in range(300)])

        assert [run.result(PATIENCE)["n"] for run in runs] == list(range(1, 301))


def test_a_key_that_was_used_gives_the_first_run(path):
    with engine_of(adding(), path=path) as engine:
        first = engine.start("adding", n=1, idempotency_key="k")
        second = engine.start("adding", n=9, idempotency_key="k")

        assert second.id == first.id
        assert second.result(PATIENCE) == {"n": 2}


def test_an_unknown_workflow_is_refused_with_a_suggestion():
    with (
        engine_of(adding()) as engine,
        pytest.raises(UnknownWorkflowError, match="Did you mean 'adding'"),
    ):
        engine.start("addin", n=1)


def test_inputs_that_cannot_be_kept_are_refused_and_nothing_is_started():
    with engine_of(adding()) as engine:
        with pytest.raises(InvalidValueError, match="n: nan"):
            engine.start("adding", n=float("nan"))

        assert engine.runs() == []


def test_a_failure_is_raised_with_step_type_and_message(path):
    with engine_of(failing(1), path=path) as engine:
        run = engine.start("failing")

        with pytest.raises(RunFailedError, match="at step 'try': ValueError: boom 1"):
            run.result(PATIENCE)
        assert run.error["attempt"] == 1
        assert "boom 1" in run.error["traceback"]


def test_a_step_is_tried_again_as_its_policy_says(path):
    with engine_of(failing(2, most=3), path=path) as engine:
        assert engine.start("failing").result(PATIENCE)["attempts"] == 3


def test_a_wait_that_nobody_ends_fails_the_run_when_its_time_is_up(path):
    with (
        engine_of(asking(timeout=0.05), path=path) as engine,
        pytest.raises(RunFailedError, match="no signal 'answer' came in time"),
    ):
        engine.start("asking").result(PATIENCE)


def test_a_run_sleeps_and_goes_on_where_it_said(path):
    with engine_of(sleeping(0.05), path=path) as engine:
        run = engine.start("sleeping", n=1)

        assert run.result(PATIENCE) == {"n": 1}


def test_a_sleeping_run_shows_when_it_wakes():
    with engine_of(sleeping(3600)) as engine:
        run = engine.start("sleeping")
        until(lambda: run.refresh().status == "waiting")

        assert 3500 < (run.wake_at - run.view.created_at).total_seconds() < 3700


def test_a_start_during_an_import_of_ours_is_refused_and_answers_an_inert_run():
    with engine_of(adding()) as engine:
        with importing(), pytest.warns(UserWarning, match="__main__"):
            run = engine.start("adding", n=1)
            (other,) = engine.start_many("adding", [{"n": 1}])

        assert (run.id, other.id, engine.runs()) == (None, None, [])


def test_a_workflow_may_be_started_by_what_was_made_of_it():
    with engine_of() as engine:
        assert engine.start(adding(), n=4).result(PATIENCE) == {"n": 5}


def test_what_is_due_fires_when_it_is_asked_for(path):
    """S003-52, with threads: they fire by themselves, and are waited for here."""
    with engine_of(sleeping(0.05), path=path) as engine:
        run = engine.start("sleeping")
        until(lambda: run.refresh().status == "waiting" or run.status == "completed")
        until(lambda: (engine.next_due() or 0.0) <= engine.process.clock.now())

        engine.process_scheduled()

        assert run.result(PATIENCE) == {}
