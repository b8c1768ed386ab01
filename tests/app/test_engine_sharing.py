"""Several threads of one engine, and several processes, on one SQLite file."""

import subprocess
import sys

import pytest

from perdure.app.engine import Engine
from tests.app.sharer import PATIENCE, from_threads, registry, wanted
from tests.architecture.tree import ROOT


@pytest.mark.parametrize("place", [":memory:", "s.db"])
def test_several_threads_start_signal_and_wait_through_one_engine(tmp_path, place):
    path = place if place == ":memory:" else tmp_path / place
    with Engine(path, registry=registry()) as engine:
        heard = from_threads(engine, "here", 5)

        assert sorted(heard) == wanted("here", 5)
        assert len(engine.runs(status="completed", limit=1000)) == len(heard)


@pytest.mark.slow
def test_several_processes_of_several_threads_share_one_file(tmp_path):
    """Each waits for its own runs, whoever works on them; none is lost, and none done twice."""
    file, names, count = tmp_path / "s.db", ("one", "two", "three"), 5
    lives = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.app.sharer", str(file), name, str(count)],
            cwd=ROOT, stderr=subprocess.PIPE, text=True,
        )
        for name in names
    ]  # fmt: skip
    for life in lives:
        _, errors = life.communicate(timeout=2 * PATIENCE)
        assert (life.returncode, errors) == (0, "")

    with Engine(file, registry=registry(), worker=False) as engine:
        said = sorted(run.data["said"] for run in engine.runs(status="completed", limit=1000))
        assert said == sorted(each for name in names for each in wanted(name, count))
        assert engine.runs(live=True) == []
