"""What stands in `inbox` and `history` is read back as it was."""

from typing import get_args

import pytest

from perdure.kernel import history, messages
from perdure.kernel.directives import Complete
from perdure.kernel.plan import Plan, StepPlan
from perdure.kernel.ways import Unfit, Way
from perdure.runtime.records import dump_events, dump_message, load_events, load_message

EVENTS = [
    history.RunDelayed(5.5),
    history.RunLinedUp(),
    history.RunStarted(),
    history.RunStarted(5.5),
    history.StepScheduled("a", 1, 2, 3.25),
    history.StepSucceeded("a", 1, 2),
    history.AttemptFailed("a", 1, 2, "error", "oops \u2603"),
    history.VerifyScheduled("a", 1, 2, 3.25),
    history.OutcomeUnknown("a", 1, 2, "timeout", "late"),
    history.OutcomeSettled("a", 1, 2, "done", "me", "saw it"),
    history.StepFailed("a[3].b", 1, 2, "timeout", "late"),
    history.StepSkipped("a", broken=True),
    history.Moved("b"),
    history.SleepBegun("a", 1, 9.0, "b"),
    history.WaitBegun("a", 1, "go", None, 9.0, "b", None),
    history.WaitBegun("a", 1, "go", None, 9.0, "b", None, "signal", "", "{}"),
    history.WaitBegun(
        "a",
        1,
        "go",
        None,
        None,
        "b",
        None,
        also=(Way(name="paid", kind="event", key="7", match="{}", then="c"), Way(name="off")),
    ),
    history.SignalTaken("a", 1, 7, "go"),
    history.SignalTaken("a", 1, 7, "paid", "event", "7"),
    history.SignalKept(7, "go", "k", addressed=True, begun=2),
    history.SignalKept(7, "go", "k", addressed=True, match="{}"),
    history.SignalDropped(7, "go"),
    history.SignalDropped(7, "go", "it is too late"),
    history.TimerEnded("a", 1, "wait", fired=False),
    history.ChildrenStarted("a", 1, 1, 0, 2),
    history.ChildEnded("c", 1, 0, ok=True),
    history.JoinBegun("a", 1, 1, None, 9.0, "b", None),
    history.ChildrenAwaited("a", 1, 2),
    history.JoinEnded("a", 1, met=True),
    history.AttemptStopped("a", 1, 2),
    history.CancelRequested("me", "because"),
    history.CancelForced("me", "now"),
    history.RunPaused("me", ""),
    history.RunResumed(""),
    history.RunRetried("me"),
    history.RunRewound("a", 1, "me", "wrong", 9.0),
    history.RunRewound("a", 1, "me", "", None, {"a": [[2, 1, 1]]}),
    history.RunForked("run_0", "a", 1, "5", "me", ""),
    history.ScopeBegun("a", 1, 2, 9, 4.0, 1),
    history.ScopeEnded("a", 1, 2, 9, 4.0, 1, "oops", "it broke"),
    history.ScopeStopped("a", 1),
    history.StepRested("a", 1, 2, 4.0, 3),
    history.RunFailing("a", "oops", "it broke"),
    history.RunRecovered(9.0),
    history.PlanAdopted("a", 1, 2, 9.0, "plan_b", "2"),
    history.RunStranded("a", 1, 2, "plan_b", "step 'a' is open, and is not there any more"),
    history.RunCompleted(),
    history.RunFailed(None, "deadline", "late"),
    history.RunCancelled(),
]

PLAN = Plan(workflow="w", steps=(StepPlan(name="a"),), start="a")
OF_ATTEMPTS = {messages.Report, messages.Settle, messages.Adopt}
MESSAGES = [
    messages.Start(),
    messages.LineUp(),
    messages.Lost("a", 1, 2),
    messages.Fire("a", 1, "sleep"),
    messages.ChildEnded("c", 1, 0, ok=False),
    messages.Cancel("me", "why"),
    messages.CancelNow("me", "why"),
    messages.Rewind("a", 1, 2, "me", "wrong"),
    messages.Rewind("a", 1, 2, "me", "", {"a": [[1, 1, 1]]}, 2),
    messages.Fork("run_0", "a", 1, "5", "me"),
    messages.Pause(),
    messages.Resume("me"),
    messages.Retry("me"),
    messages.Continue(),
]


def test_events_are_read_back_as_they_were():
    assert load_events(dump_events(EVENTS)) == EVENTS


def test_every_kind_of_event_is_among_them():
    assert {type(event) for event in EVENTS} == set(get_args(history.Event))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_is_read_back_as_it_was(message):
    assert load_message(dump_message(message), 1) == message


def test_what_is_seldom_used_is_not_written():
    """So that most histories are as short as they were, and older ones are read."""
    plain = '[["WaitBegun","a",1,"go",null,9.0,"b",null],["SignalTaken","a",1,7,"go"]]'

    events = load_events(plain)

    assert dump_events(events) == plain
    assert events[0].also == ()
    assert dump_message(messages.Signal(id=0, name="go")) == '["Signal",0,"go",null,true]'


def test_what_a_signal_wants_is_told_and_what_it_does_not_fit_is_found_out_again():
    told = messages.Signal(id=0, name="go", match='{"n":1}', unfit=(Unfit(0, "no"),))

    read = load_message(dump_message(told), 77)

    assert read == messages.Signal(id=77, name="go", match='{"n":1}')


def test_a_signal_gets_the_number_of_its_row():
    told = messages.Signal(id=0, name="go", key="k", addressed=False)

    read = load_message(dump_message(told), 77)

    assert read == messages.Signal(id=77, name="go", key="k", addressed=False)


def test_a_report_is_told_without_its_outcome_which_its_events_tell():
    assert dump_message(messages.Report("a", 1, 2, Complete())) == '["Report","a",1,2]'


def test_a_settlement_is_told_without_its_outcome_which_its_events_tell():
    told = messages.Settle(step="a", visit=1, attempt=2, outcome=None, by="me")

    assert dump_message(told) == '["Settle","a",1,2]'


def test_a_plan_that_may_be_adopted_is_not_told_its_events_name_it():
    assert dump_message(messages.Adopt("a", 1, 2, PLAN)) == '["Adopt","a",1,2]'


def test_every_kind_of_message_can_be_told():
    told = {*map(type, MESSAGES), messages.Signal, *OF_ATTEMPTS}

    assert told == set(get_args(messages.Message))
