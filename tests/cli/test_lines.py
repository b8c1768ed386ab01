"""A run's progress as plain lines."""

import io

from rich.console import Console

from perdure.cli.lines import Lines, _of_unknown
from perdure.kernel import history
from tests.cli.scenes import post_office, start_graph, until_waiting, view


def lines_of(engine, run):
    """Return what is printed of a run as it stands."""
    scene, loaded = view(engine, run)
    console = Console(file=io.StringIO(), width=40)
    with Lines(scene, console) as lines:
        lines.update(loaded, 0.0)
        lines.update(loaded, 0.0)
    return console.file.getvalue().splitlines()


def test_each_end_of_a_step_is_a_line(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = start_graph(engine, text="a").wait(10)

        title, tidy, collected = lines_of(engine, run)

    assert title == f"run {run.id} of tidying 1"
    assert tidy.startswith("  tidy: completed in 0.")
    assert collected.startswith("  all: completed in 0.")


def test_retries_sleeps_waits_and_signals_are_lines(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = engine.start("parcel", weight=11)
        until_waiting(engine, run)
        engine.signal("courier", run_id=run.id)
        run.wait(10)

        lines = lines_of(engine, run)[1:]

    assert lines[0] == "  pack: attempt 1 failed, error: the box tore"
    assert lines[1] == "  pack: attempt 2 follows"
    assert lines[2].startswith("  pack: sleeps until 20")
    assert lines[3].startswith("  ask: waits for signal 'courier' until 20")
    assert lines[4] == "  ask: signal 'courier' came"
    assert lines[5].startswith("  send: completed in 0.")


def test_a_pause_a_cancel_and_a_failure_are_lines(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = engine.start("parcel")
        until_waiting(engine, run)
        engine.pause(run.id)
        engine.cancel(run.id)

        lines = lines_of(engine, run)

    assert lines[-2:] == ["  the run is paused", "  the run is being cancelled"]


def test_a_skipped_step_says_why(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = start_graph(engine, text=5).wait(10)

        _, failed, skipped = lines_of(engine, run)

    assert failed.startswith("  tidy: failed at attempt 1, invalid_input: ")
    assert skipped == "  all: skipped, for what it needs has failed"


def test_what_nobody_knows_and_what_is_said_of_it_are_lines():
    told = {
        history.OutcomeUnknown("pay", 1, 2, "timeout", "too late"): (
            "pay: nobody knows what attempt 2 has done, timeout: too late"
        ),
        history.OutcomeSettled("pay", 2, 2, "not_done", "ann", ""): "pay #2: settled, not done",
        history.VerifyScheduled("pay", 1, 2, 5.0): "pay: it is asked what was done",
        history.VerifyScheduled("pay", 1, 2, 9.0): "pay: it is asked what was done in 4.0 s",
        history.Moved("ship"): "",
    }

    assert {event: _of_unknown(5.0, event) for event in told} == told
