"""The engine that a script shares, in real scripts: what is done, left and said when they end."""

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap

import pytest

from perdure.app import default as module
from perdure.app.default import DefaultEngine
from perdure.app.importing import importing
from perdure.errors import ConfigError
from perdure.ports.store import RunFilter
from perdure.stores.sqlite import SqliteStore
from tests.app.scenes import PATIENCE, adding, asking
from tests.architecture.tree import ROOT

HEAD = """
import sys, threading, time
from perdure import engine
from perdure.ports.executor import Result
from perdure.kernel.directives import Complete, Goto
from tests.app.scenes import adding, asking, done, flow, sleeping

def slow(seconds):
    def call(work):
        print("begun", flush=True)
        time.sleep(seconds)
        open("slept", "w").close()
        return done(work)
    return flow("slow", {"a": call})
"""


class Script:
    """A newcomer's script in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / ".perdure" / "perdure.db"

    def begin(self, body, **environ):
        """Start it. Its environment names no store, as a newcomer's does not."""
        (self.folder / "flows.py").write_text(HEAD + textwrap.dedent(body))
        plain = {k: v for k, v in os.environ.items() if not k.startswith("PERDURE_")}
        return subprocess.Popen(
            [sys.executable, "flows.py"],
            cwd=self.folder,
            env={**plain, "PYTHONPATH": str(ROOT), **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, body, **environ):
        """Run it to its end; return exit code, what it printed, and what was said on stderr."""
        with self.begin(body, **environ) as process:
            out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def runs(self):
        """Return the runs that it left in its store, the oldest first."""
        store = SqliteStore(self.path)
        rows = store.find(RunFilter(limit=1000))
        loaded = store.load([row.id for row in rows])
        store.close()
        return [loaded[row.id] for row in reversed(rows)]


@pytest.fixture
def script(tmp_path):
    return Script(tmp_path)


# -- scripts that end -----------------------------------------------------------------------
def test_a_script_that_ends_finishes_what_is_ready(script):
    code, _, err = script.run("""
        for n in range(20):
            engine.start(adding(), n=n)
    """)

    assert (code, err) == (0, "")
    assert [json.loads(run.context)["n"] for run in script.runs()] == list(range(1, 21))
    assert {run.row.status for run in script.runs()} == {"completed"}


def test_its_store_is_in_a_folder_that_is_its_own_and_passes_version_control_by(script):
    script.run("engine.start(adding(), n=1)")

    folder = script.path.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / ".gitignore").read_text() == "*\n"


def test_what_waits_is_left_and_it_is_said_how_to_go_on(script):
    code, _, err = script.run("""
        engine.start(adding(), n=1)
        engine.start(asking())
    """)

    assert code == 0
    assert err == (
        "perdure: 1 run is not finished (1 waiting); nothing is lost. "
        "Go on with: perdure worker flows.py\n"
    )
    assert [run.row.status for run in script.runs()] == ["completed", "waiting"]


def test_a_script_does_not_go_on_for_longer_than_it_is_allowed(script):
    code, _, err = script.run("engine.start(slow(30))", PERDURE_EXIT_SECONDS="0.2")

    (run,) = script.runs()
    assert code == 0
    assert "1 run is not finished (0 waiting)" in err
    assert not (script.folder / "slept").exists()
    assert [(job.attempt, job.owner) for job in run.jobs] == [(1, None)], "uncounted"


def test_a_script_waits_for_a_step_that_runs(script):
    code, _, err = script.run("engine.start(slow(0.3))")

    assert (code, err) == (0, "")
    assert (script.folder / "slept").exists()


def test_after_an_exception_nothing_is_waited_for(script):
    code, _, err = script.run("""
        engine.start(slow(30))
        raise ValueError("a defect")
    """)

    assert code == 1
    assert "ValueError: a defect" in err
    assert "1 run is not finished" in err
    assert not (script.folder / "slept").exists()


def test_after_ctrl_c_nothing_is_waited_for(script):
    waits = "run = engine.start(slow(30))\nprint('started', flush=True)\nrun.result()"
    with script.begin(waits) as process:
        process.stdout.readline()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

    (run,) = script.runs()
    assert process.returncode != 0
    assert "KeyboardInterrupt" in err
    assert "1 run is not finished" in err
    assert [(job.attempt, job.owner) for job in run.jobs] == [(1, None)]


def test_ctrl_c_at_the_end_ends_the_waiting(script):
    with script.begin("engine.start(slow(30))\nprint('end', flush=True)") as process:
        said = process.stdout.readline() + process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

    assert sorted(said) == sorted("begun\nend\n")  # two threads: their texts may mix
    assert "1 run is not finished" in err
    assert not (script.folder / "slept").exists()


def test_under_a_reloader_nothing_is_waited_for(script):
    _, _, err = script.run("engine.start(slow(30))", RUN_MAIN="true")

    assert "1 run is not finished" in err
    assert not (script.folder / "slept").exists()


def test_without_a_worker_a_script_only_starts(script):
    code, _, err = script.run("engine.start(adding(), n=1)", PERDURE_WORKER="off")

    (run,) = script.runs()
    assert code == 0
    assert "1 run is not finished (0 waiting)" in err
    assert (run.row.status, run.jobs[0].owner) == ("running", None)


def test_what_one_script_left_another_one_finishes(script):
    script.run("engine.start(adding(), n=1)", PERDURE_WORKER="off")

    _, _, err = script.run("""
        from perdure.authoring.defaults import default_registry
        default_registry().add(adding())
        engine.runs()
    """)

    assert err == ""
    assert script.runs()[0].row.status == "completed"


def test_a_script_that_uses_no_engine_leaves_no_trace(script):
    code, out, err = script.run("print('nothing')")

    assert (code, out, err) == (0, "nothing\n", "")
    assert not script.path.parent.exists()


def test_an_engine_that_a_script_made_itself_hands_back_what_it_has(script):
    """It was not closed; what it ran must not wait for somebody to find it dead."""
    code, _, err = script.run("""
        from perdure import Engine
        own = Engine(".perdure/perdure.db")
        own.start(slow(30))
        while not own.process.crew.holding():
            time.sleep(0.01)
    """)

    (run,) = script.runs()
    assert (code, err) == (0, "")
    assert [(job.attempt, job.owner) for job in run.jobs] == [(1, None)]


def test_a_forked_child_has_an_engine_of_its_own_and_ends_as_it_likes(script):
    code, out, err = script.run("""
        import os
        first = engine.start(adding(), n=1)
        pid = os.fork()
        if pid == 0:
            print(engine.start(adding(), n=10).result(10)["n"], flush=True)
            sys.exit(0)
        os.waitpid(pid, 0)
        print(first.result(10)["n"])
    """)

    assert (code, err) == (0, "")
    assert out == "11\n2\n"


# -- in this process ------------------------------------------------------------------------
@pytest.fixture
def default(tmp_path, monkeypatch):
    monkeypatch.setenv("PERDURE_STORE", str(tmp_path / "s.db"))
    made = DefaultEngine()
    yield made
    made.close()


def test_it_is_opened_when_it_is_needed_and_not_before(default, tmp_path):
    before = (tmp_path / "s.db").exists()

    default.runs()

    assert (before, (tmp_path / "s.db").exists()) == (False, True)


def test_it_can_do_what_an_engine_can(default):
    run = default.start(adding(), n=1)
    many = default.start_many(adding(), [{"n": 2}])
    waiting = default.start(asking())

    assert run.result(PATIENCE) == {"n": 2}
    assert many[0].result(PATIENCE) == {"n": 3}
    assert default.pause(waiting.id, by="me")
    assert default.resume(waiting.id)
    assert default.run(waiting.id).id == waiting.id
    assert len(default.signal("answer", run_id=waiting.id)) == 1
    assert waiting.result(PATIENCE) == {}
    assert not default.cancel(waiting.id)
    assert not default.retry(waiting.id)
    assert len(default.runs()) == 3


def test_after_it_was_closed_it_opens_again(default):
    first = default.get()

    default.close()
    default.close()

    assert default.get() is not first


def test_during_an_import_of_ours_nothing_is_started_and_no_store_made(default, tmp_path):
    with importing(), pytest.warns(UserWarning, match="__main__"):
        run = default.start(adding(), n=1)
        many = default.start_many("adding", [{"n": 1}])
        answer = default.signal("answer")

    assert [run.id, many[0].id, len(answer)] == [None, None, 0]
    assert not (tmp_path / "s.db").exists()


def test_what_is_said_of_very_many_runs_is_not_counted_to_the_end(default, capsys):
    default.start(asking())
    (row,) = default.get().store.find(RunFilter())

    module._tell_left([row] * (module.MOST_TOLD + 1))

    assert "perdure: more than 1,000 runs are not finished" in capsys.readouterr().err


def test_a_store_that_was_lost_is_nothing_to_wait_for(default, monkeypatch):
    engine = default.get()
    engine.store.close()
    monkeypatch.setattr(sys, "last_type", ValueError, raising=False)

    default._end()

    assert default._engine is None


def test_without_an_engine_there_is_nothing_to_end(default):
    default._end()

    assert default._engine is None


def test_only_what_opens_an_engine_is_an_executor():
    engine = DefaultEngine()

    with pytest.raises(ConfigError, match="SynchronousExecutor"):
        engine.set_executor("threads")
    assert engine.set_executor(None) is None
