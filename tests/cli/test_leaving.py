"""What is said at the end, and the exit code."""

import json

import pytest

from perdure.cli.hosting import Left, Stay
from perdure.cli.leaving import leave
from tests.cli.scenes import post_office, start_graph, stranded, until_waiting


@pytest.fixture
def engine(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        yield engine


def left(engine, run, how, *, code=0, json=False):
    return leave(engine.store, Stay(how, engine.loaded(run.id), code), json=json)


def test_a_completed_run_is_its_result_and_0(engine, capsys):
    run = start_graph(engine, text="a  b").wait(10)

    assert left(engine, run, Left.ENDED) == 0
    assert capsys.readouterr().out.startswith("t: a b\nrun ")


def test_failed_and_cancelled_runs_are_1(engine, capsys):
    failed = start_graph(engine, text=5).wait(10)
    cancelled = engine.start("parcel")
    until_waiting(engine, cancelled)
    engine.cancel(cancelled.id)

    assert left(engine, failed, Left.ENDED) == 1
    assert left(engine, cancelled, Left.ENDED) == 1
    assert f"run {cancelled.id} cancelled in" in capsys.readouterr().out


def test_a_resting_run_is_0_and_an_interrupted_one_the_signals_code(engine, capsys):
    run = engine.start("parcel")
    until_waiting(engine, run)

    assert left(engine, run, Left.RESTING) == 0
    assert left(engine, run, Left.INTERRUPTED, code=130) == 130
    assert "is interrupted" in capsys.readouterr().err


def test_a_stranded_run_rests_and_not_as_meant(tmp_path, capsys):
    run = stranded(tmp_path / "s.db")
    with post_office(tmp_path / "s.db", worker=False) as engine:
        code = leave(engine.store, Stay(Left.RESTING, engine.loaded(run)), json=False)
    out, err = capsys.readouterr()

    assert code == 1
    assert "is stranded at step pay: it does not fit the code that is there" in out
    assert f"why:      perdure doctor {run}" in err


def test_a_run_that_ended_while_it_was_interrupted_has_ended(engine, capsys):
    run = start_graph(engine, text="a").wait(10)

    assert left(engine, run, Left.INTERRUPTED, code=130) == 0
    assert "completed" in capsys.readouterr().out


def test_as_json_it_is_one_document_with_the_same_code(engine, capsys):
    run = engine.start("parcel")
    until_waiting(engine, run)

    assert left(engine, run, Left.INTERRUPTED, code=130, json=True) == 130
    out, err = capsys.readouterr()
    assert json.loads(out)["status"] == "waiting"
    assert err == ""
