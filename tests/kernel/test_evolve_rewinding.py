"""What going back and being forked make of a run."""

import pytest

from perdure.kernel import history
from perdure.kernel.run import Mark, Status
from tests.kernel.scenes import LONG, NOW, diamond, given, graph, machine, step

PLAN = machine("a", "b")
STARTED = history.RunStarted(LONG)


def test_a_machine_that_went_back_is_at_the_step_and_runs():
    run = given(PLAN, STARTED, history.RunPaused("", ""), history.RunCancelled()).run
    evolved = given(PLAN, STARTED, history.RunCancelled(), history.RunRewound("b", 1, "", "", LONG))

    assert run.status is Status.CANCELLED
    assert (evolved.run.status, evolved.run.cursor, evolved.run.paused) == (
        Status.RUNNING,
        "b",
        False,
    )
    assert (evolved.run.deadline, evolved.run.failure) == (LONG, None)


def test_a_graph_that_went_back_lacks_what_was_reset():
    events = [STARTED]
    for name in ("top", "left", "right"):
        events += [history.StepScheduled(name, 1, 1, NOW), history.StepSucceeded(name, 1, 1)]
    run = given(diamond(), *events, history.RunRewound("left", 1, "", "")).run

    assert run.marks == [Mark.DONE, Mark.PENDING, Mark.DONE, Mark.PENDING]
    assert (run.ready, run.pending, run.visits) == ([1], 2, {"left": 1})


@pytest.mark.parametrize("visit", [1, 2])
def test_a_graph_knows_the_visits_of_what_is_done_where_they_are_not_the_first(visit):
    plan = graph(step("a"))
    run = given(
        plan,
        STARTED,
        history.StepScheduled("a", visit, 1, NOW),
        history.StepSucceeded("a", visit, 1),
    ).run

    assert run.visits == ({} if visit == 1 else {"a": 2})


@pytest.mark.parametrize(
    "end", [history.StepFailed("b", 2, 1, "oops", "it broke"), history.AttemptStopped("b", 2, 1)]
)
def test_a_visit_that_came_again_and_to_nothing_leaves_its_key_to_the_next(end):
    keys = {"b": [[2, 1, 1]]}
    back = history.RunRewound("b", 1, "", "", None, keys)
    run = given(PLAN, STARTED, back, history.StepScheduled("b", 2, 1, NOW), end).run

    assert run.keys == {"b": [[3, 1, 1]]}
    assert keys == {"b": [[2, 1, 1]]}, "facts do not change"


def test_a_forked_machine_is_at_the_step():
    run = given(PLAN, history.RunForked("run_0", "b", 2, "", "", "", LONG)).run

    assert (run.status, run.cursor, run.deadline) == (Status.RUNNING, "b", LONG)


def test_a_forked_graph_has_the_marks_of_the_other():
    run = given(diamond(), history.RunForked("run_0", "left", 1, "11", "", "")).run

    assert run.marks == [Mark.DONE, Mark.PENDING, Mark.DONE, Mark.PENDING]
    assert (run.ready, run.pending) == ([1], 2)
