"""Going back, forking and telling many survive `kill -9`: each is done wholly or not at all."""

import random
import subprocess
import sys
import time
from collections import Counter

import pytest

from perdure.app.engine import Engine
from perdure.kernel import history
from perdure.runtime.records import load_events
from tests.architecture.tree import ROOT
from tests.crash.returning import BATCHES, registry, tell

pytestmark = pytest.mark.crash
KILLS = 5
RUNS = 3
MANY = 450
PATIENCE = 60.0


def begin(folder, name, count):
    """Start runs, and wait until all have ended or wait."""
    with Engine(folder / "s.db", registry=registry()) as engine:
        runs = engine.start_many(name, [{}] * count)
        until = time.monotonic() + PATIENCE
        while any(run.refresh().status == "running" for run in runs):
            assert time.monotonic() < until
            time.sleep(0.01)
    return [run.id for run in runs]


def live(folder, what):
    command = [sys.executable, "-m", "tests.crash.returning", str(folder), what]
    return subprocess.Popen(command, cwd=ROOT)


def kill_amid(folder, what, times=KILLS):
    """Have processes live one after another that are killed when they have said something."""
    chance = random.Random(what)
    journal = folder / "journal"
    for _ in range(times):
        before = len(journal.read_text().splitlines()) if journal.exists() else 0
        process = live(folder, what)
        until = time.monotonic() + PATIENCE
        while not journal.exists() or len(journal.read_text().splitlines()) <= before:
            assert time.monotonic() < until
            time.sleep(0.002)
        time.sleep(chance.random() * 0.1)
        process.kill()
        process.wait()
    assert live(folder, "rest").wait(PATIENCE) == 0
    return [line.split() for line in journal.read_text().splitlines()]


def events_of(engine, run):
    return [e for told in engine.store.history(run) for e in load_events(told.events)]


def test_a_rewind_that_is_killed_is_done_or_not_and_the_run_ends_by_its_context(tmp_path):
    runs = begin(tmp_path, "count", RUNS)

    said = kill_amid(tmp_path, "rewind")

    with Engine(tmp_path / "s.db", registry=registry(), worker=False) as engine:
        for run in runs:
            view = engine.view(run)
            asked = [int(n) for _, at, n, word in said if at == run and word == "asked"]
            done = [int(n) for _, at, n, word in said if at == run and word == "done"]
            kinds = Counter(type(event) for event in events_of(engine, run))
            assert (view.status, view.data["trail"]) == ("completed", ["first", "second"])
            assert view.data["n"] in {0, *asked}
            assert view.data["n"] >= max(done, default=0)
            assert len(done) <= kinds[history.RunRewound] <= len(asked)


def test_a_fork_that_is_killed_is_there_wholly_or_not_and_leaves_the_other_alone(tmp_path):
    runs = begin(tmp_path, "count", RUNS)

    said = kill_amid(tmp_path, "fork")

    with Engine(tmp_path / "s.db", registry=registry(), worker=False) as engine:
        forks = {view.id: view for view in engine.runs(limit=10_000) if view.id not in runs}
        asked = Counter(int(n) for _, _, n, word in said if word == "asked")
        done = {run: int(n) for _, run, n, word in said if word == "done"}
        for run in runs:
            assert engine.view(run).data == {"n": 0, "trail": ["first", "second"]}
        for view in forks.values():
            assert (view.status, view.data["trail"]) == ("completed", ["first", "second"])
            assert view.data["n"] in asked
        assert done.keys() <= forks.keys()
        assert all(forks[run].data["n"] == n for run, n in done.items())
        assert Counter(view.data["n"] for view in forks.values()) <= asked


@pytest.mark.parametrize(
    ("what", "kind", "status"),
    [
        ("cancel", history.CancelRequested, "cancelled"),
        ("pause", history.RunPaused, "waiting"),
        ("retry", history.RunRetried, "completed"),
    ],
)
def test_a_batch_that_is_killed_has_told_some_and_the_next_one_tells_the_rest_once(
    tmp_path, what, kind, status
):
    """What the killed one had told goes on: a run that was retried comes to its end once."""
    runs = begin(tmp_path, BATCHES[what], MANY)

    kill_amid(tmp_path, what, times=1)

    with Engine(tmp_path / "s.db", registry=registry(), worker=False) as engine:
        told = sum(kind in map(type, events_of(engine, run)) for run in runs)
        rest, again = tell(engine, what, by="bob"), tell(engine, what, by="cid")
    assert live(tmp_path, "rest").wait(PATIENCE) == 0
    with Engine(tmp_path / "s.db", registry=registry(), worker=False) as engine:
        asked = [[e.by for e in events_of(engine, run) if type(e) is kind] for run in runs]
        found = Counter(engine.view(run).status for run in runs)

    assert (rest.changed, again.changed) == (MANY - told, 0)
    assert Counter(map(tuple, asked)) == Counter({("ann",): told, ("bob",): MANY - told})
    assert found == {status: MANY}
