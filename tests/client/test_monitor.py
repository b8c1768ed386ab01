"""A monitor tells each handler everything: what has happened, then what happens."""

import logging
import os
import subprocess
import sys
import threading

import pytest

from perdure import errors
from perdure.client.client import Client
from tests.service.scenes import FAILING, TIDY

PATIENCE = 20.0


@pytest.fixture
def done(client):
    return client.workflows.create(definition=TIDY).execute({"text": "a"}).refresh()


def test_handlers_are_told_what_has_happened_before(client, done):
    """S004-51, S004-52, S004-54, A004-22."""
    monitor, told = client.workflows.monitor(execution_id=done.id), []

    @monitor.on_step_completed
    def step_completed(step_id, result):
        told.append((step_id, result))

    @monitor.on_workflow_completed
    def workflow_completed(final_result):
        told.append(final_result)

    assert monitor.wait(PATIENCE) is monitor
    assert sorted(map(str, told)) == ["('again', 'Again: a')", "('clean', 'a')", "Again: a"]
    assert monitor.execution_id == done.id


def test_one_that_is_registered_late_is_told_all(client, done):
    monitor, told = client.workflows.monitor(done.id), []
    monitor.on_step_completed(lambda *_: None)
    monitor.wait(PATIENCE)

    monitor.on_event(lambda event: told.append(event.type))
    monitor.wait(PATIENCE)

    assert told == [
        *("execution_started", "step_completed", "step_completed", "execution_completed"),
    ]


def test_failures_are_told(client):
    """S004-53."""
    failed = client.workflows.create(definition=FAILING).execute({"text": "a"})
    monitor, told = failed.monitor(), []

    monitor.on_step_failed(lambda step_id, error: told.append((step_id, error.kind)))
    monitor.on_step_skipped(told.append)
    monitor.on_workflow_failed(lambda error: told.append(error.step))
    monitor.wait(PATIENCE)

    assert sorted(map(str, told)) == ["('ask', 'model_unavailable')", "ask", "last"]


def test_a_cancellation_is_told(client, done, engine):
    waiting = engine.start("tidy", inputs={"text": "a"}, delay=60.0)
    engine.cancel(waiting.id)
    monitor, told = client.workflows.monitor(waiting.id), []

    monitor.on_workflow_cancelled(lambda: told.append("cancelled"))
    monitor.wait(PATIENCE)

    assert told == ["cancelled"]


def test_a_handler_that_raises_stops_nobody(client, done, caplog):
    monitor, told = client.workflows.monitor(done.id), []

    def broken(_event):
        raise RuntimeError("no")

    with caplog.at_level(logging.ERROR, "perdure"):
        monitor.on_event(broken)
        monitor.on_event(told.append)
        monitor.wait(PATIENCE)

    assert len(told) == 4
    assert "a handler of execution events failed" in caplog.text


def test_one_that_goes_on_is_waited_for_so_long(client, done, engine):
    waiting = engine.start("tidy", inputs={"text": "a"}, delay=60.0)
    monitor = client.workflows.monitor(waiting.id)

    with pytest.raises(errors.ResultTimeoutError, match="has not ended"):
        monitor.wait(timeout=0.05)
    monitor.close()
    monitor.close()
    monitor.on_event(lambda _event: None)  # nobody is told any more

    assert monitor.wait(PATIENCE)


def test_what_happens_is_told_as_it_happens(tmp_path):
    """The thread reads on until the execution has ended."""
    with Client(store=tmp_path / "p.db") as client:
        made = client.workflows.create(definition=TIDY)
        made.execute({"text": "x"}).wait(PATIENCE)
        engine = client._embedded.get()
        late = engine.start("tidy", inputs={"text": "a"}, delay=0.3)
        monitor, seen = client.workflows.monitor(late.id), threading.Event()
        monitor.on_workflow_completed(lambda _result: seen.set())

        kinds = [event.type for event in monitor]

        assert kinds[-1] == "execution_completed"
        assert monitor.wait(PATIENCE)
        assert seen.is_set()


def test_it_ends_with_its_engine(tmp_path):
    client = Client(store=tmp_path / "p.db")
    made = client.workflows.create(definition=TIDY)
    made.execute({"text": "x"}).wait(PATIENCE)
    late = client._embedded.get().start("tidy", inputs={"text": "a"}, delay=60.0)
    monitor = client.workflows.monitor(late.id)
    monitor.on_event(lambda _event: None)

    client.close()

    assert monitor.wait(PATIENCE)


SCRIPT = """
import perdure

client = perdure.Client()
workflow = client.workflows.create(name="late", steps=[
    {"id": "a", "type": "data_processing", "function": "clean_text", "input": "${workflow.input.t}"}
])
workflow.execute({"t": "x"}).wait(20)
run = perdure.engine.start("late", inputs={"t": "z"}, delay=1.0)
monitor = client.workflows.monitor(execution_id=run.id)

@monitor.on_workflow_completed
def done(final_result):
    print("came to", final_result, flush=True)
"""


@pytest.mark.slow
def test_a_script_that_ends_waits_for_the_end_of_what_it_follows(tmp_path):
    """A004-22: though the engine would wait for nothing that sleeps."""
    environ = {**os.environ, "PERDURE_STORE": str(tmp_path / "p.db"), "PERDURE_EXIT_SECONDS": "0.1"}

    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip

    assert (ended.returncode, ended.stdout) == (0, "came to z\n"), ended.stderr


@pytest.mark.slow
def test_one_that_fails_waits_for_nothing(tmp_path):
    script = SCRIPT.replace("delay=1.0", "delay=3600.0") + "\nraise SystemError('odd')\n"
    environ = {**os.environ, "PERDURE_STORE": str(tmp_path / "p.db")}

    ended = subprocess.run(
        [sys.executable, "-c", script], env=environ, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "1 run is not finished" in ended.stderr
