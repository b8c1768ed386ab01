"""The order example waits, sleeps and retries; here it is killed, and resumed by a worker."""

import os
import signal
import subprocess
import sys
import time

import pytest

from perdure.kernel import history
from perdure.ports.rows import RunFilter
from perdure.runtime.records import load_events
from perdure.stores.sqlite import SqliteStore
from tests.architecture.tree import ROOT

EXAMPLE = ROOT / "examples" / "order_fulfillment.py"
WORKER = [sys.executable, "-m", "perdure", "worker", str(EXAMPLE)]
PATIENCE = 30.0
pytestmark = pytest.mark.crash


@pytest.fixture
def store(tmp_path):
    return tmp_path / "orders.db"


def command(store, *words):
    environ = {**os.environ, "PERDURE_STORE": str(store)}
    return subprocess.Popen(
        words, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def events_of(store):
    """Return what has happened to the only run, as far as it is committed."""
    if not store.exists():
        return []
    reader = SqliteStore.open(store, create=False)
    try:
        runs = reader.find(RunFilter())
        rows = reader.history(runs[0].id) if runs else []
        return [event for row in rows for event in load_events(row.events)]
    finally:
        reader.close()


def wait_until(store, kind, step):
    """Wait until such an event of a step is committed."""
    until = time.monotonic() + PATIENCE
    while not any(type(e) is kind and e.step == step for e in events_of(store)):
        assert time.monotonic() < until, f"no {kind.__name__} of {step}"
        time.sleep(0.01)


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE)


def test_the_example_ends_as_it_says(store):
    said, _ = command(store, sys.executable, str(EXAMPLE), "7").communicate(timeout=PATIENCE)

    assert "order 7 was paid by Ada: 29.15" in said
    assert "shipped by snail mail" in said


def test_killed_between_two_attempts_and_in_its_sleep_it_is_resumed_to_its_end(store):
    """Killed while it retries, killed again while it sleeps; each step ends once."""
    script = command(store, sys.executable, str(EXAMPLE), "7")
    wait_until(store, history.AttemptFailed, "reserve_inventory")
    kill(script)

    worker = command(store, *WORKER)
    wait_until(store, history.SleepBegun, "pack")
    kill(worker)

    last = command(store, *WORKER)
    wait_until(store, history.StepSucceeded, "ship_order")
    last.send_signal(signal.SIGTERM)
    last.communicate(timeout=PATIENCE)

    ended = [e for e in events_of(store) if isinstance(e, history.StepSucceeded)]
    assert [(e.step, e.visit) for e in ended] == [
        ("confirm_payment", 1),
        ("check_payment", 1),
        ("reserve_inventory", 1),
        ("pack", 1),
        ("pack", 2),
        ("ship_order", 1),
    ]
    assert isinstance(events_of(store)[-1], history.RunCompleted)
