"""Evolve: what each kind of event makes of a run."""

from typing import get_args

import pytest

from perdure.kernel import history
from perdure.kernel.evolve import _FOLDS, evolve
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Attempt, Failure, Kept, Mark, Run, Sleeping, Status, Waiting
from tests.kernel.scenes import LONG, NOW, diamond, given, graph, machine, started, step

PLAN = machine("ask", "publish", "undo", on_cancel="undo")
STARTED = history.RunStarted()
ASKING = (STARTED, history.StepScheduled("ask", 1, 1, NOW))
ASKED = (*ASKING, history.StepSucceeded("ask", 1, 1))
WAIT = history.WaitBegun("ask", 1, "approved", "k", NOW + 60, "publish", "undo")
WAITING = (*ASKED, WAIT)


def test_every_kind_of_event_is_folded():
    assert set(_FOLDS) == set(get_args(history.Event))


def test_the_run_that_is_given_is_the_run_that_comes_back():
    run = Run(id="run_1")

    assert evolve(PLAN, run, STARTED) is run


def test_a_machine_starts_with_its_cursor_at_the_start():
    run = given(PLAN, history.RunStarted(NOW + 9)).run

    assert run.status is Status.RUNNING
    assert (run.cursor, run.deadline, run.marks) == ("ask", NOW + 9, [])


def test_a_graph_starts_with_what_needs_nothing_on_its_agenda():
    run = given(diamond(), STARTED).run

    assert (run.cursor, run.deadline) == (None, None)
    assert run.marks == [Mark.PENDING] * 4
    assert (run.lacks, run.ready, run.pending) == ([0, 1, 1, 2], [0], 4)


def test_a_scheduled_attempt_is_open_and_its_visit_is_counted():
    run = given(PLAN, *ASKING).run

    assert run.open == {"ask": Attempt(1, 1, NOW)}
    assert (run.visits, run.working) == ({"ask": 1}, 1)


def test_another_attempt_of_a_visit_is_no_new_visit():
    failed = history.AttemptFailed("ask", 1, 1, "oops", "it broke")
    run = given(PLAN, *ASKING, failed).run

    assert (run.open, run.working) == ({}, 0)

    evolve(PLAN, run, history.StepScheduled("ask", 1, 2, NOW + 10))

    assert run.open == {"ask": Attempt(1, 2, NOW + 10)}
    assert (run.visits, run.working) == ({"ask": 1}, 1)


def test_a_scheduled_step_of_a_graph_leaves_the_agenda():
    """The visit needs no count: a graph comes to a step once, or after it ended without result."""
    run = started(graph(step("a"), step("b"))).run

    assert list(run.open) == ["a", "b"]
    assert (run.ready, run.visits, run.working) == ([], {}, 2)


def test_the_second_attempt_of_a_step_takes_nothing_off_the_agenda():
    plan = graph(step("a"), step("b"))
    run = given(plan, STARTED, history.StepScheduled("a", 1, 1, NOW)).run
    evolve(plan, run, history.AttemptFailed("a", 1, 1, "oops", "it broke"))
    evolve(plan, run, history.StepScheduled("a", 1, 2, NOW))

    assert run.ready == [1]


def test_a_step_of_a_machine_that_succeeded_is_not_open():
    run = given(PLAN, *ASKED).run

    assert (run.open, run.working, run.cursor) == ({}, 0, "ask")


def test_a_step_of_a_graph_that_succeeded_frees_what_lacked_nothing_else():
    plan = diamond()
    run = started(plan, history.StepSucceeded("top", 1, 1)).run

    assert run.marks == [Mark.DONE, 0, 0, 0]
    assert (run.ready, run.pending, run.lacks) == ([1, 2], 3, [0, 0, 0, 2])


def test_the_agenda_gives_the_lowest_number_first():
    plan = graph(step("c", "a"), step("b", "a"), step("a"), step("d", "e"), step("e"))
    run = started(plan, history.StepSucceeded("e", 1, 1), history.StepSucceeded("a", 1, 1)).run

    assert run.ready[0] == 0
    assert sorted(run.ready) == [0, 1, 3]


def test_a_join_is_free_when_the_last_that_it_needs_has_ended():
    run = started(
        diamond(),
        history.StepSucceeded("top", 1, 1),
        history.StepScheduled("left", 1, 1, NOW),
        history.StepScheduled("right", 1, 1, NOW),
        history.StepSucceeded("right", 1, 1),
    ).run

    assert (run.ready, run.lacks) == ([], [0, 0, 0, 1])

    evolve(diamond(), run, history.StepSucceeded("left", 1, 1))

    assert run.ready == [3]


def test_a_step_of_a_graph_that_failed_is_why_the_run_will_fail():
    plan = diamond()
    run = started(plan, history.StepFailed("top", 1, 1, "oops", "it broke")).run

    assert run.marks[0] == Mark.BROKEN
    assert run.failure == Failure("top", "oops", "it broke")
    assert (run.status, run.open, run.working) == (Status.RUNNING, {}, 0)
    assert (run.visits, run.ready, run.pending) == ({"top": 1}, [1, 2], 3)


def test_the_first_failure_of_a_graph_is_the_one_that_is_told():
    run = started(
        graph(step("a"), step("b")),
        history.StepFailed("b", 1, 1, "first", "it broke"),
        history.StepFailed("a", 1, 1, "second", "it broke too"),
    ).run

    assert run.failure == Failure("b", "first", "it broke")


def test_a_failure_that_the_plan_goes_on_after_is_an_end_like_another():
    plan = graph(step("a", continue_on_error=True), step("b", "a"))
    run = started(plan, history.StepFailed("a", 1, 1, "oops", "it broke")).run

    assert run.marks == [Mark.DONE, Mark.PENDING]
    assert (run.failure, run.ready, run.visits) == (None, [1], {})


def test_a_step_of_a_machine_that_failed_is_not_open():
    run = given(PLAN, *ASKING, history.StepFailed("ask", 1, 1, "oops", "it broke")).run

    assert (run.open, run.working, run.cursor) == ({}, 0, "ask")


@pytest.mark.parametrize(("broken", "mark"), [(True, Mark.BROKEN), (False, Mark.SKIPPED)])
def test_a_skipped_step_has_ended_without_a_visit(broken, mark):
    plan = graph(step("a"), step("b", "a"), step("c", "b"))
    run = started(plan, history.StepSucceeded("a", 1, 1), history.StepSkipped("b", broken)).run

    assert run.marks == [Mark.DONE, mark, Mark.PENDING]
    assert (run.ready, run.pending, run.visits) == ([2], 1, {})


def test_a_step_of_a_graph_that_is_done_needs_no_count_of_its_visits():
    """Also one that was loaded with it: the runs' rows must not grow with their steps."""
    scene = started(diamond())
    scene.run.visits = {"top": 1, "left": 1}
    evolve(scene.plan, scene.run, history.StepSucceeded("top", 1, 1))

    assert scene.run.visits == {"left": 1}


def test_a_cursor_moves():
    assert given(PLAN, *ASKED, history.Moved("publish")).run.cursor == "publish"


def test_a_sleep_is_open_until_its_timer_fires():
    run = given(PLAN, *ASKED, history.SleepBegun("ask", 1, NOW + 60, "publish")).run

    assert run.open == {"ask": Sleeping(1, NOW + 60, "publish")}

    evolve(PLAN, run, history.TimerEnded("ask", 1, "sleep", fired=True))

    assert run.open == {}


def test_a_sleep_that_is_called_off_is_not_open():
    slept = history.SleepBegun("ask", 1, NOW + 60, "publish")

    assert (
        given(PLAN, *ASKED, slept, history.TimerEnded("ask", 1, "sleep", fired=False)).run.open
        == {}
    )


def test_a_wait_is_open_with_all_that_its_end_needs():
    run = given(PLAN, *WAITING).run

    assert run.open == {
        "ask": Waiting(
            visit=1, name="approved", key="k", due=NOW + 60, then="publish", on_timeout="undo"
        )
    }


def test_a_wait_ends_with_its_signal():
    run = given(PLAN, *WAITING, history.SignalTaken("ask", 1, 7, "approved")).run

    assert run.open == {}


def test_a_timeout_that_is_called_off_leaves_the_wait_to_what_called_it_off():
    run = given(PLAN, *WAITING, history.TimerEnded("ask", 1, "wait", fired=False)).run

    assert "ask" in run.open


def test_a_timeout_that_fired_ends_the_wait():
    run = given(PLAN, *WAITING, history.TimerEnded("ask", 1, "wait", fired=True)).run

    assert run.open == {}


def test_signals_are_kept_in_the_order_they_arrived():
    """Which is that of their numbers, also where one was told before another."""
    run = given(
        PLAN,
        *ASKING,
        history.SignalKept(9, "approved", None, addressed=False, begun=2),
        history.SignalKept(7, "approved", "k", addressed=True, begun=1),
    ).run

    assert run.kept == [
        Kept(7, "approved", "k", addressed=True, begun=1),
        Kept(9, "approved", None, addressed=False, begun=2),
    ]


@pytest.mark.parametrize(
    "gone", [history.SignalDropped(8, "b"), history.SignalTaken("ask", 1, 8, "b")]
)
def test_a_kept_signal_that_is_taken_or_dropped_is_kept_no_more(gone):
    kept = [history.SignalKept(n, name, None, addressed=True) for n, name in enumerate("abc", 7)]
    run = given(PLAN, *WAITING, *kept, gone).run

    assert [signal.signal for signal in run.kept] == [7, 9]


def test_a_run_that_met_its_deadline_has_none():
    run = given(PLAN, history.RunStarted(NOW + 9), *WAITING[1:]).run
    evolve(PLAN, run, history.TimerEnded("", 0, "deadline", fired=False))

    assert run.deadline is None
    assert "ask" in run.open


def test_a_stopped_attempt_is_not_open():
    run = given(PLAN, *ASKING, history.AttemptStopped("ask", 1, 1)).run

    assert (run.open, run.working) == ({}, 0)
    assert run.visits == {"ask": 1}


def test_a_stopped_wait_is_not_open_and_was_no_work():
    run = given(PLAN, *WAITING, history.AttemptStopped("ask", 1, 0)).run

    assert (run.open, run.working) == ({}, 0)


def test_a_stopped_attempt_of_a_graph_used_up_its_visit():
    run = started(graph(step("a")), history.AttemptStopped("a", 1, 1)).run

    assert run.visits == {"a": 1}
    assert run.next_visit("a") == 2


@pytest.mark.parametrize(("plan", "cursor"), [(PLAN, "undo"), (machine("ask"), None)])
def test_a_cancelled_run_goes_to_its_clean_up(plan, cursor):
    run = given(plan, *ASKING, history.CancelRequested("ann", "")).run

    assert (run.status, run.cursor) == (Status.CANCELLING, cursor)


@pytest.mark.parametrize(
    "end",
    [
        history.StepSucceeded("undo", 1, 1),
        history.StepFailed("undo", 1, 1, "oops", "it broke"),
    ],
)
def test_a_clean_up_that_ended_is_not_come_to_again(end):
    run = given(
        PLAN,
        STARTED,
        history.CancelRequested("ann", ""),
        history.StepScheduled("undo", 1, 1, NOW),
        end,
    ).run

    assert (run.cursor, run.open, run.working) == (None, {}, 0)


def test_a_clean_up_that_is_tried_again_is_still_to_be_done():
    run = given(PLAN, STARTED, history.CancelRequested("", ""), *CLEANING).run

    assert run.cursor == "undo"


CLEANING = (
    history.StepScheduled("undo", 1, 1, NOW),
    history.AttemptFailed("undo", 1, 1, "oops", "it broke"),
    history.StepScheduled("undo", 1, 2, LONG),
)


def test_a_pause_is_a_flag_beside_the_status():
    run = given(PLAN, *ASKING, history.RunPaused("ann", "")).run

    assert (run.paused, run.status) == (True, Status.RUNNING)
    assert evolve(PLAN, run, history.RunResumed("ann")).paused is False


@pytest.mark.parametrize(
    ("end", "status", "failure"),
    [
        (history.RunCompleted(), Status.COMPLETED, None),
        (history.RunCancelled(), Status.CANCELLED, None),
        (history.RunFailed("ask", "oops", "x"), Status.FAILED, Failure("ask", "oops", "x")),
    ],
)
def test_a_run_ends_as_its_last_event_says(end, status, failure):
    run = given(PLAN, *ASKED, end).run

    assert (run.status, run.failure) == (status, failure)


def test_a_machine_that_is_retried_is_where_it_failed():
    run = given(PLAN, *ASKED, history.RunFailed("ask", "oops", "x"), history.RunRetried("ann")).run

    assert (run.status, run.failure, run.cursor) == (Status.RUNNING, None, "ask")


def test_a_graph_that_is_retried_has_what_broke_before_it_again_and_no_more():
    plan = Plan(
        workflow="web",
        kind=PlanKind.GRAPH,
        steps=(step("a"), step("b"), step("c", "b"), step("d", "a")),
    )
    run = started(
        plan,
        history.StepSucceeded("a", 1, 1),
        history.StepFailed("b", 1, 1, "oops", "it broke"),
        history.StepSkipped("c", broken=True),
        history.StepScheduled("d", 1, 1, NOW),
        history.StepSucceeded("d", 1, 1),
        history.RunFailed("b", "oops", "it broke"),
        history.RunRetried("ann"),
    ).run

    assert (run.status, run.failure) == (Status.RUNNING, None)
    assert run.marks == [Mark.DONE, Mark.PENDING, Mark.PENDING, Mark.DONE]
    assert (run.ready, run.pending, run.next_visit("b")) == ([1], 2, 2)


@pytest.mark.parametrize("plan", [PLAN, graph(step("a"), step("b", "a"))])
def test_a_run_that_begins_later_is_pending_till_then(plan):
    run = given(plan, history.RunDelayed(NOW + 60)).run
    assert (run.status, run.starts_at) == (Status.PENDING, NOW + 60)

    evolve(plan, run, history.TimerEnded("", 0, "start", fired=True))
    evolve(plan, run, history.RunStarted())

    assert (run.status, run.starts_at) == (Status.RUNNING, None)


@pytest.mark.parametrize("plan", [PLAN, graph(step("a"), step("b", "a"))])
def test_a_run_that_never_began_is_cancelled_without_a_clean_up(plan):
    run = given(plan, history.CancelRequested("ann", "")).run

    assert (run.status, run.cursor) == (Status.CANCELLING, None)
    assert len(run.marks) == (2 if plan.kind is PlanKind.GRAPH else 0)


def test_a_run_waits_in_line_until_its_turn_has_come():
    lined = given(PLAN, history.RunLinedUp()).run
    begun = given(PLAN, history.RunLinedUp(), history.TimerEnded("", 0, "line", fired=True)).run

    assert (lined.status, lined.in_line) == (Status.PENDING, True)
    assert not begun.in_line
