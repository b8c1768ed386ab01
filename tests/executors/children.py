"""Children that do what the test says, for the tests of the executor that talks to them."""

import queue
import signal
import threading

from perdure.executors import frames
from perdure.kernel.directives import Complete
from perdure.ports.executor import Result
from perdure.ports.spawn import ChildEndedError

DONE = "done"
"""The report of the attempt that a child was given last."""
PATIENCE = 20.0


def done(number):
    """Return the report of the attempt of this number."""
    return frames.dump_result(Result(outcome=Complete(), output='"done"'), number, 0.25)


class FakeChild:
    """Answers each frame with what `answer(child, said)` says; None says nothing."""

    def __init__(self, answer, *, deaf=()):
        self._answer = answer
        self._deaf = deaf
        self._lines = queue.Queue()
        self._gone = threading.Event()
        self._number = 0
        self.heard = []
        self.signals = []
        self.status = None
        self.ended = False
        self.was_told = threading.Event()

    def send(self, frame):
        if self._gone.is_set():
            raise ChildEndedError
        said = frames.read(frame)
        self.heard.append(said)
        self._number = said.get("number", self._number)
        self.was_told.set()
        if (answer := self._answer(self, said)) is not None:
            self.say(answer)

    def say(self, frame):
        self._lines.put(done(self._number) if frame == DONE else frame)

    def receive(self, seconds):
        try:
            return self._lines.get(timeout=0.002)
        except queue.Empty:
            if self._gone.is_set():
                raise ChildEndedError from None
            return None

    def die(self, status):
        self.status = status if self.status is None else self.status
        self._gone.set()

    def signal(self, number):
        self.signals.append(number)
        if number not in self._deaf:
            self.die(-number)

    def end(self):
        self.ended = True
        self.die(-signal.SIGKILL)
        return self.status


class FakeSpawn:
    """Makes children that all answer in the same way, and keeps them."""

    def __init__(self, answer, **options):
        self._answer = answer
        self._options = options
        self.children = []
        self.came = threading.Event()

    def __call__(self):
        child = FakeChild(self._answer, **self._options)
        self.children.append(child)
        self.came.set()
        return child


def at_once(_child, said):
    """Report that the attempt is done, at once."""
    return DONE if "run" in said else None


def never(_child, _said):
    """Say nothing."""
