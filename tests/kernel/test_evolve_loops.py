"""What the events of a loop make of a run."""

import pytest

from perdure.kernel import history
from perdure.kernel.run import Mark
from perdure.kernel.scopes import Scope
from tests.kernel.scenes import NOW, each, happened, spread, started

BEGUN = history.ScopeBegun("each", 1, 1, 4, NOW)
SCOPE = Scope(visit=1, attempt=1, count=4, at=NOW)


def test_a_loop_that_began_is_open_and_its_attempt_is_not():
    run = started(each(), BEGUN).run

    assert (run.open, run.working) == ({}, 0)
    assert (run.scopes, run.hungry, run.finished) == ({"each": SCOPE}, ["each"], [])
    assert run.marks == [Mark.PENDING, Mark.PENDING]


def test_items_are_counted_and_leave_the_agenda_alone_when_the_window_is_full():
    run = spread().run

    assert (run.scopes["each"].begun, run.scopes["each"].open, run.hungry) == (2, 2, [])
    assert run.visits == {}


@pytest.mark.parametrize(
    ("event", "open_", "hungry"),
    [
        (history.StepSucceeded("each[0]", 1, 1), 1, ["each"]),
        (history.StepFailed("each[0]", 1, 1, "oops", "x"), 1, []),
        (history.AttemptStopped("each[0]", 1, 1), 1, ["each"]),
    ],
)
def test_an_item_that_ended_leaves_its_loop_with_one_less(event, open_, hungry):
    run = happened(spread(), event).run

    assert (run.scopes["each"].open, run.hungry) == (open_, hungry)
    assert run.working == 1


def test_a_loop_that_ended_is_done():
    run = started(each(), BEGUN, history.ScopeEnded("each", 1, 1, 4, NOW)).run

    assert (run.scopes, run.marks, run.ready) == ({}, [Mark.DONE, Mark.PENDING], [1])


def test_a_loop_that_failed_is_kept_for_a_retry_and_goes_on_with_it():
    failed = history.ScopeEnded("each", 1, 1, 4, NOW, 0, "oops", "x")
    scene = started(each(), BEGUN, failed)
    assert scene.run.scopes["each"].is_over
    assert scene.run.marks[0] == Mark.BROKEN

    run = happened(scene, history.RunRetried("ann")).run

    assert (run.scopes["each"].visit, run.hungry, run.ready) == (2, ["each"], [])


def test_a_loop_that_was_given_up_leaves_its_visits_number():
    run = started(each(), BEGUN, history.ScopeStopped("each", 1)).run

    assert (run.scopes, run.hungry, run.visits) == ({}, [], {"each": 1})


def test_a_rewind_lets_loops_that_failed_elsewhere_go_on():
    failed = history.ScopeEnded("each", 1, 1, 4, NOW, 0, "oops", "x")
    run = started(each(), BEGUN, failed, history.RunRewound("end", 1, "", "", None)).run

    assert run.scopes["each"].visit == 2


def test_a_loop_in_a_loop_that_ended_is_an_item_that_ended():
    inner = history.ScopeBegun("each[0]", 1, 1, 0, NOW)
    ended = history.ScopeEnded("each[0]", 1, 1, 0, NOW)

    scene = happened(spread(windows=(1,), collecting=(False,)), inner)
    assert list(scene.run.scopes) == ["each", "each[0]"]
    run = happened(scene, ended).run

    assert (list(run.scopes), run.scopes["each"].open) == (["each"], 1)


def test_a_loop_in_a_loop_that_is_given_up_is_not_counted_as_a_visit_of_a_step():
    inner = history.ScopeBegun("each[0]", 1, 1, 0, NOW)

    run = happened(spread(windows=(1,)), inner, history.ScopeStopped("each[0]", 1)).run

    assert (list(run.scopes), run.visits) == (["each"], {})
