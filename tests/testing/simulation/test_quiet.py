"""When a history has come to rest, and what may be left then."""

import pytest

from perdure.kernel import history as h
from perdure.kernel.ways import CHILDREN, Way
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced
from perdure.testing.simulation.quiet import check_rest, restless
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.scenes import ONE_STEP, Scene, birth
from tests.testing.simulation.test_track import tell

GO = '["Signal",0,"go",null,true]'


def rest_of(*events):
    """Return why a run to which this has happened is restless."""
    scene = Scene()
    track = scene.witness.tracks["run-1"] = Track("run-1", ONE_STEP)
    for event in (h.RunStarted(), h.StepScheduled("a", 1, 1, 0.0), *events):
        tell(track, event)
    return restless(scene.inner, scene.witness)


def test_a_run_at_work_is_restless():
    assert "run-1" in rest_of()[0]


@pytest.mark.parametrize(
    "events",
    [
        (h.StepSucceeded("a", 1, 1), h.RunCompleted()),
        (h.StepSucceeded("a", 1, 1), h.WaitBegun("a", 1, "go", None, None, None, None)),
        (h.RunPaused("", ""),),
    ],
)
def test_a_run_that_ended_waits_or_is_paused_rests(events):
    assert rest_of(*events) == []


@pytest.mark.parametrize(
    "events",
    [
        (h.StepSucceeded("a", 1, 1), h.WaitBegun("a", 1, "go", None, 5.0, None, None)),
        (h.StepSucceeded("a", 1, 1), h.SleepBegun("a", 1, 5.0, "a")),
        (h.RunPaused("", ""), h.CancelRequested("", "")),
    ],
)
def test_a_run_with_a_timer_or_under_a_cancel_does_not(events):
    assert rest_of(*events) != []


def test_a_message_that_is_not_applied_leaves_no_rest():
    scene = Scene()
    scene.commit(birth())
    scene.store.put([InboxMade("run-1", GO, None, None)])

    assert "not applied" in restless(scene.inner, scene.witness)[0]


def test_a_broadcast_on_its_way_leaves_no_rest():
    scene = Scene()
    scene.store.announce(Announced("go", GO, None, None, None, 0.0))

    assert restless(scene.inner, scene.witness) == ["broadcasts [1] are half delivered"]


def test_the_job_of_a_dead_worker_must_not_be_left():
    scene = Scene()
    row = scene.store.join("here", 1, 0.0, 1.0)
    scene.commit(birth(owner=row.id))
    check_rest(scene.inner)
    scene.store.bury(row.id, 5.0, forced=True)

    with pytest.raises(Violation, match="L2"):
        check_rest(scene.inner)


def test_a_wait_for_children_of_whom_none_lives_does_not_rest():
    either = Way(kind=CHILDREN, name="")
    begun = h.WaitBegun("a", 1, "go", None, None, None, None, also=(either,))

    assert rest_of(h.StepSucceeded("a", 1, 1), begun, h.ChildrenAwaited("a", 1, 1)) != []
