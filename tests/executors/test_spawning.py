"""Real children: started, spoken to, signalled with their group, and reaped."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from perdure.executors.spawning import Spawner, _all, _descriptor, _let_go_in_fork
from perdure.ports.spawn import ChildEndedError

ECHO = """
import os, socket, sys
from perdure.executors.links import Link
link = Link(socket.socket(fileno=int(sys.argv[1])))
while True:
    said = link.receive()
    if said == "end":
        os._exit(5)
    if said == "fork" and os.fork() == 0:
        import time
        time.sleep(60)
    if said == "fork":
        os._exit(6)
    link.send(os.environ.get("SAID", "") + said)
"""
LONG = 20.0


@pytest.fixture
def child():
    made = Spawner(["-c", ECHO], {"SAID": "you said "})()
    yield made
    made.end()


def receive(child):
    end = time.monotonic() + LONG
    while (frame := child.receive(0.5)) is None:
        assert time.monotonic() < end
    return frame


def test_what_is_said_is_heard_with_the_environment_that_was_given(child):
    child.send("hello")

    assert receive(child) == "you said hello"


def test_it_has_a_session_of_its_own(child):
    child.send("up")
    receive(child)

    assert os.getsid(child.pid) == child.pid != os.getsid(0)


def test_a_signal_reaches_it_and_its_end_tells_which(child):
    child.send("up")
    receive(child)

    child.signal(signal.SIGTERM)

    with pytest.raises(ChildEndedError):
        receive(child)
    assert child.end() == -signal.SIGTERM
    child.signal(signal.SIGTERM)  # nobody is there


def test_it_has_ended_when_it_exits(child):
    child.send("end")

    with pytest.raises(ChildEndedError):
        receive(child)
    assert child.end() == 5


def test_it_has_ended_though_what_it_started_holds_the_line(child):
    child.send("fork")

    with pytest.raises(ChildEndedError):
        receive(child)
    assert child.end() == 6


def test_ending_it_kills_it(child):
    child.send("up")
    receive(child)

    assert child.end() == -signal.SIGKILL


def test_a_fork_of_this_process_does_not_keep_it_alive(child, monkeypatch):
    child.send("up")
    receive(child)

    _let_go_in_fork()

    assert not _all
    with pytest.raises(ChildEndedError):
        child.send("x")


def test_a_python_that_cannot_be_started_leaves_nothing_open(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    before = len(list(Path("/proc/self/fd").iterdir()))

    with pytest.raises(OSError, match="no/such"):
        Spawner(["-c", ""], {})()

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_stream_without_a_descriptor_is_left_to_the_system():
    class Memory:
        def fileno(self):
            raise OSError

    assert _descriptor(None) is None
    assert _descriptor(Memory()) is None
    assert _descriptor(sys.__stderr__) == sys.__stderr__.fileno()
