"""Endings: what is called off when a run is cancelled or ends."""

from perdure.kernel import history, messages
from perdure.kernel.directives import Complete, Wait
from tests.kernel.scenes import NOW, decided, given, graph, machine, report, started, step

PLAN = machine("ask", "publish", "undo", on_cancel="undo")
ASKING = (history.RunStarted(NOW + 500), history.StepScheduled("ask", 1, 1, NOW))
ASKED = (*ASKING, history.StepSucceeded("ask", 1, 1))
WAITING = (*ASKED, history.WaitBegun("ask", 1, "approved", None, NOW + 60, "publish", "undo"))
SLEEPING = (*ASKED, history.SleepBegun("ask", 1, NOW + 60, "publish"))
CALLED_OFF = history.TimerEnded("", 0, "deadline", fired=False)


def test_a_cancel_calls_off_what_is_open_and_the_deadline():
    """Nothing of the run may fire after it; the clean-up has the time that it takes."""
    made = decided(given(PLAN, *WAITING), messages.Cancel("ann", "too late"))

    assert made == [
        history.CancelRequested("ann", "too late"),
        history.TimerEnded("ask", 1, "wait", fired=False),
        history.AttemptStopped("ask", 1, 0),
        CALLED_OFF,
    ]


def test_a_cancel_stops_every_open_attempt_in_an_order_that_loading_does_not_change():
    scene = started(graph(step("b"), step("a")))

    assert decided(scene, messages.Cancel()) == [
        history.CancelRequested("", ""),
        history.AttemptStopped("a", 1, 1),
        history.AttemptStopped("b", 1, 1),
    ]


def test_a_wait_without_a_timeout_has_no_timer_to_call_off():
    begun = history.WaitBegun("ask", 1, "a", None, None, None, None)
    made = decided(
        given(machine("ask"), history.RunStarted(), *ASKED[1:], begun), messages.Cancel()
    )

    assert made == [history.CancelRequested("", ""), history.AttemptStopped("ask", 1, 0)]


def test_a_sleep_is_called_off_with_its_timer():
    made = decided(given(PLAN, *SLEEPING), messages.Cancel())

    assert made[1:] == [history.TimerEnded("ask", 1, "sleep", fired=False), CALLED_OFF]


def test_a_run_that_ends_leaves_no_signal_and_no_timer_behind():
    kept = history.SignalKept(7, "approved", None, addressed=True, begun=1)

    assert decided(given(PLAN, *ASKING, kept), report("ask", Complete()))[1:] == [
        history.SignalDropped(7, "approved"),
        CALLED_OFF,
        history.RunCompleted(),
    ]


def test_the_signal_that_ends_a_run_is_not_dropped_as_well():
    kept = [history.SignalKept(n, "a", None, addressed=True, begun=1) for n in (5, 6)]
    scene = given(PLAN, *ASKING, *kept)

    assert decided(scene, report("ask", Wait(name="a")))[2:] == [
        history.SignalTaken("ask", 1, 5, "a"),
        history.SignalDropped(6, "a"),
        CALLED_OFF,
        history.RunCompleted(),
    ]


def test_a_start_that_was_to_come_is_called_off():
    assert decided(given(PLAN, history.RunDelayed(NOW + 60)), messages.Cancel()) == [
        history.CancelRequested("", ""),
        history.TimerEnded("", 0, "start", fired=False),
    ]
