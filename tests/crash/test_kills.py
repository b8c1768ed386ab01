"""A run survives `kill -9` at any moment, and no step whose result was committed is run again.

Real processes work on a real file, each for a moment of random length. `make nightly` does a
thousand kills, CI what its budget allows.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from perdure.stores.sqlite import SqliteStore
from tests.architecture.tree import ROOT
from tests.budgets import budget, record_count
from tests.crash.witness import Witness

LONGEST_LIFE = 0.16
LAST_LIFE = 120.0  # a guard: the last life has nobody who kills it


class Zygote:
    """Forks processes that work, and tells what ended them."""

    def __init__(self, store, journal):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.zygote", str(store), str(journal)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fork(self, *, starts=True):
        """Return the pid of a new process; without `starts` it only goes on with what is there."""
        return int(self._ask("go" if starts else "rest"))

    def reap(self, pid):
        """Return the number of the signal that ended a process."""
        return int(self._ask(f"reap {pid}"))

    def _ask(self, command):
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def close(self):
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


@pytest.fixture
def place(tmp_path):
    """Return a store's file and a witness of it."""
    path = tmp_path / "perdure.db"
    store = SqliteStore(path)
    yield path, Witness(store, tmp_path / "journal")
    store.close()


@pytest.fixture
def zygote(place):
    path, witness = place
    made = Zygote(path, witness.journal)
    yield made
    made.close()


def lives_for(zygote, pid, seconds):
    """Let a process live so long, then kill it."""
    threading.Event().wait(seconds)
    os.kill(pid, signal.SIGKILL)

    assert zygote.reap(pid) == signal.SIGKILL, "it lived until it was killed"


def finish(zygote, witness):
    """Let one process go on until every run has ended."""
    pid = zygote.fork(starts=False)
    until = time.monotonic() + LAST_LIFE
    while witness.live() and time.monotonic() < until:
        threading.Event().wait(0.02)
    lives_for(zygote, pid, 0.0)


@pytest.mark.crash
@pytest.mark.timeout(20_000)  # the budget bounds it
def test_no_kill_loses_or_repeats_a_committed_step(place, zygote):
    _, witness = place
    chance = random.Random(os.environ.get("PERDURE_SEED"))
    began = time.monotonic()
    kills, other = 0, None

    for _ in budget("kills").rounds():
        kills += 1
        pid = zygote.fork()
        if other is None and chance.random() < 0.3:
            other = zygote.fork()  # two at a time: the other one outlives this one
        lives_for(zygote, pid, chance.random() * LONGEST_LIFE)
        if other is not None and chance.random() < 0.5:
            lives_for(zygote, other, 0.0)
            other = None
        witness.look()
    if other is not None:
        lives_for(zygote, other, 0.0)
    seconds = time.monotonic() - began
    finish(zygote, witness)
    wrong = witness.judge()

    assert (witness.lost, witness.repeated, wrong) == ([], [], [])
    assert len(witness.seen) > kills / 2, "work was done between the kills"
    assert witness.cut_off > kills / 2, "and kills came in the midst of it"
    record_count("kills", kills, seconds)


@pytest.mark.crash
def test_the_witness_would_see_a_step_that_is_lost_or_run_again(place, zygote):
    """A harness that finds nothing must be able to find something."""
    _, witness = place
    pid = zygote.fork()
    threading.Event().wait(0.5)
    lives_for(zygote, pid, 0.0)
    witness.look_at_all()
    run, results = next((run, seen) for run, seen in witness.seen.items() if seen)
    step, number = next(iter(results))
    with witness.journal.open("a") as file:
        file.write(f"begin {run} {step} {number} 2 2 aaaa\n")
    results[step, number] = '"another"'

    witness.look_at_all()

    assert [line.split()[1] for line in witness.repeated] == [run]
    assert witness.lost == [f"{run} {(step, number)}"]
