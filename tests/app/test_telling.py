"""Telling runs something: what the users of an engine may rely on."""

import pytest

from perdure.app.importing import importing
from perdure.errors import (
    InvalidValueError,
    RunCancelledError,
)
from tests.app.scenes import (
    PATIENCE,
    adding,
    asking,
    blocking,
    endless,
    engine_of,
    failing,
    until,
)


@pytest.fixture(params=["memory", "file"])
def path(request, tmp_path):
    return ":memory:" if request.param == "memory" else str(tmp_path / "s.db")


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


def test_a_signal_during_an_import_of_ours_is_refused():
    with engine_of(asking()) as engine, importing(), pytest.warns(UserWarning, match="not sent"):
        assert len(engine.signal("answer")) == 0
