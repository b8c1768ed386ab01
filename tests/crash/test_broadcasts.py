"""A broadcast survives `kill -9` between its slices: whoever comes next goes on with the rest."""

import random
import time

import pytest

from perdure.kernel import history
from perdure.ports.rows import RunFilter
from perdure.runtime.records import load_events
from perdure.stores.sqlite import SqliteStore
from perdure.wire.encoding import decode
from tests.crash.crier import RUNS
from tests.crash.lives import begin, kill

pytestmark = pytest.mark.crash
KILLS = 12


def life(path, *words):
    return begin("crier", path, *words)


def test_every_run_has_a_broadcast_once_whenever_its_sender_is_killed(tmp_path):
    path = tmp_path / "perdure.db"
    chance = random.Random(30)
    life(path, "wait").communicate(timeout=120)
    for _ in range(KILLS):
        process = life(path)
        process.stdout.readline()
        time.sleep(chance.random() * 0.2)
        kill(process)
    life(path).communicate(timeout=120)

    store = SqliteStore.open(path, create=False)
    try:
        rows = store.find(RunFilter(limit=2 * RUNS))
        contexts = {decode(found.context)["said"][0] for found in _loaded(store, rows)}
        assert ({row.status for row in rows}, len(rows)) == ({"completed"}, RUNS)
        assert contexts == {1}
        assert {len(_taken(store, row.id)) for row in rows} == {1}
        assert store.undelivered() == []
    finally:
        store.close()


def _loaded(store, rows):
    return store.load([row.id for row in rows]).values()


def _taken(store, run):
    events = (event for row in store.history(run) for event in load_events(row.events))
    return [event for event in events if isinstance(event, history.SignalTaken)]
