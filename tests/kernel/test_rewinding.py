"""Rewind and fork: what a run that goes back calls off, and where it stands then."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.directives import Next
from perdure.kernel.rewinding import begun, dependents, reset_marks, visits_of
from perdure.kernel.run import Mark, Status
from tests.kernel.scenes import (
    NOW,
    decided,
    diamond,
    error,
    given,
    graph,
    machine,
    report,
    spread,
    started,
    step,
    when,
)

PLAN = machine("ask", "publish", "undo", on_fail="undo", deadline=500.0)
BEGUN = (history.RunStarted(NOW + 500), history.StepScheduled("ask", 1, 1, NOW))
ASKED = (*BEGUN, history.StepSucceeded("ask", 1, 1))
PUBLISHING = (*ASKED, history.Moved("publish"), history.StepScheduled("publish", 1, 1, NOW))
CALLED_OFF = history.TimerEnded("", 0, "deadline", fired=False)
ENDED = (*PUBLISHING, history.StepSucceeded("publish", 1, 1), CALLED_OFF, history.RunCompleted())
BACK = messages.Rewind("ask", 1, 1, "ann", "wrong price")


def test_a_run_that_goes_back_stops_what_is_open_and_comes_to_the_step_anew():
    scene = given(PLAN, *PUBLISHING)

    assert when(scene, BACK, NOW + 7) == [
        history.AttemptStopped("publish", 1, 1),
        CALLED_OFF,
        history.RunRewound("ask", 1, "ann", "wrong price", NOW + 507),
        history.StepScheduled("ask", 2, 1, NOW + 7),
    ]
    assert scene.run.deadline == NOW + 507


@pytest.mark.parametrize(
    "end", [history.RunCompleted(), history.RunFailed("ask", "x", "y"), history.RunCancelled()]
)
def test_a_run_that_has_ended_can_go_back(end):
    scene = given(PLAN, *PUBLISHING, history.StepSucceeded("publish", 1, 1), CALLED_OFF, end)

    assert when(scene, BACK)[-1] == history.StepScheduled("ask", 2, 1, NOW)
    assert (scene.run.status, scene.run.failure, scene.run.paused) == (Status.RUNNING, None, False)


def test_what_the_run_waits_for_and_has_kept_is_dropped_on_record():
    wait = history.WaitBegun("ask", 1, "paid", None, NOW + 60, "publish", None)
    kept = history.SignalKept(7, "other", None, addressed=True, begun=1)
    scene = given(PLAN, *ASKED, wait, kept)

    assert when(scene, BACK)[:4] == [
        history.TimerEnded("ask", 1, "wait", fired=False),
        history.AttemptStopped("ask", 1, 0),
        CALLED_OFF,
        history.SignalDropped(7, "other"),
    ]


def test_a_run_whose_hook_runs_can_go_back():
    failing = (
        *BEGUN,
        history.StepFailed("ask", 1, 1, "x", "y"),
        CALLED_OFF,
        history.RunFailing("ask", "x", "y"),
        history.StepScheduled("undo", 1, 1, NOW),
    )

    made = when(given(PLAN, *failing), BACK)

    assert made[0] == history.AttemptStopped("undo", 1, 1)
    assert made[-1].step == "ask"


def test_told_twice_it_goes_back_once():
    """It says how many visits there were; the second time there is one more."""
    scene = given(PLAN, *ENDED)
    when(scene, BACK)

    assert when(scene, BACK) == []


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ((), BACK),
        ((history.RunDelayed(NOW + 9),), BACK),
        ((*BEGUN, history.CancelRequested("", "")), BACK),
        (PUBLISHING, messages.Rewind("publish", 2, 1)),
        (PUBLISHING, messages.Rewind("publish", 0, 1)),
        (PUBLISHING, messages.Rewind("undo", 1, 0)),
        (PUBLISHING, messages.Rewind("nowhere", 1, 1)),
        (PUBLISHING, messages.Rewind("ask", 1, 2)),
    ],
)
def test_where_a_run_cannot_go_back_nothing_happens(then, told):
    assert when(given(PLAN, *then), told) == []


# -- graphs ----------------------------------------------------------------------------------
def test_a_graph_resets_the_step_with_all_that_depends_on_it():
    scene = started(diamond())
    when(scene, report("top", Next()))
    when(scene, report("left", Next()))

    made = when(scene, messages.Rewind("left", 1, 1))

    assert [type(event) for event in made] == [history.RunRewound, history.StepScheduled]
    assert made[-1] == history.StepScheduled("left", 2, 1, NOW)
    assert set(scene.run.open) == {"left", "right"}, "what does not depend on it goes on"


def test_a_graph_stops_what_runs_of_what_is_reset():
    scene = started(diamond())
    when(scene, report("top", Next()))

    made = when(scene, messages.Rewind("top", 1, 1))

    assert made[:2] == [history.AttemptStopped("left", 1, 1), history.AttemptStopped("right", 1, 1)]
    assert made[-1] == history.StepScheduled("top", 2, 1, NOW)
    assert when(scene, report("top", Next(), visit=2))[1:] == [
        history.StepScheduled("left", 2, 1, NOW),
        history.StepScheduled("right", 2, 1, NOW),
    ]


def test_a_step_of_a_graph_that_runs_begins_anew():
    scene = started(diamond())

    assert when(scene, messages.Rewind("top", 1, 1)) == [
        history.AttemptStopped("top", 1, 1),
        history.RunRewound("top", 1, "", ""),
        history.StepScheduled("top", 2, 1, NOW),
    ]


def test_visit_numbers_are_not_used_again_however_often_a_graph_goes_back():
    scene = started(graph(step("a"), step("b", "a")))
    for visit in (1, 2, 3):
        when(scene, report("a", Next(), visit=visit))
        when(scene, report("b", Next(), visit=visit))

        assert scene.run.status is Status.COMPLETED
        assert when(scene, messages.Rewind("a", visit, visit))[-1].visit == visit + 1


def test_a_graph_that_failed_goes_on_with_what_is_broken_as_well():
    scene = started(graph(step("a"), step("b"), step("c", "b")))
    when(scene, report("a", Next()))
    when(scene, report("b", error(retryable=False)))

    made = when(scene, messages.Rewind("a", 1, 1))

    assert [event.step for event in made[1:]] == ["a", "b"]
    assert scene.run.failure is None


def test_a_step_that_a_graph_is_to_come_to_anyway_has_no_visit_to_go_back_to():
    scene = started(diamond())

    assert visits_of(scene.plan, scene.run, "bottom") == 0
    assert visits_of(scene.plan, given(diamond()).run, "top") == 0
    assert when(scene, messages.Rewind("bottom", 1, 1)) == []


def test_a_step_that_never_ran_for_what_it_needed_has_no_visit_to_go_back_to():
    """Found by the kernel's laws: it was taken for one whose first visit had failed."""
    plan = diamond()
    broke = history.StepFailed("top", 1, 1, "oops", "it broke")
    begun = history.StepScheduled("top", 1, 1, NOW)
    run = given(plan, history.RunStarted(), begun, broke).run
    run.marks[plan.index["bottom"]] = Mark.BROKEN

    assert visits_of(plan, run, "top") == 1
    assert visits_of(plan, run, "bottom") == 0


def test_what_depends_on_a_step_is_found_however_far_away():
    plan = diamond()

    assert dependents(plan, "top") == [0, 1, 2, 3]
    assert dependents(plan, "left") == [1, 3]
    done = [Mark.DONE, Mark.DONE, Mark.BROKEN, Mark.SKIPPED]
    assert reset_marks(plan, done, "left") == [Mark.DONE, 0, 0, 0]


def test_a_branch_that_was_not_chosen_stays_passed_by_unless_what_chose_is_reset():
    """Found by the kernel's laws: it ran when something else that it needs was come to again."""
    plan = graph(
        step("ask", branches=("yes", "no")),
        step("other"),
        step("yes", "ask", "other", within="ask"),
        step("no", "ask", "other", within="ask"),
    )
    done = [Mark.DONE, Mark.DONE, Mark.DONE, Mark.SKIPPED]

    assert reset_marks(plan, done, "other") == [Mark.DONE, 0, 0, Mark.SKIPPED]
    assert reset_marks(plan, done, "ask") == [0, Mark.DONE, 0, 0]


# -- keys ------------------------------------------------------------------------------------
def keeping(step_, seen, begun_, keys, visit=1):
    """Ask for the keys of these visits, counted from the first that is to come."""
    return messages.Rewind(step_, visit, seen, keys=keys, begun=begun_)


def test_what_comes_again_has_the_keys_that_it_had_if_they_are_kept():
    scene = given(PLAN, *ENDED)

    made = when(scene, keeping("ask", 1, 2, {"ask": [[1, 1, 1]], "publish": [[1, 1, 1]]}))

    assert made[0].keys == {"ask": [[2, 1, 1]], "publish": [[2, 1, 1]]}
    assert scene.run.keys == made[0].keys


def test_what_is_open_is_the_visit_before_the_one_that_comes():
    scene = given(PLAN, *PUBLISHING)

    made = when(scene, keeping("publish", 1, 2, {"publish": [[1, 1, 1]]}))

    assert made[2].keys == {"publish": [[2, 1, 1]]}


def test_keys_are_not_kept_where_any_step_that_comes_again_has_been_come_to_meanwhile():
    scene = given(PLAN, *ENDED)

    assert begun(PLAN, scene.run, "ask") == 2
    assert when(scene, keeping("ask", 1, 1, {"ask": [[1, 1, 1]]})) == []


def test_a_run_that_goes_back_again_forgets_the_keys_that_it_had_kept():
    scene = given(PLAN, *ENDED)
    when(scene, keeping("ask", 1, 2, {"ask": [[1, 1, 1]]}))

    made = when(scene, messages.Rewind("ask", 2, 2))

    assert (made[-2].keys, scene.run.keys) == (None, {})


def test_a_graph_keeps_the_keys_of_what_does_not_come_again():
    scene = started(graph(step("a"), step("b")))
    for name in ("a", "b"):
        when(scene, report(name, Next()))
    when(scene, keeping("a", 1, 1, {"a": [[1, 1, 1]]}))

    assert when(scene, keeping("b", 1, 1, {"b": [[1, 1, 1]]}))
    assert scene.run.keys == {"a": [[2, 1, 1]], "b": [[2, 1, 1]]}
    assert when(scene, messages.Rewind("b", 2, 2))
    assert scene.run.keys == {"a": [[2, 1, 1]]}


def test_the_keys_of_a_loop_are_those_of_its_visit_to_come():
    scene = spread()

    made = decided(scene, keeping("each", 1, 1, {"each": [[1, 1, 1]], "each[2]": [[1, 1, 7]]}))

    assert made[-1].keys == {"each": [[2, 1, 1]], "each[2]": [[2, 1, 7]]}


# -- forks -----------------------------------------------------------------------------------
FORK = messages.Fork("run_0", "publish", 3, "", "ann", "try it")


def test_a_fork_begins_where_another_run_stood():
    scene = given(PLAN)

    assert when(scene, FORK) == [
        history.RunForked("run_0", "publish", 3, "", "ann", "try it", NOW + 500),
        history.StepScheduled("publish", 1, 1, NOW),
    ]


def test_the_fork_of_a_graph_has_what_was_done():
    scene = given(diamond())

    made = when(scene, messages.Fork("run_0", "left", 1, "11"))  # top and right are done

    assert [event.step for event in made[1:]] == ["left"]


@pytest.mark.parametrize(
    ("then", "told"), [(BEGUN, FORK), ((), messages.Fork("run_0", "nowhere", 1))]
)
def test_only_a_run_that_is_to_begin_can_be_a_fork(then, told):
    assert when(given(PLAN, *then), told) == []


def test_a_loop_that_is_open_has_the_visit_that_it_began_with():
    scene = spread()

    assert visits_of(scene.plan, scene.run, "each") == 1
    made = decided(scene, messages.Rewind("each", 1, 1))
    assert made[:3] == [
        history.AttemptStopped("each[0]", 1, 1),
        history.AttemptStopped("each[1]", 1, 1),
        history.ScopeStopped("each", 1),
    ]


def test_what_is_open_elsewhere_goes_on():
    scene = started(graph(step("a"), step("b")))

    assert [event.step for event in decided(scene, messages.Rewind("a", 1, 1))] == ["a", "a"]
