"""Processes keep the number of live runs under `kill -9`, and no place is lost with one."""

import random
import time

import pytest

from perdure import Engine
from tests.crash.limit_flows import LIMIT, REGISTRY
from tests.crash.lives import begin, kill

pytestmark = pytest.mark.crash
KILLS = 8
PATIENCE = 60


def life(folder):
    process = begin("limit_flows", folder)
    process.stdout.readline()
    return process


def test_a_limit_of_live_runs_is_kept_by_processes_that_are_killed(tmp_path):
    chance = random.Random(8)
    lives = [life(tmp_path), life(tmp_path)]
    with Engine(tmp_path / "perdure.db", worker=False, registry=REGISTRY) as engine:
        seen = []
        try:
            for number in range(KILLS):
                until = time.monotonic() + 0.1 + chance.random() * 0.2
                while time.monotonic() < until:
                    seen += [limit.live for limit in engine.limits.list()]
                kill(lives[number % 2])
                lives[number % 2] = life(tmp_path)
            for process in lives:
                process.stdout.readline()  # no more runs begin after it
            until = time.monotonic() + PATIENCE
            while engine.runs(live=True, limit=1) or not engine.runs(limit=1):
                assert time.monotonic() < until, engine.limits.list()
                seen += [limit.live for limit in engine.limits.list()]
                time.sleep(0.02)
        finally:
            for process in lives:
                kill(process)
        ended = engine.runs(limit=1000)
        (left,) = engine.limits.list()

    assert max(seen) == LIMIT
    assert {run.status for run in ended} == {"completed"}
    assert (left.live, left.in_line) == (0, 0)
    assert len(ended) > KILLS
