"""Waits, sleeps and runs within survive `kill -9`: each is gone on with, and none is begun twice."""

import signal
import subprocess
import sys
from contextlib import closing

import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from tests.architecture.tree import ROOT
from tests.crash.rester import COUNT

pytestmark = pytest.mark.crash

KILLS = (1, 4, 2, 3)


def live(folder, kill):
    """Have a process work on the run until it kills itself, or ends; return what ended it."""
    command = [sys.executable, "-m", "tests.crash.rester", folder / "p.db", folder / "done", kill]
    done = subprocess.run(
        [*map(str, command)], cwd=ROOT, check=False, timeout=120, capture_output=True, text=True
    )
    return done.returncode, done.stdout


def test_each_rest_is_gone_on_with_however_often_the_process_dies(tmp_path):
    ends = [live(tmp_path, kill)[0] for kill in KILLS]
    code, said = live(tmp_path, 0)

    assert ends == [-signal.SIGKILL] * len(KILLS)
    assert (code, said) == (0, f"{[[2 * number for number in range(COUNT)], 7]}\n")
    with closing(SqliteStore(tmp_path / "p.db")) as store:
        (parent,) = [row for row in store.find(RunFilter()) if row.parent is None]
        children = store.find(RunFilter(parent=parent.id))
        rows = store.steps(parent.id)
    assert [child.status for child in children] == ["completed"] * COUNT
    assert all(row.status == "completed" for row in rows)
    assert len(rows) == COUNT + 2
