"""Hooks and starts that are to come later survive `kill -9`."""

import signal
import subprocess
import sys

import pytest

from perdure.app.engine import Engine
from tests.architecture.tree import ROOT
from tests.crash.steered import DELAYED, Steered

pytestmark = pytest.mark.crash


@pytest.fixture
def steered(tmp_path):
    return Steered(tmp_path)


def live(steered, what):
    """Have a process live; return what ended it."""
    command = [sys.executable, "-m", "tests.crash.steered", str(steered.store.parent), what]
    return subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode


@pytest.mark.parametrize(
    ("what", "status", "undone"),
    [("fail", "failed", "no stock"), ("cancel", "cancelled", "released")],
)
def test_a_hook_that_is_killed_runs_again_under_the_same_key(steered, what, status, undone):
    """Nothing of its first attempt is kept, and the run ends as it was to."""
    killed = live(steered, what)
    lived = live(steered, "rest")

    assert (killed, lived) == (-signal.SIGKILL, 0)
    with Engine(steered.store, registry=steered.registry(), worker=False) as engine:
        (view,) = engine.runs()
        assert (view.status, view.data["undone"]) == (status, undone)
    first, second = steered.said()
    assert first == second


def test_runs_that_are_to_begin_later_begin_once_and_not_early_though_all_were_killed(steered):
    killed = live(steered, "delayed")
    lived = live(steered, "rest")

    assert (killed, lived) == (-signal.SIGKILL, 0)
    with Engine(steered.store, registry=steered.registry(), worker=False) as engine:
        ids = {view.id for view in engine.runs() if view.status == "completed"}
    assert len(ids) == DELAYED
    assert sorted(steered.said()) == sorted(f"begun:{run}" for run in ids)
