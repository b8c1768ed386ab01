"""Two processes keep a queue's limit under `kill -9`, and no place in it is lost with one."""

import random
import time

import pytest

from perdure import Engine
from tests.crash.lives import begin, kill
from tests.crash.queue_flows import LIMIT, Letter

pytestmark = pytest.mark.crash
KILLS = 6
LETTERS = 700
PATIENCE = 60.0


def life(folder):
    process = begin("queue_flows", folder)
    process.stdout.readline()
    return process


def until_at_work(engine, folder, process):
    """Wait until a process has begun an attempt, as long as there are any to begin."""
    until = time.monotonic() + PATIENCE
    while f" {process.pid}\n" not in (folder / "said").read_text() and engine.runs(live=True):
        assert time.monotonic() < until, "a process does nothing"
        time.sleep(0.005)


def test_a_limit_is_kept_by_processes_that_are_killed(tmp_path):
    chance = random.Random(8)
    (tmp_path / "said").touch()
    with Engine(tmp_path / "perdure.db", worker=False) as engine:
        engine.queues.set("mail", concurrency=LIMIT)
        engine.start_many(Letter, [{"number": number} for number in range(LETTERS)])
        lives = [life(tmp_path), life(tmp_path)]
        try:
            for number in range(KILLS):
                until_at_work(engine, tmp_path, lives[number % 2])
                time.sleep(chance.random() * 0.1)
                kill(lives[number % 2])
                lives[number % 2] = life(tmp_path)
            until = time.monotonic() + PATIENCE
            while engine.runs(live=True, limit=1):
                assert time.monotonic() < until, engine.queues.list()
                time.sleep(0.02)
        finally:
            for process in lives:
                kill(process)
        ended = engine.runs(limit=1000)
        left = engine.queues.get("mail")

    said = (tmp_path / "said").read_text().splitlines()
    assert not [line for line in said if line.startswith("exceeded")]
    assert {run.status for run in ended} == {"completed"}
    assert len(ended) == LETTERS
    assert len(said) > LETTERS, "no kill struck an attempt"
    assert (left.running, left.waiting) == (0, 0)
