"""What lies in the ledger's mailbox: messages with what came beside them, and who wants to know."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from perdure.errors import StoreRefusedError
from perdure.kernel import history, messages
from perdure.kernel.directives import Failed
from perdure.kernel.plan import Plan
from perdure.ports.commit import Born, Label, Scheduled, StepEnded
from perdure.ports.executor import Done, Result, Work
from perdure.ports.vault import DataKey
from perdure.wire.encoding import clean_text


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an envelope once its commit is known.

    `events` are what the message made: none if it meant nothing. `error` is why it was refused.
    `found` is false where no run has the id, or a birth found its key taken. `in_line` is true
    where a run was born that waits in line.
    """

    events: tuple[history.Event, ...] = ()
    found: bool = True
    in_line: bool = False
    error: BaseException | None = None


class Ticket:
    """Waits for one answer, from any thread."""

    __slots__ = ("_answer", "_flag")

    def __init__(self) -> None:
        self._answer: Answer | None = None
        self._flag: threading.Event | None = None

    @property
    def answer(self) -> Answer | None:
        """The answer, or None as long as there is none."""
        return self._answer

    def __call__(self, answer: Answer) -> None:
        """Give the answer."""
        self._answer = answer
        if self._flag is not None:
            self._flag.set()

    def wait(self, timeout: float | None = None) -> Answer | None:
        """Return the answer, or None after `timeout` seconds without one."""
        if self._answer is None:
            self._flag = threading.Event()
            if self._answer is None:
                self._flag.wait(timeout)
        return self._answer


Reply = Callable[[Answer], None]


@dataclass(slots=True, eq=False)
class Told:
    """A message for a run. `again` is true once its run did not pass the fence.

    `held` is true for the report of an attempt that the crew counts until it is committed,
    `refused` for one that says that a result could not be kept. `payload` is the JSON text of what
    somebody brings who settles an outcome.
    """

    run: str
    message: messages.Message
    done: Done | None = None
    token: int | None = None
    reply: Reply | None = None
    again: bool = False
    held: bool = False
    refused: bool = False
    payload: str | None = None


@dataclass(slots=True, eq=False)
class Poke:
    """Look into this run's inbox.

    `more` is the number of a `Continue` that this process has left there itself: a run that is
    still in memory goes on from there, and is not read again.
    """

    run: str
    reply: Reply | None = None
    again: bool = False
    more: int | None = None


_NOW = messages.Start()


@dataclass(slots=True, eq=False)
class Birth:
    """A run to be made and told `start`. `context` is the JSON text of its context or inputs.

    `labels` are its tags and search attributes, which never change. `scheduled` is the schedule
    that goes on with the birth. One that is forked
    begins with a `payload`, and has ended steps `copied`. With a `data_key` its inputs are sealed.
    """

    born: Born
    plan: Plan
    body: str
    context: str
    reply: Reply | None = None
    again: bool = False
    start: messages.Start = _NOW
    fork: messages.Fork | None = None
    labels: Sequence[Label] = ()
    scheduled: Scheduled | None = None
    payload: str | None = None
    copied: Sequence[StepEnded] = ()
    data_key: DataKey | None = None

    @property
    def run(self) -> str:
        """The id of the run that is to be."""
        return self.born.run


Envelope = Told | Poke | Birth


def report_of(done: Done) -> messages.Report:
    """Return what an executor's report tells the kernel."""
    work, result = done.work, done.result
    return messages.Report(
        work.path, work.visit, work.attempt, result.outcome, len(result.children)
    )


def timed_out(work: Work, now: float) -> Told:
    """Return the report of an attempt whose time is up, in place of its own."""
    seconds = work.step.timeout
    outcome = Failed(kind="timeout", error=f"the attempt took longer than {seconds} s")
    report = messages.Report(work.path, work.visit, work.attempt, outcome)
    done = Done(work, Result(outcome=outcome), now - (seconds or 0.0), now)
    return Told(work.run, report, done, work.token, held=True)


def refused(envelope: Told, done: Done, error: Exception) -> Told:
    """Return the report of an attempt whose result could not be kept: it failed."""
    kind = "store_refused" if isinstance(error, StoreRefusedError) else "engine_error"
    failed = Failed(kind=kind, error=clean_text(str(error))[:500], retryable=False)
    work = done.work
    return replace(
        envelope,
        message=messages.Report(work.path, work.visit, work.attempt, failed),
        done=replace(done, result=Result(outcome=failed)),
        again=True,
        refused=True,
    )
