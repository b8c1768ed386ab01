"""An effect is not done twice, wherever in its step the process is killed."""

import signal
import sqlite3
import subprocess
import sys

import pytest

from perdure.app.engine import Engine
from perdure.authoring.steps.outcomes import outcome
from tests.app.scenes import until
from tests.architecture.tree import ROOT
from tests.crash.till import Till

pytestmark = pytest.mark.crash


@pytest.fixture
def till(tmp_path):
    return Till(tmp_path)


def live(till, *names, window="none"):
    """Have a process work on runs of these workflows; return what ended it."""
    command = [sys.executable, "-m", "tests.crash.till", str(till.folder), window, *names]
    return subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode


@pytest.mark.parametrize("window", ["before the effect", "after the effect"])
def test_a_step_that_can_be_asked_charges_once_and_the_run_completes(till, window):
    """The next process asks what the killed one has done."""
    killed = live(till, "asked", window=window)
    lived = live(till)

    assert (killed, lived) == (-signal.SIGKILL, 0)
    with Engine(till.store, registry=till.registry()) as engine:
        (run,) = engine.runs()
        assert run.status == "completed"
        assert run.data["shipped"]
        assert till.charged() == [run.data["charge"]]


@pytest.mark.parametrize(("window", "charged"), [("before the effect", 0), ("after the effect", 1)])
def test_a_step_that_cannot_be_asked_rests_until_somebody_settles_it(till, window, charged):
    live(till, "silent", window=window)
    live(till)

    assert len(till.charged()) == charged
    with Engine(till.store, registry=till.registry()) as engine:
        (view,) = engine.runs()
        assert (view.status, view.unsettled) == ("waiting", "pay")
        said = outcome.done({"by_hand": True}) if charged else outcome.not_done()
        assert engine.settle(view.id, "pay", said)
        until(lambda: engine.view(view.id).ended_at)

        assert engine.view(view.id).status == "completed"
        assert engine.view(view.id).data["by_hand"] == bool(charged)
    assert len(till.charged()) == 1


def test_what_was_settled_is_not_lost_when_the_process_is_killed_right_after(till):
    live(till, "silent", window="after the effect")
    live(till)
    code = (
        "import os, signal, sys; from pathlib import Path; from tests.crash.till import *\n"
        "till = Till(Path(sys.argv[1]))\n"
        "engine = Engine(till.store, registry=till.registry(), worker=False)\n"
        "run = engine.runs()[0].id\n"
        "assert engine.settle(run, 'pay', outcome.done({'by_hand': True}))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, str(till.folder)], cwd=ROOT, check=False, timeout=60
    ).returncode
    live(till)

    assert killed == -signal.SIGKILL
    with Engine(till.store, registry=till.registry()) as engine:
        (run,) = engine.runs()
        assert (run.status, run.data["by_hand"]) == ("completed", True)
    assert len(till.charged()) == 1


@pytest.mark.parametrize(
    "window",
    ["before the body", "between the write and the commit", "after the application's commit"],
)
def test_a_transactional_step_writes_once(till, window):
    """After the last of these the next attempt finds what the killed one came to."""
    killed = live(till, "order", window=window)
    lived = live(till)

    assert (killed, lived) == (-signal.SIGKILL, 0)
    with Engine(till.store, registry=till.registry()) as engine:
        (run,) = engine.runs()
        assert (run.status, run.data) == ("completed", {"number": 1, "shipped": True})
    with sqlite3.connect(till.application) as db:
        assert db.execute("SELECT run FROM orders").fetchall() == [(run.id,)]
        assert db.execute("SELECT count(*) FROM perdure_done").fetchall() == [(1,)]


@pytest.mark.parametrize(("window", "runs"), [("within", 0), ("after", 3)])
def test_starts_and_signals_of_a_transaction_are_all_there_or_none(till, window, runs):
    """Killed right after its block has ended, the next process goes on with all of them."""
    code = (
        "import os, signal, sys; from pathlib import Path; from tests.crash.till import *\n"
        "till = Till(Path(sys.argv[1]))\n"
        "engine = Engine(till.store, registry=till.registry(), worker=False)\n"
        "with engine.transaction() as tx:\n"
        "    for name in ('asked', 'asked', 'order'):\n"
        "        engine.start(name, transaction=tx)\n"
        "    if sys.argv[2] == 'within':\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    words = [sys.executable, "-c", code, str(till.folder), window]
    killed = subprocess.run(words, cwd=ROOT, check=False, timeout=60).returncode
    live(till)

    assert killed == -signal.SIGKILL
    with Engine(till.store, registry=till.registry()) as engine:
        until(lambda: not engine.runs(live=True))
        assert [run.status for run in engine.runs()] == ["completed"] * runs
