"""Attempts in processes of their own: handed over, heard out, ended, and survived."""

import signal
import threading
import time

import pytest

from perdure.errors import AttemptStoppedError, DefinitionError
from perdure.executors import frames
from perdure.executors.frames import Origin
from perdure.executors.processes import ProcessExecutor
from perdure.kernel.directives import Failed
from tests.executors.children import DONE, PATIENCE, FakeSpawn, at_once, never
from tests.executors.scenes import CLOCK, Mailbox, a_work, sync
from tests.runtime.scenes import StepClock

BODY = sync(lambda _: None)
GRACE = 5.0


@pytest.fixture
def made():
    """Make executors; they are closed at the end."""
    all_ = []

    def make(answer=at_once, *, clock=CLOCK, locate=lambda _: Origin("orders"), **options):
        mailbox, spawn = Mailbox(), FakeSpawn(answer, **options)
        executor = ProcessExecutor(mailbox, clock, spawn=spawn, locate=locate, grace=GRACE)
        all_.append(executor)
        return executor, mailbox, spawn

    yield make
    for executor in all_:
        executor.close(0.0)


def begin(executor, spawn, work=None):
    """Begin an attempt, and return it with its child once that has been told."""
    work = work or a_work()
    executor.submit(work, BODY)
    assert spawn.came.wait(PATIENCE)
    child = spawn.children[-1]
    assert child.was_told.wait(PATIENCE)
    return work, child


def until(fact):
    end = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.002)


def test_an_attempt_is_run_by_a_child_and_its_result_reported(made):
    executor, mailbox, spawn = made()
    work = a_work()

    executor.submit(work, BODY)
    done = mailbox.next()

    assert done.work is work
    assert done.result.output == '"done"'
    assert done.cpu == 0.25
    assert done.started_at <= done.ended_at
    assert mailbox.was_idle.wait(PATIENCE)
    (said,) = spawn.children[0].heard
    assert said["origin"]["module"] == "orders"


def test_an_idle_child_runs_the_next_attempt_and_is_told_a_plan_once(made):
    executor, mailbox, spawn = made()
    for _ in range(3):
        executor.submit(a_work(), BODY)
        mailbox.next()
        until(lambda: executor._idle == 1)

    (child,) = spawn.children
    assert [said["run"]["plan"] is not None for said in child.heard] == [True, False, False]


def test_attempts_at_one_time_have_a_child_each(made):
    executor, mailbox, spawn = made(never)
    executor.submit(a_work(), BODY)
    executor.submit(a_work(), BODY)

    until(lambda: len(spawn.children) == 2)


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (-signal.SIGSEGV, "ended by SIGSEGV"),
        (-signal.SIGKILL, "ended by SIGKILL: somebody killed it, or"),
        (-60, "ended by signal 60"),
        (3, "ended with exit status 3, before it had reported"),
    ],
)
def test_a_child_that_dies_is_the_end_of_its_attempt_alone(made, status, how):
    executor, mailbox, spawn = made(lambda child, _said: child.die(status))
    executor.submit(a_work(), BODY)

    outcome = mailbox.next().result.outcome

    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.retryable) == ("worker_died", True)
    assert how in outcome.error
    assert spawn.children[0].ended, "with all that it had started"


def test_the_next_attempt_has_a_new_child(made):
    executor, mailbox, spawn = made(lambda child, _said: child.die(1))
    for _ in range(2):
        executor.submit(a_work(), BODY)
        mailbox.next()

    assert len(spawn.children) == 2
    assert spawn.children[1].heard[0]["run"]["plan"] is not None


def test_what_cannot_begin_fails_and_says_why(made):
    def nowhere(_work):
        raise DefinitionError("Put it into a file")

    executor, mailbox, spawn = made(locate=nowhere)
    executor.submit(a_work(), BODY)

    assert "Put it into a file" in mailbox.next().result.outcome.error
    assert spawn.children == []


def test_a_step_reads_other_steps_results_through_its_parent(made):
    def answer(child, said):
        return frames.message(outputs=["a"]) if "run" in said else DONE

    executor, mailbox, spawn = made(answer)
    work = a_work()
    work.reader = lambda run, steps: dict.fromkeys(steps, f'"{run}"')
    executor.submit(work, BODY)
    mailbox.next()

    assert spawn.children[0].heard[1] == {"outputs": {"a": '"run_1"'}}


def test_a_heartbeat_comes_through(made):
    executor, mailbox, spawn = made(never)
    beats = []
    work = a_work()
    work.pulse = lambda work, *said: beats.append((work, *said))
    _, child = begin(executor, spawn, work)

    child.say(frames.message(beat=[0.5, '"half"']))
    child.say(DONE)
    mailbox.next()

    assert beats == [(work, 0.5, '"half"')]


def test_a_step_whose_heartbeat_is_refused_is_told_to_stop(made):
    executor, mailbox, spawn = made(never, clock=StepClock())

    def refuse(work, *_):
        raise AttemptStoppedError(work.path, "cancel")

    work = a_work()
    work.pulse = refuse
    _, child = begin(executor, spawn, work)
    child.say(frames.message(beat=[None, None]))

    until(lambda: {"stop": "cancel"} in child.heard)


# -- stopping --------------------------------------------------------------------------------
def test_a_cancelled_attempt_is_told_then_terminated_then_killed(made):
    """P8: told at once, SIGTERM after the grace period, SIGKILL after another."""
    clock = StepClock()
    executor, mailbox, spawn = made(never, clock=clock, deaf={signal.SIGTERM})
    work, child = begin(executor, spawn)

    executor.stop(work, "cancel")
    until(lambda: {"stop": "cancel"} in child.heard)
    told = list(child.signals)
    clock.go(GRACE)
    until(lambda: child.signals)
    terminated = list(child.signals)
    clock.go(GRACE)
    done = mailbox.next()

    assert told == []
    assert terminated == [signal.SIGTERM]
    assert child.signals == [signal.SIGTERM, signal.SIGKILL]
    assert done.result.outcome.kind == "worker_died"


@pytest.mark.parametrize("how", ["timeout", "drain"])
def test_one_whose_time_is_up_is_terminated_at_once_and_then_killed(made, how):
    clock = StepClock()
    executor, mailbox, spawn = made(never, clock=clock, deaf={signal.SIGTERM})
    work, child = begin(executor, spawn)

    executor.stop(work, how)
    at_once_ = list(child.signals)
    clock.go(GRACE)
    mailbox.next()

    assert at_once_ == [signal.SIGTERM]
    assert child.signals == [signal.SIGTERM, signal.SIGKILL]


@pytest.mark.parametrize("how", ["lease", "lost"])
def test_one_that_others_may_begin_again_is_killed_before_stop_returns(made, how):
    executor, mailbox, spawn = made(never)
    work, child = begin(executor, spawn)

    executor.stop(work, how)

    assert child.signals == [signal.SIGKILL]
    mailbox.next()


def test_one_that_ends_by_itself_in_time_is_not_signalled(made):
    executor, mailbox, spawn = made(
        lambda _child, said: DONE if "stop" in said else None, clock=StepClock()
    )
    work, child = begin(executor, spawn)

    executor.stop(work, "cancel")
    mailbox.next()

    assert child.signals == []


def test_what_a_stopped_attempt_has_started_ends_with_it(made):
    """Its child is not used again: it is killed with its whole group."""
    executor, mailbox, spawn = made(
        lambda _child, said: DONE if "stop" in said else None, clock=StepClock()
    )
    work, child = begin(executor, spawn)
    executor.stop(work, "cancel")
    mailbox.next()

    until(lambda: child.ended)


def test_a_stop_of_what_has_ended_or_was_stopped_does_nothing(made):
    executor, mailbox, spawn = made(never, clock=StepClock(), deaf={signal.SIGTERM})
    executor.stop(a_work(), "cancel")
    work, child = begin(executor, spawn)

    executor.stop(work, "timeout")
    executor.stop(work, "lost")

    assert child.signals == [signal.SIGTERM]


def test_an_attempt_that_is_stopped_before_it_began_does_not_begin(made):
    gate = threading.Event()

    def wait(_work):
        gate.wait(PATIENCE)
        return Origin("orders")

    executor, mailbox, spawn = made(locate=wait)
    work = a_work()
    executor.submit(work, BODY)
    executor.stop(work, "cancel")
    gate.set()

    assert mailbox.next().result.outcome.kind == "error"
    assert spawn.children == []


# -- the end ---------------------------------------------------------------------------------
def test_closing_ends_idle_children(made):
    executor, mailbox, spawn = made()
    executor.submit(a_work(), BODY)
    mailbox.next()

    executor.close(PATIENCE)

    assert spawn.children[0].ended


def test_closing_kills_what_does_not_end_in_time(made):
    executor, mailbox, spawn = made(never)
    _, child = begin(executor, spawn)

    executor.close(0.0)

    assert child.signals == [signal.SIGKILL]
    assert child.ended


def test_without_more_threads_an_attempt_does_not_begin(made, monkeypatch):
    executor, _, _ = made()

    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)

    with pytest.raises(RuntimeError):
        executor.submit(a_work(), BODY)

    assert not executor._talks
