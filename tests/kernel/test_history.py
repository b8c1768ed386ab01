"""History: facts, whose kinds and fields are an archive format."""

from dataclasses import fields, is_dataclass
from typing import get_args

import pytest

from perdure.kernel import history
from perdure.kernel.ways import Way

# What stands in stores. A field may be added at the end, with a default; nothing else may change.
ARCHIVED = {
    "RunDelayed": "due",
    "RunLinedUp": "",
    "RunStarted": "deadline",
    "StepScheduled": "step visit attempt due",
    "StepSucceeded": "step visit attempt",
    "AttemptFailed": "step visit attempt kind error",
    "VerifyScheduled": "step visit attempt due",
    "OutcomeUnknown": "step visit attempt kind error",
    "OutcomeSettled": "step visit attempt outcome by why",
    "StepFailed": "step visit attempt kind error",
    "StepSkipped": "step broken",
    "Moved": "step",
    "SleepBegun": "step visit due then",
    "WaitBegun": "step visit name key due then on_timeout kind match accepts also",
    "SignalTaken": "step visit signal name kind key",
    "SignalKept": "signal name key addressed begun kind match",
    "SignalDropped": "signal name why",
    "TimerEnded": "step visit kind fired",
    "ChildrenStarted": "step visit brood first count",
    "ChildEnded": "child brood place ok",
    "JoinBegun": "step visit brood need due then on_timeout",
    "ChildrenAwaited": "step visit brood",
    "JoinEnded": "step visit met",
    "AttemptStopped": "step visit attempt",
    "CancelRequested": "by why",
    "CancelForced": "by why",
    "RunPaused": "by why",
    "RunResumed": "by why",
    "RunRetried": "by why deadline",
    "RunRewound": "step visit by why deadline keys",
    "RunForked": "source step visit marks by why deadline",
    "ScopeBegun": "step visit attempt count at left_out",
    "ScopeEnded": "step visit attempt count at left_out kind error",
    "ScopeStopped": "step visit",
    "StepRested": "step visit attempt at brood",
    "RunFailing": "step kind error",
    "RunRecovered": "deadline",
    "PlanAdopted": "step visit attempt due plan version",
    "RunStranded": "step visit attempt plan why",
    "RunCompleted": "",
    "RunFailed": "step kind error",
    "RunCancelled": "",
}


def test_every_kind_of_event_keeps_its_name_and_its_fields():
    kinds = {
        kind.__name__: " ".join(field.name for field in fields(kind))
        for kind in get_args(history.Event)
    }

    assert kinds == ARCHIVED


@pytest.mark.parametrize("kind", get_args(history.Event))
def test_a_fact_cannot_change_once_it_is_recorded(kind):
    assert kind.__dataclass_params__.frozen
    assert hasattr(kind, "__slots__")


def test_every_event_of_the_module_is_in_the_union():
    made = {kind for kind in vars(history).values() if is_dataclass(kind) and kind is not Way}

    assert made == set(get_args(history.Event))


def test_a_run_has_three_ways_to_end():
    assert set(history.ENDINGS) == {
        history.RunCompleted,
        history.RunFailed,
        history.RunCancelled,
    }


def test_a_run_starts_without_a_deadline_unless_it_has_one():
    assert history.RunStarted().deadline is None


def test_who_let_a_run_go_on_in_an_older_version_did_not_say_why():
    assert history.RunResumed("ann").why == history.RunRetried("ann").why == ""
    assert history.RunRetried("ann").deadline is None


def test_a_signal_that_was_kept_by_an_older_version_came_before_every_visit():
    assert history.SignalKept(7, "approved", None, addressed=True).begun == 0


def test_the_ways_of_a_wait_begin_with_its_own():
    other = Way(name="off")
    begun = history.WaitBegun("ask", 1, "paid", "k", None, "ship", None, also=(other,))

    assert begun.ways == (Way(name="paid", key="k", then="ship"), other)
