"""What events start survives `kill -9`: each run is born once, at its time, and none of an old one."""

import random
import time
from datetime import UTC, datetime

import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from perdure.wire.encoding import decode
from tests.crash.announcer import AHEAD, EVENTS, is_withdrawn, moment
from tests.crash.lives import begin, kill

pytestmark = pytest.mark.crash
KILLS = 10


def life(path, base):
    return begin("announcer", path, base)


def test_each_event_starts_its_workflows_once_at_the_time_it_has_in_the_end(tmp_path):
    path = tmp_path / "perdure.db"
    chance = random.Random(20)
    base = time.time() + 2.0
    for _ in range(KILLS):
        process = life(path, base)
        process.stdout.readline()
        time.sleep(chance.random() * 0.3)
        kill(process)
    last = life(path, base)
    last.communicate(timeout=120)

    assert last.returncode == 0
    store = SqliteStore.open(path, create=False)
    try:
        rows = store.find(RunFilter(limit=1000))
        loaded = store.load([row.id for row in rows])
        born = sorted((decode(loaded[r.id].context)["entity_id"], r.workflow) for r in rows)
        left = [n for n in range(EVENTS) if not is_withdrawn(n)]
        assert born == sorted((n, name) for n in left for name in ("Before", "beside"))
        assert {row.status for row in rows} == {"completed"}
        for row in rows:
            number = decode(loaded[row.id].context)["entity_id"]
            assert row.created_at >= moment_of(base, number)
        events = {event.id: event.entity for event in store.events.find()}
        assert set(events.values()) == {str(n) for n in left}
        assert not any(firing.workflow for firing in store.events.firings(list(events)))
    finally:
        store.close()


def moment_of(base, number):
    """Return when the workflows of an event are due: a minute before it."""
    return (moment(datetime.fromtimestamp(base, UTC), number) - AHEAD).timestamp()
