"""A parent and its children survive `kill -9`: each child is started once, and each end is told."""

import random
import time

import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from perdure.wire.encoding import decode
from tests.crash.family import CHILDREN
from tests.crash.lives import begin, kill

pytestmark = pytest.mark.crash
KILLS = 8


def life(path):
    return begin("family", path)


def test_each_child_is_started_once_and_counted_once(tmp_path):
    path = tmp_path / "perdure.db"
    chance = random.Random(20)
    for _ in range(KILLS):
        process = life(path)
        process.stdout.readline()
        time.sleep(chance.random() * 0.06)
        kill(process)
    last = life(path)
    run = last.communicate(timeout=120)[0].strip()

    store = SqliteStore.open(path, create=False)
    try:
        born = store.children(run)
        assert [row.place for row in born] == list(range(CHILDREN))
        assert {row.status for row in born} == {"completed"}
        assert len(store.find(RunFilter(workflow="many"))) == 1
        context = decode(store.load([run])[run].context)
        assert context == {"total": sum(range(CHILDREN)), "done": CHILDREN}
    finally:
        store.close()
