"""Between an application's commit and its effect nothing is lost, and nothing is done twice."""

import signal
import sqlite3
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT
from tests.crash.booth import WINDOWS, Booth

pytestmark = pytest.mark.crash


def live(folder, window="none"):
    """Have a process sell, or only deliver; return what ended it."""
    command = [sys.executable, "-m", "tests.crash.booth", str(folder), window]
    return subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode


@pytest.mark.parametrize("window", WINDOWS)
def test_what_was_committed_takes_effect_once_wherever_its_process_was_killed(tmp_path, window):
    killed = live(tmp_path, window)
    lived = live(tmp_path)

    assert (killed, lived) == (-signal.SIGKILL, 0)
    booth = Booth(tmp_path)
    sold = sqlite3.connect(tmp_path / "app.db").execute("SELECT seat FROM sold").fetchall()
    with booth.engine() as engine:
        tickets = [run for run in engine.runs() if run.name == "ticket"]
        (listening,) = [run for run in engine.runs() if run.name == "listening"]
        if window == "in the transaction":
            assert (sold, tickets, listening.data["heard"]) == ([], [], 0)
            return
        (ticket,) = tickets
        assert sold == [("A1",)]
        assert (ticket.status, ticket.data["sum"]) == ("completed", 7)
        assert booth.printed() == ["A1"]
        assert (listening.data["heard"], listening.data["seat"]) == (1, "A1")
