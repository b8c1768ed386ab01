"""Loops over items: what comes of each, and what the run does about it."""

import pytest

from perdure.kernel import history, loops, messages
from perdure.kernel.directives import Fail, Next, Spread
from perdure.kernel.rewinding import visits_of
from perdure.kernel.run import Mark, Status, derive_needs
from tests.kernel.scenes import (
    NOW,
    TWICE,
    each,
    error,
    graph,
    report,
    spread,
    started,
    step,
    when,
)

FATAL = error(retryable=False)


def begun(events):
    return [event.step for event in events if type(event) is history.StepScheduled]


def test_a_loop_opens_as_many_items_as_its_window_has():
    scene = started(each())

    made = when(scene, report("each", Spread(4, 2)))

    assert made == [
        history.ScopeBegun("each", 1, 1, 4, NOW, 2),
        history.StepScheduled("each[0]", 1, 1, NOW),
        history.StepScheduled("each[1]", 1, 1, NOW),
    ]
    assert scene.run.working == 2
    assert visits_of(scene.plan, scene.run, "each") == 1


def test_each_item_that_ends_lets_the_next_one_begin_and_the_last_one_ends_the_loop():
    scene = spread(3)

    assert begun(when(scene, report("each[1]", Next()))) == ["each[2]"]
    assert begun(when(scene, report("each[2]", Next()))) == []
    made = when(scene, report("each[0]", Next()))
    assert made[1:] == [
        history.ScopeEnded("each", 1, 1, 3, NOW),
        history.StepScheduled("end", 1, 1, NOW),
    ]
    assert not scene.run.scopes
    assert scene.run.marks == [Mark.DONE, Mark.PENDING]


def test_a_loop_over_nothing_ends_at_once():
    made = when(started(each()), report("each", Spread(0)))

    assert made[1] == history.ScopeEnded("each", 1, 1, 0, NOW)


def test_no_more_items_are_open_than_the_plan_allows_steps():
    scene = spread(most=1)

    assert scene.run.working == 1
    assert begun(when(scene, report("each[0]", Next()))) == ["each[1]"]


def test_an_item_is_tried_again_like_any_step():
    scene = spread(retry=TWICE)

    assert when(scene, report("each[0]", error()))[-1] == (
        history.StepScheduled("each[0]", 1, 2, NOW + 10)
    )
    assert when(scene, messages.Lost("each[1]", 1, 1))[-1].attempt == 2
    assert scene.run.scopes["each"].open == 2


def test_a_failed_item_fails_the_loop_when_what_is_open_has_ended():
    scene = spread()

    assert begun(when(scene, report("each[0]", FATAL))) == []
    made = when(scene, report("each[1]", Next()))

    assert made[1] == (history.ScopeEnded("each", 1, 1, 4, NOW, 0, "oops", "item 0: oops happened"))
    assert made[2:] == [
        history.StepSkipped("end", broken=True),
        history.RunFailed("each", "oops", "item 0: oops happened"),
    ]


def test_a_run_goes_on_after_a_loop_that_may_fail():
    scene = spread(1, continue_on_error=True)

    made = when(scene, report("each[0]", FATAL))

    assert begun(made) == ["end"]
    assert not scene.run.scopes


def test_where_failures_are_collected_the_loop_goes_on():
    scene = spread(3, collects=True)

    assert begun(when(scene, report("each[0]", FATAL))) == ["each[2]"]
    when(scene, report("each[1]", Next()))
    assert when(scene, report("each[2]", Fail("no")))[1].kind == ""


def test_a_retry_of_the_run_does_the_rest_and_no_item_twice():
    scene = spread()
    when(scene, report("each[0]", Next()))
    when(scene, report("each[1]", FATAL))
    when(scene, report("each[2]", Next()))
    assert scene.run.status is Status.FAILED

    made = when(scene, messages.Retry())

    assert made[1:] == [
        history.StepScheduled("each[1]", 2, 1, NOW),
        history.StepScheduled("each[3]", 2, 1, NOW),
    ]
    when(scene, report("each[3]", Next(), visit=2))
    assert when(scene, report("each[1]", Next(), visit=2))[1] == (
        history.ScopeEnded("each", 2, 1, 4, NOW)
    )
    assert scene.run.visits == {"each": 2}


def test_a_run_that_was_out_of_time_goes_on_with_the_items_that_were_stopped():
    plan = graph(step("each", window=2), deadline=50.0)
    scene = started(plan)
    scene.run.deadline = NOW
    when(scene, report("each", Spread(3)))
    when(scene, messages.Fire("", 0, "deadline"), NOW + 60)
    assert scene.run.status is Status.FAILED

    assert begun(when(scene, messages.Retry())) == ["each[0]", "each[1]"]
    assert scene.run.open["each[0]"].visit == 2


def test_a_cancel_stops_the_items_and_gives_the_loop_up():
    scene = spread()

    made = when(scene, messages.Cancel())

    assert made == [
        history.CancelRequested("", ""),
        history.AttemptStopped("each[0]", 1, 1),
        history.AttemptStopped("each[1]", 1, 1),
        history.ScopeStopped("each", 1),
        history.RunCancelled(),
    ]
    assert (scene.run.scopes, scene.run.hungry) == ({}, [])


def test_a_rewind_gives_up_the_loop_and_comes_to_it_in_a_new_visit():
    scene = spread()

    made = when(scene, messages.Rewind("each", 1, 1))

    assert [type(event) for event in made[:3]] == [
        history.AttemptStopped,
        history.AttemptStopped,
        history.ScopeStopped,
    ]
    assert made[-1] == history.StepScheduled("each", 2, 1, NOW)
    assert begun(when(scene, report("each", Spread(1), visit=2))) == ["each[0]"]
    assert scene.run.open["each[0]"].visit == 2


def test_a_rewind_elsewhere_lets_a_loop_that_failed_go_on():
    scene = started(graph(step("a"), step("each", window=1)))
    when(scene, report("a", Next()))
    when(scene, report("each", Spread(2)))
    when(scene, report("each[0]", FATAL))

    made = when(scene, messages.Rewind("a", 1, 1))

    assert begun(made) == ["a", "each[0]"]


def test_a_pause_lets_no_item_begin():
    scene = spread()
    when(scene, messages.Pause())

    assert begun(when(scene, report("each[0]", Next()))) == []
    assert begun(when(scene, messages.Resume())) == ["each[2]"]


def test_several_loops_take_turns_by_their_names():
    plan = graph(step("b", window=1), step("a", window=2), max_parallel=2)
    scene = started(plan)
    when(scene, report("b", Spread(2)))
    made = when(scene, report("a", Spread(2)))

    assert begun(made) == ["a[0]"]
    assert begun(when(scene, report("b[0]", Next()))) == ["a[1]"]


@pytest.mark.parametrize(
    ("plan", "path", "outcome", "why"),
    [
        (each(), "each", Next(), "step 'each' did not say over how many items it goes"),
        (each(), "each", Spread(-1), "step 'each' is no loop over -1 items"),
        (graph(step("a")), "a", Spread(3), "step 'a' is no loop over 3 items"),
    ],
)
def test_what_a_loop_cannot_ask_for_is_refused(plan, path, outcome, why):
    made = when(started(plan), report(path, outcome))

    assert made[0] == history.StepFailed(path, 1, 1, "invalid_output", why)


def test_an_item_is_no_loop_itself():
    made = when(spread(), report("each[0]", Spread(3)))

    assert made[0].error == "step 'each[0]' is no loop over 3 items"


def test_loops_are_given_up_in_an_order_that_no_loading_changes():
    plan = graph(step("b", window=1), step("a", window=1))
    scene = started(plan)
    when(scene, report("b", Spread(2)))
    when(scene, report("a", Spread(2)))

    assert list(loops.stop(scene.run)) == [
        history.ScopeStopped("a", 1),
        history.ScopeStopped("b", 1),
    ]
    assert list(loops.stop(scene.run, frozenset(["b"]))) == [history.ScopeStopped("b", 1)]


def test_a_rewind_elsewhere_leaves_a_loop_alone_that_goes_on():
    scene = started(graph(step("a"), step("each", window=1)))
    when(scene, report("a", Next()))
    when(scene, report("each", Spread(2)))

    when(scene, messages.Rewind("a", 1, 1))

    assert scene.run.scopes["each"].visit == 1


# -- loops in loops --------------------------------------------------------------------------
def nested(*, collects=False, inner=False, **options):
    """Return a run whose loop goes over two items, each a loop over two; both are counted."""
    scene = started(each(windows=(2,), collecting=(inner,), collects=collects, **options))
    when(scene, report("each", Spread(2)))
    for path in ("each[0]", "each[1]"):
        when(scene, report(path, Spread(2)))
    return scene


def test_an_item_may_be_a_loop_and_ends_with_its_own_items():
    scene = nested()

    assert begun(when(scene, report("each[0][0]", Next()))) == []
    assert when(scene, report("each[0][1]", Next()))[1] == history.ScopeEnded(
        "each[0]", 1, 1, 2, NOW
    )
    when(scene, report("each[1][0]", Next()))
    made = when(scene, report("each[1][1]", Next()))

    assert [event.step for event in made if type(event) is history.ScopeEnded] == [
        "each[1]",
        "each",
    ]
    assert begun(made) == ["end"]
    assert not scene.run.scopes


def test_a_loop_that_failed_fails_the_loop_around_it_and_a_retry_does_the_rest_of_it():
    scene = nested()
    when(scene, report("each[0][0]", Next()))
    when(scene, report("each[0][1]", FATAL))
    for path in ("each[1][0]", "each[1][1]"):
        made = when(scene, report(path, Next()))
    assert scene.run.status is Status.FAILED
    assert "item 0: item 1: oops" in made[-1].error

    made = when(scene, messages.Retry())

    assert begun(made) == ["each[0][1]"]
    assert when(scene, report("each[0][1]", Next(), visit=2))[1].step == "each[0]"
    assert scene.run.scopes == {}


def test_a_loop_around_may_collect_what_failed_within_it():
    scene = nested(collects=True)
    when(scene, report("each[0][0]", FATAL))
    when(scene, report("each[0][1]", Next()))

    assert list(scene.run.scopes) == ["each", "each[1]"]
    within = nested(inner=True)
    for path in ("each[0][0]", "each[0][1]"):
        made = when(within, report(path, FATAL))
    assert made[1] == history.ScopeEnded("each[0]", 1, 1, 2, NOW)


def test_loops_within_are_given_up_with_the_one_around_them():
    scene = nested()

    when(scene, messages.Cancel())

    assert (scene.run.scopes, scene.run.visits) == ({}, {"each": 1})
    again = nested()
    when(again, messages.Rewind("each", 1, 1))
    assert list(again.run.open) == ["each"]
    assert again.run.scopes == {}


def test_all_loops_around_one_go_on_with_it_after_the_runs_time_was_up():
    scene = started(each(windows=(1,), collecting=(False,)))
    when(scene, report("each", Spread(2)))
    when(scene, report("each[0]", Spread(2)))
    scene.run.deadline = NOW
    when(scene, messages.Fire("", 0, "deadline"))

    made = when(scene, messages.Retry())

    assert sorted(begun(made)) == ["each[0][0]", "each[1]"]
    assert {scope.visit for scope in scene.run.scopes.values()} == {2}


def test_what_is_open_of_loops_in_loops_is_counted_when_they_are_loaded():
    scene = nested()
    before = scene.run.copy()

    derive_needs(scene.plan, scene.run)

    assert scene.run == before
