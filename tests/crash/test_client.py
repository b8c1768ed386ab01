"""A client survives `kill -9` in the middle of 200 executions: all end, and monitors miss nothing."""

import time
from contextlib import closing

import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from tests.crash.client_flows import COUNT, written
from tests.crash.lives import begin, kill

pytestmark = pytest.mark.crash

EVENTS = [
    *("execution_started", "step_completed", "step_completed", "step_completed"),
    "execution_completed",
]
PATIENCE = 90.0
KILLS = (60, 300, 600)
"""How many events have been told when the process is killed."""


def told(journal):
    return sum(map(len, written(journal).values()))


def test_all_executions_end_and_each_event_is_told_once(tmp_path):
    """S004-51 to S004-54, A004-22, A004-39."""
    store, journal = tmp_path / "p.db", tmp_path / "journal"

    for number in KILLS:
        process = begin("client_flows", store, journal)
        until = time.monotonic() + PATIENCE
        while told(journal) < number and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        kill(process)
    last = begin("client_flows", store, journal)
    said, _ = last.communicate(timeout=PATIENCE)

    assert (last.returncode, said) == (0, "True\n")
    with closing(SqliteStore(store)) as opened:
        runs = opened.find(RunFilter(limit=2 * COUNT))
    assert [run.status for run in runs] == ["completed"] * COUNT
    events = written(journal)
    assert len(events) == COUNT
    for found in events.values():
        assert [kind for _, kind in found] == EVENTS
        assert [number for number, _ in found] == sorted({number for number, _ in found})
