"""What holds for every run, whatever it is told. Liveness is in `test_laws_liveness`."""

from collections import Counter

import pytest
from hypothesis import given

from perdure.kernel import history, messages
from perdure.kernel.advance import advance
from perdure.kernel.decide import decide
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import (
    Attempt,
    Joining,
    Mark,
    Sleeping,
    Status,
    Unsettled,
    Waiting,
    unpack_marks,
)
from perdure.kernel.ways import Way
from tests.kernel.stories import Story, refolded, reloaded, standing, stories

pytestmark = pytest.mark.simulation  # so `make nightly` runs many more of them

AGAIN = (history.RunRetried, history.RunRecovered, history.RunRewound, history.RunForked)
ONCE = (messages.Start, messages.Report, messages.Lost, messages.Fire, messages.ChildEnded)


# -- messages --------------------------------------------------------------------------------
@given(stories())
def test_a_message_told_twice_makes_no_second_event(story: Story):
    """Of a signal that was taken or refused nothing is left to know it by; its row is its fence."""
    over = (history.SignalTaken, history.SignalDropped)
    for told in story.told:
        taken = any(type(event) in over for event in told.events)
        if taken and type(told.message) is messages.Signal:
            continue
        again = told.after.copy()

        assert not list(decide(story.plan, again, told.message, told.now)), told


@given(stories())
def test_what_was_told_of_an_attempt_or_a_timer_means_nothing_ever_after(story: Story):
    for number, told in enumerate(story.told):
        if not told.events or type(told.message) not in ONCE:
            continue
        is_deadline = getattr(told.message, "kind", "") == "deadline"
        for later in story.told[number:]:
            if is_deadline and any(type(event) in AGAIN for event in later.events):
                break  # a run that goes on after it failed has a deadline again, whose timer has the same name
            assert not list(decide(story.plan, later.after, told.message, 9e9)), (told, later)


@given(stories())
def test_a_report_of_an_attempt_that_is_not_open_means_nothing(story: Story):
    for told in story.told:
        if type(told.message) not in (messages.Report, messages.Lost):
            continue
        entry = told.before.open.get(told.message.step)
        place = (told.message.visit, told.message.attempt)
        is_open = type(entry) is Attempt and (entry.visit, entry.attempt) == place

        assert bool(told.events) is is_open, told


@given(stories())
def test_a_message_that_means_nothing_changes_nothing(story: Story):
    for told in story.told:
        assert told.events or told.before == told.after, told


# -- ends ------------------------------------------------------------------------------------
@given(stories())
def test_a_run_ends_once_and_nothing_comes_after_but_a_retry_or_a_way_back(story: Story):
    ended = False
    for event in story.events:
        if type(event) is history.ScopeStopped:
            continue  # of a loop that had failed
        if ended:
            assert type(event) in (history.RunRetried, history.RunRewound)
        ended = type(event) in history.ENDINGS

    assert story.run.ended is ended


@given(stories())
def test_a_run_that_ended_has_nothing_open_kept_or_due(story: Story):
    for told in story.told:
        if told.after.ended:
            assert (told.after.open, told.after.kept, told.after.deadline) == ({}, [], None)
            assert told.after.working == 0


@given(stories())
def test_a_cancelled_run_never_completes_or_fails(story: Story):
    cancelling = False
    for event in story.events:
        cancelling = cancelling or type(event) is history.CancelRequested
        if type(event) is history.RunRewound:
            cancelling = False
        elif cancelling:
            assert type(event) not in (history.RunCompleted, history.RunFailed, history.RunRetried)


# -- visits and attempts ---------------------------------------------------------------------
@given(stories())
def test_visits_are_never_used_again_and_attempts_are_counted_within_them(story: Story):
    last: dict[str, tuple[int, int]] = {}
    for event in story.events:
        if type(event) is history.RunForked:
            last = dict.fromkeys(done_elsewhere(story.plan, event), (1, 1))
        if type(event) not in (history.StepScheduled, history.VerifyScheduled):
            continue
        visit, attempt = last.get(event.step, (0, 0))
        follows = (visit, attempt + 1) if event.attempt > 1 else (visit + 1, 1)
        if event.attempt == 1 and story.plan.step(plan_name(event.step)).window:
            follows = (max(event.visit, visit + 1), 1)  # the loop may have had one without it

        assert (event.visit, event.attempt) == follows
        last[event.step] = follows


def done_elsewhere(plan: Plan, event: history.RunForked) -> list[str]:
    """Return the steps of a graph that the run which it was forked from had done."""
    marks = unpack_marks(event.marks, len(plan.steps))
    return [step.name for step, mark in zip(plan.steps, marks, strict=True) if mark == Mark.DONE]


@given(stories())
def test_an_attempt_ends_once_in_one_of_six_ways(story: Story):
    """One of which nobody knows has ended, and is open again while it is settled."""
    ends = (
        history.StepSucceeded,
        history.AttemptFailed,
        history.StepFailed,
        history.AttemptStopped,
        history.ScopeBegun,
    )
    open_ = set()
    for event in story.events:
        if type(event) in (history.StepScheduled, history.VerifyScheduled):
            open_.add((event.step, event.visit, event.attempt))
        elif (type(event) is history.OutcomeSettled and event.outcome == "not_done") or (
            type(event) in ends and event.attempt
        ):
            open_.remove((event.step, event.visit, event.attempt))

    unsettled = {
        (path, at.visit, at.attempt) for path, at in story.run.open.items() if type(at) is Unsettled
    }
    running = {(path, at.visit, at.attempt) for path, at in story.run.attempts()}

    assert open_ == running | unsettled


@given(stories())
def test_a_machine_is_at_one_place_at_a_time(story: Story):
    if story.plan.kind is PlanKind.MACHINE:
        for told in story.told:
            assert len(told.after.open) <= 1
            assert set(told.after.open) <= {told.after.cursor}


# -- timers and signals ----------------------------------------------------------------------
@given(stories())
def test_a_timer_fires_once_and_never_early_or_is_called_off(story: Story):
    due: dict[tuple[str, int, str], float] = {}
    for told in story.told:
        for event in told.events:
            if type(event) is history.SleepBegun:
                due[event.step, event.visit, "sleep"] = event.due
            elif type(event) is history.WaitBegun and event.due is not None:
                due[event.step, event.visit, "wait"] = event.due
            elif type(event) is history.JoinBegun and event.due is not None:
                due[event.step, event.visit, "children"] = event.due
            elif type(event) is history.RunDelayed:
                due["", 0, "start"] = event.due
            elif type(event) is history.RunLinedUp:
                due["", 0, "line"] = told.now
            elif type(event) in (history.RunStarted, *AGAIN):  # it begins, or goes on
                if event.deadline is not None:
                    due["", 0, "deadline"] = event.deadline
            elif type(event) is history.TimerEnded:
                moment = due.pop((event.step, event.visit, event.kind))

                assert not event.fired or moment <= told.now
        over = told.after.ended or told.after.status is Status.CANCELLING
        assert not (over and due), "a timer outlived its run"


@given(stories())
def test_a_wait_ends_by_a_signal_or_by_its_timeout_or_is_called_off(story: Story):
    open_ = set()
    for event in story.events:
        if type(event) is history.WaitBegun:
            open_.add((event.step, event.visit))
        elif ends_a_wait(event):
            open_.remove((event.step, event.visit))

    waits = {(path, at.visit) for path, at in story.run.open.items() if type(at) is Waiting}
    assert open_ == waits


def ends_a_wait(event):
    match event:
        case history.SignalTaken() | history.TimerEnded(kind="wait", fired=True):
            return True
        case history.AttemptStopped(attempt=0):
            return True
    return False


@given(stories())
def test_a_signal_is_taken_once_and_in_the_order_it_arrived(story: Story):
    waits: dict[str, history.WaitBegun] = {}
    kept: list[history.SignalKept] = []
    ends: Counter[int] = Counter()
    for event in story.events:
        if type(event) is history.WaitBegun:
            waits[event.step] = event
        elif type(event) is history.SignalKept:
            kept = sorted([*kept, event], key=lambda k: k.signal)
        elif type(event) in (history.SignalTaken, history.SignalDropped):
            ends[event.signal] += 1
            if type(event) is history.SignalTaken:
                first = next((k.signal for k in kept if fits(k, waits[event.step])), event.signal)

                assert event.signal == first
            kept = [k for k in kept if k.signal != event.signal]

    repeats = Counter(t.message.id for t in story.told if type(t.message) is messages.Signal)
    assert all(ends[signal] <= repeats[signal] for signal in ends)
    assert [k.signal for k in kept] == [k.signal for k in story.run.kept]


def fits(kept, wait):
    return bool(ways_for(kept, wait))


def ways_for(kept, wait):
    first = Way(name=wait.name, key=wait.key, kind=wait.kind, fresh=getattr(wait, "fresh", False))
    return [way for way in (first, *wait.also) if way.fits(kept.kind, kept.name, kept.key)]


@given(stories())
def test_only_a_fresh_wait_drops_what_fits_it_and_only_what_came_before_its_visit(story: Story):
    begun, came = 0, {}
    for told in story.told:
        begins = [event for event in told.events if type(event) is history.WaitBegun]
        for event in told.events:
            if type(event) is history.StepScheduled and event.attempt == 1:
                begun += 1
            elif type(event) is history.SignalKept:
                came[event.signal] = (event, begun)
            elif type(event) is history.SignalDropped and begins and not told.after.ended:
                kept, then = came[event.signal]

                ways = ways_for(kept, told.message.outcome)
                assert all(way.fresh for way in ways)
                assert not ways or then < begun


@given(stories())
def test_no_signal_that_is_addressed_to_a_live_run_is_lost(story: Story):
    for told in story.told:
        if type(told.message) is not messages.Signal or not told.message.addressed:
            continue
        live = not told.before.ended and told.before.status is not Status.CANCELLING
        known = told.message.id in [kept.signal for kept in told.before.kept]
        answers = [
            event
            for event in told.events
            if type(event) in (history.SignalTaken, history.SignalKept, history.SignalDropped)
            and event.signal == told.message.id
        ]
        assert told.message.unfit or not any(type(e) is history.SignalDropped for e in answers)

        assert len(answers) == int(live and not known), told


@given(stories())
def test_a_run_that_rests_keeps_only_what_is_addressed_and_does_not_fit(story: Story):
    for told in story.told:
        for entry in told.after.open.values():
            if type(entry) in (Sleeping, Waiting, Joining):
                assert all(kept.addressed for kept in told.after.kept), told
            if type(entry) is Waiting:
                assert not any(fits(kept, entry) for kept in told.after.kept), told


# -- pause -----------------------------------------------------------------------------------
@given(stories())
def test_a_pause_begins_no_visit_but_the_clean_up_of_a_cancel(story: Story):
    for told in story.told:
        if told.after.paused and told.after.status is not Status.CANCELLING:
            begun = [e for e in told.events if type(e) is history.StepScheduled and e.attempt == 1]

            assert not begun or told.before.status is Status.CANCELLING, told


@given(stories())
def test_a_pause_records_all_that_a_run_would_without_it(story: Story):
    for told in story.told:
        if type(told.message) in (messages.Pause, messages.Resume):
            continue
        held, free = told.before.copy(), told.before.copy()
        held.paused, free.paused = True, False
        recorded = list(decide(story.plan, held, told.message, told.now))

        assert recorded == list(decide(story.plan, free, told.message, told.now))


# -- the run and its history -----------------------------------------------------------------
@given(stories())
def test_a_history_folded_from_zero_is_the_run(story: Story):
    events: list[history.Event] = []
    for told in story.told:
        events += told.events

        assert refolded(story.plan, events) == told.after


@given(stories())
def test_a_copy_goes_its_own_way(story: Story):
    for told, here in zip(story.told, story.told[1:], strict=False):
        before = told.after.copy()
        copy = told.after.copy()
        advance(story.plan, copy, here.message, here.now)

        assert told.after == before
        assert copy == here.after


@given(stories())
def test_a_run_that_was_loaded_goes_on_like_the_one_in_memory(story: Story):
    """The agenda that was kept, and everything open looked through again: the same events."""
    for told in story.told:
        loaded = reloaded(story.plan, told.before)
        if told.before.status is Status.RUNNING:  # others have no use for their agenda
            assert standing(loaded) == standing(told.before)

        assert tuple(advance(story.plan, loaded, told.message, told.now).events) == told.events


@given(stories())
def test_a_run_is_quiet_after_each_message(story: Story):
    """Nothing is left that looking at everything would find."""
    for told in story.told:
        loaded = reloaded(story.plan, told.after)

        assert not advance(story.plan, loaded, messages.Continue(), told.now).events


@given(stories())
def test_portions_make_the_same_events_as_one_advance(story: Story):
    for told in story.told:
        run = told.before.copy()
        part = advance(story.plan, run, told.message, told.now, most=1)
        events = list(part.events)
        assert not (part.more and run.ended)
        while part.more:
            part = advance(story.plan, run, messages.Continue(), told.now, most=1)
            events += part.events

        assert tuple(events) == told.events
        assert run == told.after
