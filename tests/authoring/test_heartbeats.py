"""What a step may say of itself while it runs."""

import contextvars
import math
import threading

import pytest

from perdure.authoring.heartbeats import MOST_DETAIL, cancel_requested, enter, heartbeat, leave
from perdure.errors import AttemptStoppedError, InvalidValueError, OutsideStepError
from perdure.ports.executor import Work
from tests.runtime.scenes import machine

PLAN = machine("a")


@pytest.fixture
def said():
    """What the running step says."""
    told = []
    work = Work(
        "run_1", PLAN, PLAN.steps[0], "a", 1, 1, 1, "{}", None, lambda *_: {},
        lambda _work, *what: told.append(what),
    )  # fmt: skip
    token = enter(work)
    yield told
    leave(token)


def test_a_heartbeat_brings_progress_and_a_detail(said):
    heartbeat()
    heartbeat(1)
    heartbeat(progress=0.25, detail={"rows": 10})
    heartbeat(detail="ten rows")

    assert said == [(None, None), (1.0, None), (0.25, '{"rows":10}'), (None, '"ten rows"')]


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan, "half", True])
def test_progress_is_from_nothing_to_all(said, wrong):
    with pytest.raises(InvalidValueError, match="progress"):
        heartbeat(wrong)

    assert said == []


@pytest.mark.parametrize("wrong", ["x" * MOST_DETAIL, object(), "\0"])
def test_a_detail_is_small_and_can_be_kept(said, wrong):
    with pytest.raises(InvalidValueError, match="detail"):
        heartbeat(detail=wrong)

    assert said == []


def test_outside_of_steps_nothing_beats():
    with pytest.raises(OutsideStepError, match="heartbeat"):
        heartbeat()


def test_a_thread_of_the_step_beats_in_a_copy_of_its_context(said):
    copied = contextvars.copy_context()
    thread = threading.Thread(target=lambda: copied.run(heartbeat, 0.5))
    thread.start()
    thread.join()

    assert said == [(0.5, None)]


def test_an_attempt_that_was_called_off_is_told_so():
    def refuse(work, *_):
        raise AttemptStoppedError(work.path, "cancel")

    work = Work("run_1", PLAN, PLAN.steps[0], "a", 1, 1, 1, "{}", None, lambda *_: {}, refuse)
    token = enter(work)
    try:
        with pytest.raises(AttemptStoppedError, match="'a' was called off"):
            heartbeat()
    finally:
        leave(token)


def test_a_step_can_ask_whether_it_is_called_off():
    answers = iter([False, True])
    work = Work(
        "run_1", PLAN, PLAN.steps[0], "a", 1, 1, 1, "{}", None, lambda *_: {},
        called_off=lambda _work: next(answers),
    )  # fmt: skip
    token = enter(work)

    assert [cancel_requested(), cancel_requested()] == [False, True]

    leave(token)


def test_nobody_calls_off_a_step_that_runs_alone(said):
    assert not cancel_requested()


def test_outside_of_a_step_nothing_can_be_called_off():
    with pytest.raises(OutsideStepError, match=r"^cancel_requested\(\) works only while"):
        cancel_requested()
