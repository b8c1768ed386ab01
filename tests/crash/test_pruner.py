"""Runs that are over are forgotten whole, or not at all, whenever who forgets them is killed."""

import random
import time

import apsw
import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from perdure.stores.sqlite.archive import TABLES
from tests.crash.forgetter import RUNS
from tests.crash.lives import begin, kill

pytestmark = pytest.mark.crash
KILLS = 20


def life(path, *words):
    return begin("forgetter", path, *words)


def left(path):
    """Return how many runs there are, having seen that each of them is whole and nothing else is."""
    store = SqliteStore.open(path, create=False)
    try:
        runs = [row.id for row in store.find(RunFilter(limit=2 * RUNS))]
        assert [len(store.steps(run)) for run in runs] == [2] * len(runs)
        assert [store.history(run)[0].seq for run in runs] == [1] * len(runs)
        assert len(store.labels(runs)) == 2 * len(runs)
        assert {store.load([run])[run].row.status for run in runs} <= {"completed"}
    finally:
        store.close()
    db = apsw.Connection(str(path))
    try:
        for table in set(TABLES) - {"runs"}:
            query = f"SELECT count(*) FROM {table} WHERE run NOT IN (SELECT n FROM runs)"
            assert db.execute(query).fetchall() == [(0,)], table
    finally:
        db.close()
    return len(runs)


def test_what_is_forgotten_is_gone_whole_and_the_rest_is_forgotten_by_who_comes_next(tmp_path):
    path = tmp_path / "perdure.db"
    chance = random.Random(31)
    life(path, "fill").communicate(timeout=120)
    counts = [left(path)]
    for _ in range(KILLS):
        process = life(path)
        process.stdout.readline()
        time.sleep(chance.random() * 0.15)
        kill(process)
        counts.append(left(path))
    life(path).communicate(timeout=120)

    assert counts[0] == RUNS
    assert counts == sorted(counts, reverse=True)
    assert any(1 < count < RUNS for count in counts), "some were killed half-way"
    assert left(path) == 1, "the one that was born last, whose place no other may have"
