"""Several processes on one store: one starts and another executes, and each hears of the other."""

import subprocess
import sys
from itertools import pairwise

import pytest

from perdure.errors import RunCancelledError
from tests.app.scenes import PATIENCE, adding, asking, endless, engine_of, until
from tests.architecture.tree import ROOT

FLAGS = ("Pause", "Resume")

WORKER = """
import sys
from tests.app.scenes import adding, asking, endless, engine_of
engine = engine_of(adding(), asking(), endless(), path=sys.argv[1])
print("open", flush=True)
sys.stdin.read()
engine.close()
print(len(engine.process.crew.holding()), flush=True)
"""


RIVAL = """
import sys
from tests.app.scenes import asking, engine_of
path, *runs = sys.argv[1:]
with engine_of(asking(), path=path, worker=False) as engine:
    for turn in range(40):
        for run in runs:
            (engine.pause if turn % 2 == 0 else engine.resume)(run)
"""


class Worker:
    """Another process that works on a store until it is told to end."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, path],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.process.stdout.readline()

    def end(self):
        _, err = self.process.communicate(timeout=60)
        return err

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=60)


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "s.db")


@pytest.fixture
def worker(path):
    made = Worker(path)
    yield made
    if made.process.poll() is None:
        made.kill()


@pytest.fixture
def starter(path, worker):
    with engine_of(adding(), asking(), endless(), path=path, worker=False) as engine:
        yield engine


def test_what_one_process_starts_another_one_executes(starter, worker):
    runs = [starter.start("adding", n=n) for n in range(20)]

    assert [run.result(PATIENCE)["n"] for run in runs] == list(range(1, 21))
    assert worker.end() == ""


def test_a_signal_and_its_run_find_each_other_across_processes(starter, worker):
    run = starter.start("asking")
    until(lambda: run.refresh().status == "waiting")

    answer = starter.signal("answer", {"yes": True})

    assert answer.woken == (run.id,)
    assert run.result(PATIENCE) == {"yes": True}
    assert worker.end() == ""


def test_a_cancel_reaches_a_run_that_another_process_works_on(starter, worker):
    run = starter.start("endless")
    until(lambda: starter.loaded(run.id).jobs[0].owner is not None)

    assert starter.cancel(run.id)
    with pytest.raises(RunCancelledError):
        run.result(PATIENCE)
    assert worker.end() == ""


def test_both_work_and_together_they_end_everything(path, worker):
    with engine_of(adding(), asking(), endless(), path=path) as engine:
        runs = engine.start_many("adding", [{"n": n} for n in range(300)])

        assert [run.result(PATIENCE)["n"] for run in runs] == list(range(1, 301))
        assert [len(engine.store.steps(run.id)) for run in runs] == [2] * 300
    assert worker.end() == ""


def test_what_a_killed_process_was_at_is_taken_over_at_once_by_who_opens_the_store(path, worker):
    """Its lock is free, so nobody waits for its lease."""
    with engine_of(endless(), path=path, worker=False) as starter:
        run = starter.start("endless")
        until(lambda: starter.loaded(run.id).jobs[0].owner is not None)
    worker.kill()

    with engine_of(endless(), path=path) as engine:
        until(engine.process.crew.holding)

        (work,) = engine.process.crew.holding()
        assert (work.run, work.attempt, work.token) == (run.id, 2, 2)


def test_processes_that_race_for_the_same_runs_neither_hang_nor_lose_a_message(path):
    """Each finds its runs moved by the others, loads them again and goes on."""
    with engine_of(asking(), path=path) as engine:
        runs = engine.start_many("asking", [{}] * 5)
        rivals = [
            subprocess.Popen([sys.executable, "-c", RIVAL, path, *(r.id for r in runs)], cwd=ROOT)
            for _ in range(3)
        ]
        codes = [rival.wait(60) for rival in rivals]
        for run in runs:
            engine.resume(run.id)
            engine.signal("answer", {"n": 1}, run_id=run.id)

        assert codes == [0, 0, 0]
        assert [run.result(PATIENCE) for run in runs] == [{"n": 1}] * 5
        for run in runs:
            rows = engine.store.history(run.id)
            assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
            told = [kind for row in rows if (kind := row.message.split('"')[1]) in FLAGS]
            assert all(one != other for one, other in pairwise(told)), "each undid the one before"
