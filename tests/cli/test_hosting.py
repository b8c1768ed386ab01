"""A run is worked on until it ends, rests, is paused, or a signal comes."""

import os
import signal
import threading
from dataclasses import replace

import pytest

from perdure.authoring.plans import seal
from perdure.cli.hosting import PATIENCE, Left, can_host, host, is_resting
from perdure.cli.interrupts import Interrupts
from perdure.ports.commit import UNSETTLED
from perdure.ports.rows import JobRow, TimerRow, WaitRow
from tests.cli.scenes import post_office, start_graph, until_waiting


@pytest.fixture
def engine(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        yield engine


def stay_with(engine, run, **options):
    with Interrupts() as interrupts:
        said = {"silent": True, "stay": False, "is_new": True, **options}
        return host(engine, run.id, interrupts, **said)


def test_a_run_is_left_when_it_has_ended(engine):
    stay = stay_with(engine, start_graph(engine, text="a"))

    assert (stay.left, stay.exit_code) == (Left.ENDED, 0)
    assert stay.loaded.row.status == "completed"


def test_a_run_is_left_where_it_waits_for_a_signal(engine):
    assert stay_with(engine, engine.start("parcel")).left is Left.RESTING


def test_a_run_goes_on_only_once_it_is_watched(tmp_path, capsys):
    """Or it might end before the first look, and nothing of it be told."""
    with post_office(tmp_path / "idle.db", worker=False) as engine:
        run = engine.start("parcel")

        stay_with(engine, run, silent=False, is_new=False)

    assert "pack: attempt 1 failed" in capsys.readouterr().err


def test_a_paused_run_is_left(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)
    engine.pause(run.id)

    assert stay_with(engine, run).left is Left.PAUSED


def test_who_stays_is_ended_by_a_signal_and_begins_nothing_more(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)
    with Interrupts() as interrupts:
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()  # it may come before the wait, and is heard all the same
        stay = host(engine, run.id, interrupts, silent=True, stay=True, is_new=True)
        timer.join()

    assert (stay.left, stay.exit_code) == (Left.INTERRUPTED, 130)
    assert not engine.process.crew.slots.accepts


@pytest.mark.parametrize(
    ("rows", "rests"),
    [
        ({"waits": [WaitRow("a", 1, "signal", "go", None, None, None, None)]}, True),
        ({"waits": [WaitRow("a", 1, "signal", "go", None, 100.0 + PATIENCE, None, None)]}, False),
        ({"waits": [WaitRow("a", 1, "signal", "go", None, 101.0 + PATIENCE, None, None)]}, True),
        ({"timers": [TimerRow("a", 1, "sleep", 101.0 + PATIENCE, None)]}, True),
        ({"timers": [TimerRow("a", 1, "sleep", 99.0 + PATIENCE, None)]}, False),
        ({"jobs": [JobRow("a", 1, 2, 1, None, 9e9, None)]}, False),
        ({"jobs": [JobRow("a", 1, 2, 1, None, 9e9, None, mode=UNSETTLED)]}, True),
        ({"jobs": [JobRow("a", 1, 2, 1, None, 9e9, None, stranded=1)]}, True),
        ({"waits": [WaitRow("a", 1, "signal", "go", None, None, None, None)], "inbox": [1]}, False),
        ({}, False),
    ],
)
def test_a_run_rests_if_all_that_is_open_is_far_off(engine, rows, rests):
    run = engine.start("parcel")
    until_waiting(engine, run)
    bare = replace(engine.loaded(run.id), jobs=(), waits=(), timers=(), inbox=())

    assert is_resting(replace(bare, **rows), 100.0) is rests


def test_a_stranded_run_does_not_rest_before_the_code_that_is_here_has_tried_it(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)
    job = JobRow("a", 1, 2, 1, None, 9e9, None, stranded=1)
    bare = replace(engine.loaded(run.id), jobs=(job,), waits=(), timers=(), inbox=())

    assert not is_resting(bare, 100.0, tried=False)


def test_a_graph_can_be_hosted_anywhere_and_code_where_it_is(engine):
    graph, parcel = start_graph(engine, text="a"), engine.start("parcel")
    until_waiting(engine, parcel)
    rows = [engine.loaded(run.id) for run in (graph, parcel)]

    assert [can_host(engine, row) for row in rows] == [True, True]
    engine.registry._workflows.clear()
    assert [can_host(engine, row) for row in rows] == [True, False]


def test_code_that_migrates_a_version_can_host_its_runs(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)
    loaded, flow = engine.loaded(run.id), engine.registry.get("parcel")
    newer = seal(replace(flow.plan, version="2"))
    hosts = []
    for migrates in (frozenset(), frozenset({"1"})):
        engine.registry.add(replace(flow, plan=newer, migrates=migrates))
        hosts.append(can_host(engine, loaded))

    assert hosts == [False, True]
