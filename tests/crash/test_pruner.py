"""Runs that are over are forgotten whole, or not at all, whenever who forgets them is killed."""

import random
import time

import apsw
import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from perdure.stores.sqlite.archive import TABLES
from perdure.wire.encoding import decode
from tests.crash.forgetter import KEPT, RUNS
from tests.crash.lives import begin, kill

pytestmark = pytest.mark.crash
KILLS = 20
LIVES = 5


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
    counts, window = [left(path)], 0.15
    for _ in range(KILLS):
        process = life(path)
        process.stdout.readline()
        time.sleep(chance.random() * window)
        kill(process)
        counts.append(left(path))
        if counts[-1] == counts[-2]:
            window *= 1.3  # it had not begun: on a busy machine it takes longer
    life(path).communicate(timeout=120)

    assert counts[0] == RUNS
    assert counts == sorted(counts, reverse=True)
    assert any(1 < count < RUNS for count in counts), "some were killed half-way"
    assert left(path) == 1, "the one that was born last, whose place no other may have"


def test_a_long_history_is_cut_whole_messages_at_a_time_and_its_run_goes_on(tmp_path):
    """What is left is its newest part, without a gap, and nothing that was done is lost."""
    path = tmp_path / "perdure.db"
    chance = random.Random(32)
    firsts = [1]
    for _ in range(LIVES):
        process = life(path, "poll")
        process.stdout.readline()
        time.sleep(0.8 + chance.random())
        kill(process)
        store = SqliteStore.open(path, create=False)
        try:
            (row,) = store.find(RunFilter())
            seqs = [written.seq for written in store.history(row.id, most=1_000_000)]
            visits = [ended.visit for ended in store.steps(row.id)]
            seen = decode(store.load([row.id])[row.id].context)["seen"]
        finally:
            store.close()
        assert seqs == list(range(seqs[0], row.seq + 1))
        assert len(seqs) >= min(KEPT, row.seq)
        assert visits == list(range(visits[0], seen + 1))
        firsts.append(seqs[0])

    assert firsts == sorted(firsts)
    assert firsts[-1] > 1, "it was cut"
