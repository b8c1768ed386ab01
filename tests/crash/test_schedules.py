"""A schedule survives `kill -9`: no time is lost, and none has two runs, also with two processes."""

import random
import time

import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from tests.crash.lives import begin, kill

pytestmark = pytest.mark.crash
KILLS = 8


def life(path, seconds=60.0):
    return begin("clockwork", path, seconds)


def test_each_second_has_its_run_though_processes_are_killed(tmp_path):
    path = tmp_path / "perdure.db"
    chance = random.Random(20)
    for number in range(KILLS):
        lives = [life(path) for _ in range(1 + number % 2)]
        for process in lives:
            process.stdout.readline()
        time.sleep(chance.uniform(0.0, 1.1))
        for process in lives:
            kill(process)
    last = life(path, 2.0)
    last.communicate(timeout=120)

    store = SqliteStore.open(path, create=False)
    try:
        (row,) = store.schedules()
        rows = store.find(RunFilter(workflow="second", limit=1000))
        labels = store.labels([found.id for found in rows])
        times = sorted(label.number for label in labels if label.name == "scheduled_for")
        assert {found.status for found in rows} == {"completed"}
        assert times == [row.made_at + 1.0 + number for number in range(len(rows))]
        assert row.next_at == times[-1] + 1.0
        assert len(rows) >= 8
    finally:
        store.close()
