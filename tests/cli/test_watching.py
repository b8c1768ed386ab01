"""Which way a run is shown."""

import pytest

from perdure.cli import watching
from perdure.cli.lines import Lines
from perdure.cli.table import LiveTable
from perdure.cli.watching import Silence, watch
from tests.cli.scenes import post_office, start_graph, terminal


@pytest.fixture
def ended(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = start_graph(engine, text="a").wait(10)
        yield engine.store, engine.loaded(run.id)


def test_outside_a_terminal_a_run_is_lines(ended):
    assert isinstance(watch(*ended, silent=False, is_new=True), Lines)


def test_in_a_terminal_a_run_is_a_table(ended, monkeypatch):
    monkeypatch.setattr(watching.output, "console", lambda **_: terminal())

    assert isinstance(watch(*ended, silent=False, is_new=True), LiveTable)


def test_silence_prints_nothing(ended, capsys):
    with watch(*ended, silent=True, is_new=True) as silence:
        silence.update(ended[1], 0.0)

    assert isinstance(silence, Silence)
    assert capsys.readouterr() == ("", "")


def test_lines_of_a_run_that_is_not_new_begin_now(ended, capsys):
    for is_new in (True, False):
        with watch(*ended, silent=False, is_new=is_new) as lines:
            lines.update(ended[1], 0.0)

    first, second = capsys.readouterr().err.split("run ")[1:]
    assert "tidy: completed" in first
    assert "tidy: completed" not in second
