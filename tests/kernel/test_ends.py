"""How a run ends: what is open is called off, and nothing is left behind."""

import pytest

from perdure.kernel import history
from perdure.kernel.ends import (
    call_off_timers,
    close,
    drop_broadcasts,
    drop_kept,
    ending,
)
from perdure.kernel.run import Attempt, Joining, Kept, Run, Sleeping, Waiting
from tests.kernel.scenes import NOW

OPEN = {
    "d": Joining(visit=4, due=NOW),
    "c": Waiting(visit=3, name="go", due=NOW),
    "b": Sleeping(2, NOW, "a"),
    "a": Attempt(1, 2),
}
KEPT = [Kept(1, "go", addressed=False), Kept(2, "stop", addressed=True)]


def test_everything_open_is_called_off_in_the_order_of_its_steps():
    assert list(close(Run(id="r", open=OPEN))) == [
        history.AttemptStopped("a", 1, 2),
        history.TimerEnded("b", 2, "sleep", fired=False),
        history.TimerEnded("c", 3, "wait", fired=False),
        history.AttemptStopped("c", 3, 0),
        history.TimerEnded("d", 4, "children", fired=False),
        history.JoinEnded("d", 4, met=False),
    ]


@pytest.mark.parametrize(
    ("entry", "event"),
    [
        (Waiting(visit=1, name="go"), history.AttemptStopped("a", 1, 0)),
        (Joining(visit=1), history.JoinEnded("a", 1, met=False)),
    ],
)
def test_a_wait_without_an_end_has_no_timer_to_call_off(entry, event):
    assert list(close(Run(id="r", open={"a": entry}))) == [event]


def test_a_run_that_rests_keeps_what_was_addressed_to_it():
    run = Run(id="r", kept=list(KEPT))

    assert list(drop_broadcasts(run)) == [history.SignalDropped(1, "go")]
    assert list(drop_broadcasts(run, {1})) == []


def test_a_run_that_ends_keeps_nothing():
    run = Run(id="r", kept=list(KEPT))

    assert list(drop_kept(run, {2})) == [history.SignalDropped(1, "go")]
    assert list(drop_kept(run)) == [
        history.SignalDropped(1, "go"),
        history.SignalDropped(2, "stop"),
    ]


def test_a_run_ends_after_its_signals_and_its_deadline():
    run = Run(id="r", kept=KEPT[:1], deadline=NOW)

    assert list(ending(run, history.RunCompleted())) == [
        history.SignalDropped(1, "go"),
        history.TimerEnded("", 0, "deadline", fired=False),
        history.RunCompleted(),
    ]


def test_a_run_without_timers_has_none_to_call_off():
    assert list(call_off_timers(Run(id="r"))) == []


def test_a_start_that_was_to_come_is_called_off():
    run = Run(id="r", starts_at=NOW)

    assert list(call_off_timers(run)) == [history.TimerEnded("", 0, "start", fired=False)]


def test_a_wait_in_line_is_called_off():
    run = Run(id="r", in_line=True)

    assert list(call_off_timers(run)) == [history.TimerEnded("", 0, "line", fired=False)]
