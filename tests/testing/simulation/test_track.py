"""The rules that a run's history is held to: each is broken once here."""

import pytest

from perdure.kernel import history as h
from perdure.kernel.plan import Plan, RetryPolicy, StepPlan
from perdure.kernel.run import Status
from perdure.ports.commit import Written
from perdure.ports.rows import InboxRow
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.scenes import TWO_STEPS

PLAN = Plan(
    workflow="story",
    steps=(StepPlan(name="a", retry=RetryPolicy(max_attempts=3)), StepPlan(name="b")),
    start="a",
)
BEGUN = (h.RunStarted(), h.StepScheduled("a", 1, 1, 0.0))
WAITS = (h.StepSucceeded("a", 1, 1), h.WaitBegun("a", 1, "go", None, 10.0, "b", None))


def track(*events, plan=PLAN, at=0.0):
    """Return the track of a run to which this has happened, an event a message."""
    made = Track("run-1", plan)
    for event in events:
        tell(made, event, at=at)
    return made


def tell(made, *events, at=0.0, seq=None):
    made.add(Written("run-1", seq or made.seq + 1, at, "[]", "[]"), events)


def signalled(made, *numbers, key="null"):
    for number in numbers:
        made.inbox[number] = InboxRow(number, f'["Signal",0,"go",{key},true]', None)
    return made


def test_a_whole_life_breaks_no_rule():
    made = signalled(track(*BEGUN, *WAITS), 4)
    tell(made, h.SignalTaken("a", 1, 4, "go"), h.TimerEnded("a", 1, "wait", fired=False))
    tell(made, h.Moved("b"), h.StepScheduled("b", 1, 1, 0.0))
    tell(made, h.StepSucceeded("b", 1, 1), h.RunCompleted())

    assert made.succeeded == [("a", 1), ("b", 1)]
    assert made.taken == [4]
    assert made.run.status is Status.COMPLETED


@pytest.mark.parametrize("seq", [1, 4])
def test_event_numbers_have_no_gap_and_no_repeat(seq):
    made = track(*BEGUN)

    with pytest.raises(Violation, match="I1"):
        tell(made, h.StepSucceeded("a", 1, 1), seq=seq)


def test_a_message_without_events_is_not_recorded():
    with pytest.raises(Violation, match="I1"):
        tell(track(*BEGUN))


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        ("I2", (h.StepSucceeded("a", 1, 1), h.StepSucceeded("a", 1, 1))),
        ("I2", (h.StepSucceeded("a", 1, 1), h.RunCompleted(), h.Moved("b"))),
        ("I2", (h.StepSucceeded("a", 1, 1), h.StepScheduled("a", 1, 1, 0.0))),
        ("I2", (h.StepSucceeded("a", 1, 1), h.RunCompleted(), h.RunRetried(""))),
        ("I4", (h.AttemptFailed("a", 1, 2, "x", "x"),)),
        ("I6", (h.AttemptFailed("a", 1, 1, "x", "x"), h.StepScheduled("a", 1, 3, 0.0))),
        ("I9", (h.TimerEnded("a", 1, "sleep", fired=True),)),
        ("I9", (*WAITS, h.TimerEnded("a", 1, "wait", fired=True))),
        ("I11", (h.CancelRequested("", ""), h.StepScheduled("b", 1, 1, 0.0))),
        ("I12", (h.CancelRequested("", ""), h.RunCompleted())),
        ("I12", (h.RunCancelled(),)),
        ("I21", (h.StepSucceeded("a", 1, 1), h.SignalTaken("a", 1, 4, "go"))),
        ("pause", (h.RunPaused("", ""), h.StepScheduled("b", 1, 1, 0.0))),
    ],
)
def test_what_must_not_happen_is_seen(rule, events):
    made = signalled(track(*BEGUN), 4)

    with pytest.raises(Violation) as seen:
        for event in events:
            tell(made, event)

    assert seen.value.rule == rule


def test_no_step_is_tried_more_often_than_its_policy_says():
    made = track(*BEGUN)
    for attempt in (1, 2):
        tell(made, h.AttemptFailed("a", 1, attempt, "x", "x"))
        tell(made, h.StepScheduled("a", 1, attempt + 1, 0.0))
    tell(made, h.AttemptFailed("a", 1, 3, "x", "x"))

    with pytest.raises(Violation, match="I6"):
        tell(made, h.StepScheduled("a", 1, 4, 0.0))


def test_a_step_of_a_graph_waits_for_what_it_needs():
    made = track(*BEGUN, plan=TWO_STEPS)

    with pytest.raises(Violation, match="I3"):
        tell(made, h.StepScheduled("b", 1, 1, 0.0))


def test_a_step_of_a_graph_is_not_skipped_before_what_it_needs_has_ended():
    made = track(*BEGUN, plan=TWO_STEPS)

    with pytest.raises(Violation, match="I3"):
        tell(made, h.StepSkipped("b", broken=True))


def test_a_timer_fires_in_its_time():
    made = track(*BEGUN, *WAITS)

    tell(made, h.TimerEnded("a", 1, "wait", fired=True), at=10.0)

    assert made.run.open == {}


def test_a_wait_ends_by_its_signal_or_by_its_timeout():
    made = signalled(track(*BEGUN, *WAITS), 4)
    tell(made, h.SignalTaken("a", 1, 4, "go"))

    with pytest.raises(Violation, match="I8"):
        tell(made, h.TimerEnded("a", 1, "wait", fired=True), at=10.0)


@pytest.mark.parametrize(
    "events",
    [
        (h.SignalKept(4, "go", None, True), h.SignalKept(4, "go", None, True)),
        (h.SignalDropped(4, "go"), h.SignalKept(4, "go", None, True)),
        (h.SignalDropped(4, "go"), h.SignalDropped(4, "go")),
        (h.SignalTaken("a", 1, 9, "go"),),
    ],
)
def test_a_signal_has_one_life_and_was_accepted(events):
    made = signalled(track(*BEGUN, *WAITS), 4)

    with pytest.raises(Violation, match="I7"):
        tell(made, *events)


def test_signals_of_one_name_are_taken_in_order():
    made = signalled(track(*BEGUN, *WAITS), 4, 5)
    tell(made, h.SignalTaken("a", 1, 5, "go"))
    made.plan.step("b")

    with pytest.raises(Violation, match="I7"):
        tell(made, h.SignalTaken("b", 1, 4, "go"))


def test_a_signal_knows_its_key():
    assert signalled(track(), 4, key='"k"').key_of(4) == "k"
    assert signalled(track(), 4).key_of(4) is None


def test_a_failed_run_may_be_retried():
    made = track(*BEGUN, h.StepFailed("a", 1, 1, "x", "x"), h.RunFailed("a", "x", "x"))

    tell(made, h.RunRetried(""))

    assert made.end is None


def test_a_pause_holds_a_run_unless_it_is_being_cancelled():
    made = track(*BEGUN, h.RunPaused("", ""))
    held = made.held
    tell(made, h.CancelRequested("", ""))

    assert (held, made.held) == (True, False)
