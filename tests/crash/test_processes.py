"""Steps in real processes: what kills them, and what dies with them."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from perdure.app.engine import Engine
from perdure.app.shown import show
from perdure.authoring.defaults import default_registry
from perdure.config import load_config
from perdure.errors import RunCancelledError, RunFailedError
from tests.architecture.tree import ROOT
from tests.crash import process_flows as _flows  # noqa: F401 - it declares the workflows

PATIENCE = 30.0
pytestmark = [pytest.mark.slow, pytest.mark.crash]


@contextmanager
def engine_of(folder, *, grace=0.3):
    config = load_config(store=str(folder / "s.db"), processes=2, grace_seconds=grace)
    with Engine(registry=default_registry(), config=config, worker=True) as made:
        yield made


@pytest.fixture
def engine(tmp_path):
    with engine_of(tmp_path) as made:
        yield made


def until(fact, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := fact()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)
    return found


def number(path):
    """Return the number in a file, once it is there."""
    until(path.exists)
    return int(until(path.read_text))


def is_alive(pid):
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_steps_run_in_processes_that_are_used_again(engine):
    runs = [engine.start("crunch") for _ in range(3)]
    pids = []
    for run in runs:
        data = run.result(PATIENCE)
        assert data["value"] == 2
        first, second, third = data["pids"]
        assert second == os.getpid()
        assert os.getpid() not in (first, third)
        pids += [first, third]

    assert len(set(pids)) <= 2, "there are two slots, and warm children are used again"


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("segfault", "SIGSEGV"),
        ("exit", "exit status 0, before it had reported"),
        ("killed", "SIGKILL"),
        ("forked", "exit status 7"),
    ],
)
def test_a_child_that_dies_ends_its_attempts_and_not_the_engine(engine, how, told):
    """F11: after three deaths the step is taken for poison; other runs go on."""
    dying = engine.start("die", how=how)
    other = engine.start("crunch")

    with pytest.raises(RunFailedError) as failed:
        dying.result(PATIENCE)

    assert failed.value.error["kind"] == "worker_died"
    assert told in failed.value.error["message"]
    (step,) = show(engine.store, dying.id).steps
    assert step.attempt == 3
    assert other.result(PATIENCE)["value"] == 2


def test_a_death_counts_as_an_attempt_and_the_next_one_may_succeed(engine, tmp_path):
    run = engine.start("die", how="once", folder=str(tmp_path))

    run.result(PATIENCE)

    (step,) = show(engine.store, run.id).steps
    assert (step.attempt, len(step.failures)) == (2, 1)


def test_what_a_step_raises_comes_with_its_traceback(engine):
    run = engine.start("die", how="raises")

    with pytest.raises(RunFailedError) as failed:
        run.result(PATIENCE)

    assert failed.value.error["type"] == "ValueError"
    assert "process_flows.py" in failed.value.error["traceback"]


@pytest.mark.parametrize("how", ["", "deaf", "beats", "held"])
def test_a_cancelled_step_ends_with_all_that_it_started(engine, tmp_path, how):
    """P8: survivors 0, also of one that ignores SIGTERM or never lets go of the interpreter."""
    run = engine.start("linger", how=how, folder=str(tmp_path))
    pids = [number(tmp_path / "begun"), number(tmp_path / "grandchild")]
    assert all(map(is_alive, pids))

    engine.cancel(run.id)

    with pytest.raises(RunCancelledError):
        run.result(PATIENCE)
    until(lambda: not any(map(is_alive, pids)), 10.0)
    assert (tmp_path / "cleaned").exists() == (how != "deaf")


def test_a_step_whose_time_is_up_is_ended(engine, tmp_path):
    run = engine.start("hasty", folder=str(tmp_path))
    pid = number(tmp_path / "begun")

    with pytest.raises(RunFailedError, match="timeout"):
        run.result(PATIENCE)

    until(lambda: not is_alive(pid), 10.0)


def test_a_heartbeat_comes_from_the_child_to_the_view(engine, tmp_path):
    run = engine.start("linger", how="beats", folder=str(tmp_path))

    beat = until(lambda: run.refresh().heartbeat)

    assert (beat.step, beat.progress, beat.detail) == ("only", 0.5, "halfway")
    engine.cancel(run.id)


def test_closing_the_engine_ends_the_children_and_hands_the_attempt_back(tmp_path):
    with engine_of(tmp_path) as engine:
        run = engine.start("linger", folder=str(tmp_path))
        pids = [number(tmp_path / "begun"), number(tmp_path / "grandchild")]
    until(lambda: not any(map(is_alive, pids)), 10.0)

    with engine_of(tmp_path) as engine:
        engine.cancel(run.id)
        (step,) = show(engine.store, run.id).steps or [None]
        assert step is None or step.attempt == 1, "it was handed back uncounted"


SCRIPT = """
import sys
from perdure.app.engine import Engine
from perdure.authoring.defaults import default_registry
from tests.crash import process_flows
engine = Engine(sys.argv[1], registry=default_registry(), worker=True)
engine.start("linger", folder=sys.argv[2], how=sys.argv[3]).wait()
"""


@pytest.mark.parametrize("how", ["", "held"])
def test_children_end_when_their_parent_is_killed(tmp_path, how):
    """Their pipe closes: the kernel ends the group, whatever the step does."""
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "s.db"), str(tmp_path), how]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as parent:
        pids = [number(tmp_path / "begun"), number(tmp_path / "grandchild")]

        parent.kill()

    until(lambda: not any(map(is_alive, pids)), 10.0)


MAIN = """
import os
from pydantic import BaseModel
from perdure import complete, engine, get_context, step, workflow

@workflow("main")
class Main:
    class Context(BaseModel):
        pid: int = 0

    @step(start=True, process=True)
    def only(self):
        get_context().pid = os.getpid()
        return complete()

engine.start("main") if __name__ == "nobody" else None

if __name__ == "__main__":
    print(engine.start("main").result(20)["pid"] not in (0, os.getpid()))
"""


def test_a_script_that_was_started_is_found_by_its_file(tmp_path):
    (tmp_path / "flows.py").write_text(MAIN)

    done = subprocess.run(
        [sys.executable, "flows.py"], cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False, env={**os.environ, "PERDURE_STORE": str(tmp_path / "s.db")},
    )  # fmt: skip

    assert done.stdout == "True\n", done.stderr


def test_a_class_of_a_terminal_is_refused_where_it_is_declared(tmp_path):
    done = subprocess.run(
        [sys.executable, "-"], input=MAIN, cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False, env={**os.environ, "PERDURE_STORE": str(tmp_path / "s.db")},
    )  # fmt: skip

    assert "DefinitionError: Main.only runs in a process of its own" in done.stderr
    assert "Put it into a file" in done.stderr


def test_a_signal_to_one_childs_group_leaves_the_others(engine, tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
    runs = [engine.start("linger", folder=str(folder)) for folder in (first, second)]
    pids = [number(folder / "begun") for folder in (first, second)]

    os.kill(pids[0], signal.SIGKILL)

    until(lambda: not is_alive(pids[0]))
    assert is_alive(pids[1])
    for run in runs:
        engine.cancel(run.id)
