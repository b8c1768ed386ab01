"""The engine: what its users may rely on."""

import pytest

from perdure.app.importing import importing
from perdure.errors import (
    EngineClosedError,
    InvalidValueError,
    ResultTimeoutError,
    RunCancelledError,
    RunFailedError,
    RunNotFoundError,
    UnknownWorkflowError,
)
from tests.app.scenes import (
    PATIENCE,
    adding,
    asking,
    blocking,
    endless,
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


def test_a_failed_run_goes_on_at_what_failed(path):
    with engine_of(failing(1), path=path) as engine:
        run = engine.start("failing")
        run.wait(PATIENCE)

        assert engine.retry(run.id)
        assert engine.run(run.id).result(PATIENCE)["attempts"] == 2
        assert not engine.retry(run.id)


def test_a_run_waits_for_a_signal_and_takes_its_payload(path):
    with engine_of(asking(), path=path) as engine:
        run = engine.start("asking")
        until(lambda: run.refresh().status == "waiting")
        assert run.waiting_signal == "answer"

        answer = engine.signal("answer", {"yes": True})

        assert answer.woken == (run.id,)
        assert run.result(PATIENCE) == {"yes": True}


def test_a_signal_to_one_run_is_kept_until_it_waits(path):
    with engine_of(asking(), path=path, worker=False) as engine:
        run = engine.start("asking")

        answer = engine.signal("answer", {"yes": 1}, run_id=run.id)
        engine.work()

        assert answer.kept == (run.id,)
        assert run.result(PATIENCE) == {"yes": 1}


def test_a_signal_told_twice_under_one_key_counts_once(path):
    with engine_of(asking(), path=path, worker=False) as engine:
        run = engine.start("asking")
        engine.signal("answer", {"n": 1}, run_id=run.id, idempotency_key="k")

        again = engine.signal("answer", {"n": 2}, run_id=run.id, idempotency_key="k")
        engine.work()

        assert again.refused[0][0] == run.id
        assert run.result(PATIENCE) == {"n": 1}


def test_a_run_that_has_ended_refuses_a_signal(path):
    with engine_of(adding(), path=path) as engine:
        run = engine.start("adding", n=1).wait(PATIENCE)

        assert engine.signal("answer", run_id=run.id).refused == ((run.id, "the run is completed"),)


def test_a_broadcast_wakes_all_who_wait_and_no_others(path):
    with engine_of(asking(), adding(), path=path) as engine:
        runs = engine.start_many("asking", [{}] * 40)
        until(lambda: len(engine.runs(status="waiting")) == 40)

        answer = engine.signal("answer", {"n": 3})

        assert set(answer.woken) == {run.id for run in runs}
        assert all(run.result(PATIENCE) == {"n": 3} for run in runs)


def test_a_broadcast_that_reaches_nobody_says_how_to_address_one(caplog):
    with engine_of(asking()) as engine:
        assert len(engine.signal("answr")) == 0

    assert "reached no run" in caplog.text
    assert "run_id=" in caplog.text


def test_a_payload_is_a_mapping_of_what_can_be_kept():
    with engine_of(asking()) as engine:
        with pytest.raises(InvalidValueError, match="a payload is a mapping, not a list"):
            engine.signal("answer", [1])
        with pytest.raises(InvalidValueError, match=r"payload\.x: text with a NUL"):
            engine.signal("answer", {"x": "\x00"})


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


def test_a_cancelled_run_ends_and_its_attempt_is_stopped(path):
    with engine_of(endless(), path=path) as engine:
        run = engine.start("endless")
        until(engine.process.crew.holding)

        assert engine.cancel(run.id, why="enough")

        with pytest.raises(RunCancelledError):
            run.result(PATIENCE)
        until(lambda: not engine.process.crew.holding())
        assert not engine.cancel(run.id)


def test_cancel_of_an_unknown_run_changes_nothing():
    with engine_of(adding()) as engine:
        assert not engine.cancel("run_0")


def test_a_paused_run_begins_nothing_until_it_is_resumed(path):
    flow, began, go = blocking()
    with engine_of(flow, asking(), path=path) as engine:
        run = engine.start("asking")
        until(lambda: run.refresh().status == "waiting")
        assert engine.pause(run.id)

        engine.signal("answer", {"n": 1}, run_id=run.id)
        assert run.refresh().paused
        assert run.status == "running"
        assert engine.resume(run.id)

        assert run.result(PATIENCE) == {"n": 1}
        assert not engine.resume(run.id)


def test_a_run_that_does_not_end_in_time_says_how_it_stands(path):
    with engine_of(asking(), path=path) as engine:
        run = engine.start("asking")
        until(lambda: run.refresh().status == "waiting")

        with pytest.raises(ResultTimeoutError, match="still waiting .* signal 'answer'"):
            run.result(0.02)


def test_an_end_that_nobody_here_was_told_of_is_found_in_the_store(path):
    """Also by who does not wait at all: the store is asked at least once."""
    with engine_of(adding(), path=path) as engine:
        run = engine.start("adding", n=1)
        run.result(PATIENCE)
        stale = engine.run(run.id)
        run.ending.reset()

        assert run.result(timeout=0) == {"n": 2}
        assert stale.result(timeout=0) == {"n": 2}


def test_an_unknown_run_is_not_found_and_it_is_said_how_to_list_them():
    with (
        engine_of(adding()) as engine,
        pytest.raises(RunNotFoundError, match="listed by: perdure runs"),
    ):
        engine.run("run_0")


def test_runs_are_listed_newest_first_and_by_status():
    with engine_of(adding(), asking()) as engine:
        first = engine.start("adding", n=1).wait(PATIENCE)
        second = engine.start("asking")
        until(lambda: second.refresh().status == "waiting")

        assert [view.id for view in engine.runs()] == [second.id, first.id]
        assert [view.id for view in engine.runs(status="completed")] == [first.id]


def test_what_runs_when_the_engine_closes_is_handed_back_and_goes_on_uncounted(tmp_path):
    """The attempt that an orderly exit cut off does not count: the next one has its number."""
    path = str(tmp_path / "s.db")
    flow, began, go = blocking()
    engine = engine_of(flow, path=path)
    run = engine.start("blocking")
    began.wait(PATIENCE)
    engine.close(timeout=0.0)
    go.set()

    with engine_of(flow, path=path) as reopened:
        assert reopened.run(run.id).result(PATIENCE) == {"attempt": 1}


def test_an_engine_without_a_worker_starts_and_another_one_executes(tmp_path):
    path = str(tmp_path / "s.db")
    with engine_of(adding(), path=path, worker=False) as starter:
        run = starter.start("adding", n=1)
        assert run.refresh().status == "running"
        starter.close()

    with engine_of(adding(), path=path) as worker:
        assert worker.run(run.id).result(PATIENCE) == {"n": 2}


def test_a_closed_engine_says_so():
    engine = engine_of(adding())
    engine.close()
    engine.close()

    with pytest.raises(EngineClosedError):
        engine.start("adding", n=1)


def test_a_start_during_an_import_of_ours_is_refused_and_answers_an_inert_run():
    with engine_of(adding()) as engine:
        with importing(), pytest.warns(UserWarning, match="__main__"):
            run = engine.start("adding", n=1)
            (other,) = engine.start_many("adding", [{"n": 1}])

        assert (run.id, other.id, engine.runs()) == (None, None, [])


def test_a_signal_during_an_import_of_ours_is_refused():
    with engine_of(asking()) as engine, importing(), pytest.warns(UserWarning, match="not sent"):
        assert len(engine.signal("answer")) == 0


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
