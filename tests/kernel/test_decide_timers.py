"""Decide, of time: timers that are due, deadlines, and what a cancel calls off."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.directives import Join
from tests.kernel.scenes import NOW, decided, given, machine

PLAN = machine("ask", "publish", "undo", on_cancel="undo")
ASKING = (history.RunStarted(NOW + 500), history.StepScheduled("ask", 1, 1, NOW))
ASKED = (*ASKING, history.StepSucceeded("ask", 1, 1))
WAITING = (*ASKED, history.WaitBegun("ask", 1, "approved", None, NOW + 60, "publish", "undo"))
SLEEPING = (*ASKED, history.SleepBegun("ask", 1, NOW + 60, "publish"))
CALLED_OFF = history.TimerEnded("", 0, "deadline", fired=False)
DEADLINE = messages.Fire("", 0, "deadline")


# -- timers ----------------------------------------------------------------------------------
def test_a_sleep_that_is_over_leads_to_its_step():
    made = decided(given(PLAN, *SLEEPING), messages.Fire("ask", 1, "sleep"), NOW + 60)

    assert made == [
        history.TimerEnded("ask", 1, "sleep", fired=True),
        history.Moved("publish"),
    ]


def test_a_wait_that_nobody_ended_in_time_leads_to_its_timeouts_step():
    made = decided(given(PLAN, *WAITING), messages.Fire("ask", 1, "wait"), NOW + 60)

    assert made == [history.TimerEnded("ask", 1, "wait", fired=True), history.Moved("undo")]


def test_a_timeout_that_leads_nowhere_fails_the_run():
    begun = history.WaitBegun("ask", 1, "approved", None, NOW + 60, "publish", None)
    made = decided(given(PLAN, *ASKED, begun), messages.Fire("ask", 1, "wait"), NOW + 61)

    assert made == [
        history.TimerEnded("ask", 1, "wait", fired=True),
        CALLED_OFF,
        history.RunFailed("ask", "wait_timeout", "no signal 'approved' came in time"),
    ]


@pytest.mark.parametrize(
    ("then", "fired", "now"),
    [
        (SLEEPING, ("ask", 1, "sleep"), NOW + 59.9),
        (SLEEPING, ("ask", 1, "wait"), NOW + 60),
        (SLEEPING, ("ask", 2, "sleep"), NOW + 60),
        (SLEEPING, ("publish", 1, "sleep"), NOW + 60),
        (WAITING, ("ask", 1, "wait"), NOW + 59.9),
        (WAITING, ("ask", 1, "sleep"), NOW + 60),
        (WAITING, ("ask", 2, "wait"), NOW + 60),
        (ASKING, ("ask", 1, "sleep"), NOW + 60),
        (ASKING, ("ask", 1, "wait"), NOW + 60),
        ((*ASKED, history.WaitBegun("ask", 1, "a", None, None, None, None)), ("ask", 1, "wait"), 9e9),
    ],
)  # fmt: skip
def test_a_timer_that_is_not_due_or_not_open_means_nothing(then, fired, now):
    assert decided(given(PLAN, *then), messages.Fire(*fired), now) == []


@pytest.mark.parametrize(
    ("open_", "stopped"),
    [
        (ASKING, [history.AttemptStopped("ask", 1, 1)]),
        (SLEEPING, [history.TimerEnded("ask", 1, "sleep", fired=False)]),
        (
            WAITING,
            [
                history.TimerEnded("ask", 1, "wait", fired=False),
                history.AttemptStopped("ask", 1, 0),
            ],
        ),
    ],
)
def test_a_deadline_calls_off_what_is_open_and_fails_the_run(open_, stopped):
    kept = history.SignalKept(7, "later", None, addressed=True)
    made = decided(given(PLAN, *open_, kept), DEADLINE, NOW + 500)

    assert made == [
        *stopped,
        history.TimerEnded("", 0, "deadline", fired=True),
        history.SignalDropped(7, "later"),
        history.RunFailed("ask", "deadline", "the run did not end in its time"),
    ]


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (ASKING, NOW + 499.9),
        ((history.RunStarted(),), 9e9),
        ((*ASKING, CALLED_OFF), 9e9),
        ((*ASKED, CALLED_OFF, history.RunCompleted()), 9e9),
    ],
)
def test_a_deadline_that_is_not_due_or_was_called_off_means_nothing(then, now):
    assert decided(given(PLAN, *then), DEADLINE, now) == []


# -- starts ----------------------------------------------------------------------------------
def test_a_run_that_was_to_begin_later_begins_at_its_time_and_not_before():
    scene = given(PLAN, history.RunDelayed(NOW + 60))
    begins = messages.Fire("", 0, "start")

    assert decided(scene, begins, NOW + 59.9) == []
    assert decided(scene, begins, NOW + 60) == [
        history.TimerEnded("", 0, "start", fired=True),
        history.RunStarted(),
    ]


# -- children --------------------------------------------------------------------------------
JOINING = (
    *ASKED,
    history.ChildrenStarted("ask", 1, 1, 0, 1),
    history.JoinBegun("ask", 1, 1, None, NOW + 60, "publish", "undo"),
)


def test_children_that_did_not_end_in_time_lead_to_the_timeouts_step():
    made = decided(given(PLAN, *JOINING), messages.Fire("ask", 1, "children"), NOW + 60)

    assert made == [history.TimerEnded("ask", 1, "children", fired=True), history.Moved("undo")]


def test_the_timer_of_another_kind_does_not_end_a_wait_for_children():
    assert decided(given(PLAN, *JOINING), messages.Fire("ask", 1, "wait"), NOW + 60) == []


def test_the_last_child_ends_the_wait_for_children():
    made = decided(given(PLAN, *JOINING), messages.ChildEnded("c", 1, 0, ok=True), NOW)

    assert made[-1] == history.Moved("publish")


def test_a_step_may_wait_for_the_children_that_it_starts():
    told = messages.Report("ask", 1, 1, Join(then="publish"), 2)
    made = decided(given(PLAN, *ASKING), told, NOW)

    assert made[1:] == [
        history.ChildrenStarted("ask", 1, 1, 0, 2),
        history.JoinBegun("ask", 1, 1, None, None, "publish", None),
    ]
