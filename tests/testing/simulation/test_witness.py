"""What the witness sees in a store, believing nobody."""

from dataclasses import replace

import pytest

from perdure.kernel import history as h
from perdure.kernel.plan import StepPlan
from perdure.ports.claims import Claim
from perdure.ports.commit import (
    Beat,
    Commit,
    Committed,
    InboxMade,
    JobGone,
    JobMade,
    Moved,
    StepEnded,
    Written,
)
from perdure.ports.executor import Work
from perdure.ports.rows import OwnedJob
from perdure.runtime.records import dump_events
from perdure.testing.simulation.world import Life, Violation
from tests.testing.simulation.scenes import ONE_STEP, Scene, birth

SIGNAL = '["Signal",0,"go",null,true]'


def scene_with_a_claim():
    """Return a scene whose run has its first step claimed, and the claiming incarnation."""
    scene = Scene()
    row = scene.store.join("here", 1, 0.0, 5.0)
    scene.commit(birth(owner=row.id))
    return scene, row.id


def work(token=1, attempt=1):
    return Work(
        "run-1", ONE_STEP, StepPlan(name="a"), "a", 1, attempt, token, "{}", None, lambda *_: {}
    )


def test_a_run_that_is_as_its_history_says_is_right():
    scene = Scene()

    scene.commit(birth())

    assert scene.witness.tracks["run-1"].seq == 1
    scene.witness.end()


def test_rows_that_are_not_what_the_history_folds_to_are_seen():
    with pytest.raises(Violation, match="I21"):
        Scene().commit(birth(events=(h.RunStarted(),)))


def test_an_ended_run_with_open_rows_is_seen():
    events = (h.RunStarted(), h.StepScheduled("a", 1, 1, 0.0), h.RunCompleted())
    made = birth(events=events)
    made.born[0] = made.born[0]._replace(status="completed", ended_at=0.0)

    with pytest.raises(Violation, match=r"I21|L3"):
        Scene().commit(made)


def test_what_is_recorded_before_its_time_is_seen():
    with pytest.raises(Violation, match="I9"):
        Scene().commit(birth(at=5.0))


def test_a_commit_that_is_told_and_not_there_is_seen():
    scene = Scene()

    with pytest.raises(Violation, match="I10"):
        scene.witness.committed(Commit(batch=1, now=0.0), Committed(frozenset(), {"run-9"}))


def test_an_attempt_begins_under_a_durable_claim_of_its_own_process():
    scene, _ = scene_with_a_claim()

    scene.witness.begins(work(), scene.life)

    with pytest.raises(Violation, match="begun twice"):
        scene.witness.begins(work(), scene.life)


@pytest.mark.parametrize("wrong", [{"token": 2}, {"attempt": 2}])
def test_an_attempt_without_a_claim_is_seen(wrong):
    scene, _ = scene_with_a_claim()

    with pytest.raises(Violation, match="I6"):
        scene.witness.begins(work(**wrong), scene.life)


def test_an_attempt_under_somebody_elses_claim_is_seen():
    scene, _ = scene_with_a_claim()

    with pytest.raises(Violation, match="I6"):
        scene.witness.begins(work(), Life("p1.1"))


def test_a_begun_attempt_that_is_handed_back_uncounted_is_seen():
    scene, owner = scene_with_a_claim()
    scene.witness.begins(work(), scene.life)

    with pytest.raises(Violation, match="handed back"):
        scene.store.hand_back([OwnedJob("run-1", "a", 1, 1, 1, owner)])


def test_an_orderly_exit_may_hand_back_what_has_begun():
    scene, owner = scene_with_a_claim()
    scene.witness.begins(work(), scene.life)
    scene.life.leaving = True

    assert scene.store.hand_back([OwnedJob("run-1", "a", 1, 1, 1, owner)]) == 1


def claim_again(scene):
    claim = Claim(owner=99, most=1, hosts=("thread:story@1",), queues=("default",))
    return scene.commit(Commit(batch=9, now=0.0, claim=claim))


def test_a_claim_takes_a_job_under_a_new_token():
    scene = Scene()
    scene.commit(birth())

    claim_again(scene)

    assert scene.witness.tracks["run-1"].claims == {("a", 1, 1, 1): 99}


def test_a_claim_under_a_used_token_is_seen():
    scene, _ = scene_with_a_claim()
    scene.witness.tracks["run-1"].tokens["a", 1] = (1, 1, 7)

    with pytest.raises(Violation, match="I4"):
        scene.witness.wrote(["run-1"])


def test_a_token_that_falls_is_seen():
    scene, _ = scene_with_a_claim()
    scene.witness.tracks["run-1"].tokens["a", 1] = (2, 1, None)

    with pytest.raises(Violation, match="fell"):
        scene.witness.wrote(["run-1"])


def test_the_report_of_an_old_claim_is_seen_when_it_counts():
    scene, _ = scene_with_a_claim()
    ended = StepEnded("run-1", "a", 1, 1, "completed", 0.0, 0.0, None, None, '{"token":0}')
    commit = Commit(batch=2, now=0.0, steps=[ended], jobs_gone=[JobGone("run-1", "a", 1, 0)])

    with pytest.raises(Violation, match="I4"):
        scene.witness.committed(commit, Committed(frozenset({"run-1"}), frozenset()))


def a_heartbeat(owner, token=1):
    return Commit(batch=2, now=0.0, beats=[Beat("run-1", "a", 1, token, owner, 1.0, 0.5, None)])


def test_a_heartbeat_counts_under_the_newest_claim():
    scene, owner = scene_with_a_claim()

    scene.commit(a_heartbeat(owner))
    scene.commit(a_heartbeat(owner, token=0))  # the store refuses it

    (job,) = scene.store.load(["run-1"])["run-1"].jobs
    assert job.progress == 0.5


def test_a_heartbeat_that_counts_under_an_old_claim_is_seen():
    scene, owner = scene_with_a_claim()

    with pytest.raises(Violation, match="I5"):
        scene.witness.committed(a_heartbeat(owner, 0), Committed(frozenset(), frozenset()))


def test_heartbeats_that_nobody_gets_to_see_are_seen():
    scene, _ = scene_with_a_claim()
    scene.witness.begins(work(), scene.life)
    scene.world.calm()
    scene.world.run(60.0)
    scene.witness.beats(work())
    scene.world.run(70.0)

    with pytest.raises(Violation, match="nobody sees it"):
        scene.witness.beats(work())


def test_an_accepted_signal_is_there():
    scene = Scene()
    scene.commit(birth())
    (number,) = scene.store.put([InboxMade("run-1", SIGNAL, None, None)])

    scene.witness.accepted("run-1", number)

    with pytest.raises(Violation, match="I7"):
        scene.witness.accepted("run-1", number + 1)


def test_a_signal_that_is_gone_without_a_trace_is_seen():
    scene = Scene()
    scene.commit(birth())
    (number,) = scene.store.put([InboxMade("run-1", SIGNAL, None, None)])

    with pytest.raises(Violation, match="gone without a trace"):
        scene.commit(Commit(batch=2, now=0.0, inbox_done=[number]))


def test_a_signal_to_a_run_that_one_commit_ends_and_retries_may_go_without_a_trace():
    """It came to the run's end, though the run is at work before the commit and after it."""
    scene = Scene()
    scene.commit(birth())
    (number,) = scene.store.put([InboxMade("run-1", SIGNAL, None, None)])
    failed = (h.StepFailed("a", 1, 1, "flaky", "no"), h.RunFailed("a", "flaky", "no"))
    again = (h.RunRetried("someone"), h.StepScheduled("a", 2, 1, 0.0))

    scene.commit(
        Commit(
            batch=2,
            now=0.0,
            moved=[Moved("run-1", 1, 3, "running", 0, "a", "", '{"a":2}', None, None)],
            jobs_gone=[JobGone("run-1", "a", 1, None)],
            jobs_made=[
                JobMade("run-1", "a", 2, 1, 0, None, 0.0, "default", 0, "thread:story@1", None)
            ],
            history=[
                Written("run-1", 2, 0.0, '["Report","a",1,1]', dump_events(failed)),
                Written("run-1", 3, 0.0, '["Retry","someone"]', dump_events(again)),
            ],
            inbox_done=[number],
        )
    )

    assert scene.witness.tracks["run-1"].open_inbox == set()


def test_a_broadcast_that_nobody_waits_for_may_go_without_a_trace():
    scene = Scene()
    scene.commit(birth())
    unaddressed = SIGNAL.replace("true", "false")
    (number,) = scene.store.put([InboxMade("run-1", unaddressed, None, None)])

    scene.commit(Commit(batch=2, now=0.0, inbox_done=[number]))

    assert scene.witness.tracks["run-1"].open_inbox == set()


def test_a_signal_that_is_accepted_twice_is_seen():
    scene = Scene()
    scene.commit(birth())
    scene.store.put([InboxMade("run-1", SIGNAL, '{"said-1":1}', None)])

    with pytest.raises(Violation, match="accepted before"):
        scene.store.put([InboxMade("run-1", SIGNAL, '{"said-1":1}', None)])


def test_an_answer_tells_what_is_durable():
    scene = Scene()
    scene.commit(birth())
    started = (h.RunStarted(), h.StepScheduled("a", 1, 1, 0.0))

    scene.witness.answered("run-1", started)

    with pytest.raises(Violation, match="I10"):
        scene.witness.answered("run-1", (h.RunPaused("", ""),))
    with pytest.raises(Violation, match="I10"):
        scene.witness.answered("run-9", started)


def test_a_history_that_is_changed_afterwards_is_seen_at_the_end():
    scene = Scene()
    scene.commit(birth())
    track = scene.witness.tracks["run-1"]
    track.run.open["a"] = replace(track.run.open["a"], due=7.0)

    with pytest.raises(Violation, match="I21"):
        scene.witness.end()
