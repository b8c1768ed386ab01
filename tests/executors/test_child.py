"""The child's side: attempts one after the other, stops heard in the midst of them."""

import socket
import threading
import time

import pytest

from perdure.authoring.heartbeats import heartbeat
from perdure.errors import AttemptStoppedError, ConfigError
from perdure.executors import frames
from perdure.executors.child import Child
from perdure.executors.frames import Origin
from perdure.executors.links import Link
from perdure.kernel.directives import Complete, Failed
from perdure.ports.executor import Result
from tests.executors.scenes import CLOCK, a_work, coroutine, sync

LONG = 20.0


class Parent:
    """The other end of a child that serves in a thread."""

    def __init__(self, body):
        self.asked = []
        self.ended = threading.Event()
        ours, theirs = socket.socketpair()
        self.link = Link(ours)
        self._theirs = Link(theirs)

        def find(origin, work):
            self.asked.append((origin, work))
            if isinstance(body, Exception):
                raise body
            return body

        self.child = Child(self._theirs, CLOCK, find, self.ended.set)
        self._thread = threading.Thread(target=self.child.serve, daemon=True)
        self._thread.start()
        self._first = True

    def run(self):
        self.link.send(
            frames.dump_work(a_work(), Origin("orders"), with_plan=self._first, number=1)
        )
        self._first = False

    def hear(self):
        return frames.read(self.link.receive(LONG))

    def result(self):
        return frames.load_result(self.hear()["done"])

    def close(self):
        self.link.close()
        self._thread.join(LONG)
        self._theirs.close()
        assert not self._thread.is_alive()


@pytest.fixture
def parent():
    made = []

    def make(body):
        made.append(Parent(body))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_it_runs_one_attempt_after_the_other(parent):
    ran = []

    def body(work):
        ran.append(work.run)
        return Result(outcome=Complete(), output=f"{len(ran)}")

    child = parent(sync(body))
    results = []
    for _ in range(2):
        child.run()
        results.append(child.result().output)

    assert results == ["1", "2"]
    assert child.asked[0][0] == Origin("orders")


def test_the_processors_time_of_all_threads_is_reported(parent):
    """S004-18."""

    def work_hard(_work):
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass

    def body(_work):
        other = threading.Thread(target=work_hard, args=(None,))
        other.start()
        other.join()
        return Result(outcome=Complete())

    child = parent(sync(body))
    child.run()

    assert child.hear()["cpu"] >= 0.05


def test_a_coroutine_is_awaited(parent):
    async def body(_work):
        return Result(outcome=Complete(), output='"awaited"')

    child = parent(coroutine(body))
    child.run()

    assert child.result().output == '"awaited"'


def test_what_a_step_raises_is_a_failure(parent):
    def body(_work):
        raise ValueError("oops")

    child = parent(sync(body))
    child.run()

    outcome = child.result().outcome
    assert isinstance(outcome, Failed)
    assert outcome.error == "oops"


def test_code_that_cannot_be_imported_is_a_failure(parent):
    child = parent(ConfigError("there is no module 'orders' here"))
    child.run()

    assert child.result().outcome.error == "there is no module 'orders' here"


def test_a_step_reads_results_and_beats_over_the_line(parent):
    def body(work):
        heartbeat(0.5, "half")
        return Result(outcome=Complete(), output=work.outputs(["a"])["a"])

    child = parent(sync(body))
    child.run()
    beat, asked = child.hear(), child.hear()
    child.link.send(frames.message(outputs={"a": "7"}))

    assert beat == {"beat": [0.5, '"half"']}
    assert asked == {"outputs": ["a"]}
    assert child.result().output == "7"


def test_a_stop_is_raised_at_the_next_heartbeat(parent):
    go_on = threading.Event()
    why = []

    def body(_work):
        go_on.wait(LONG)
        try:
            while True:
                heartbeat()
        except AttemptStoppedError as error:
            why.append(error.why)
            raise

    child = parent(sync(body))
    child.run()
    child.link.send(frames.message(stop="cancel"))
    go_on.set()

    while "done" not in (said := child.hear()):
        pass
    assert why == ["cancel"]
    assert "called off" in said["done"]["outcome"]["error"]


def test_a_stop_of_one_attempt_is_not_one_of_the_next(parent):
    def body(_work):
        heartbeat()
        return Result(outcome=Complete())

    child = parent(sync(body))
    child.link.send(frames.message(stop="cancel"))
    child.run()

    assert child.hear() == {"beat": [None, None]}
    assert child.result().outcome == Complete()


def test_sigterm_ends_what_runs_by_an_error_and_an_idle_child_quietly():
    child = Child(None, CLOCK, None, None)
    with pytest.raises(SystemExit) as left:
        child.terminate()
    child._running = "pay"

    with pytest.raises(AttemptStoppedError, match="'pay'"):
        child.terminate()
    assert left.value.code == 0


def test_it_ends_with_the_line(parent):
    child = parent(sync(lambda _: Result(outcome=Complete())))
    child.link.close()

    assert child.ended.wait(LONG)
