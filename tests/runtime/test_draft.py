"""The rows of one batch: what is made and goes again is never written."""

from perdure.kernel import messages
from perdure.kernel.directives import Complete, Fail, Goto, Sleep, Wait
from perdure.kernel.plan import StepPlan
from perdure.kernel.run import Failure, Mark, Run, Sleeping, Status
from perdure.ports.broadcasts import Call
from perdure.ports.commit import Born, JobGone, TimerGone, WaitGone
from perdure.runtime.draft import standing
from tests.runtime.scenes import NOW, a_draft, begun, graph, hot_run, machine, reported, told

AB = machine("a", "b")


def test_an_attempt_that_begins_and_ends_in_one_batch_is_never_on_the_queue():
    """A store deletes before it inserts, so the two must not meet."""
    hot = hot_run(AB)
    draft = told(hot, messages.Start())

    told(hot, reported("a", Goto("b")), draft)

    commit = draft.finish()
    assert commit.jobs_gone == []
    assert [job.step for job in commit.jobs_made] == ["b"]
    assert list(draft.begins) == [("run_1", "b", 1)]


def test_an_attempt_of_before_goes_under_its_token():
    hot = begun(AB)
    draft = a_draft()

    told(hot, reported("a", Goto("b")), draft, token=1)

    assert draft.finish().jobs_gone == [JobGone("run_1", "a", 1, 1)]


def test_what_lies_in_the_mailbox_is_called_for_by_waits_that_are_written():
    """One that is over in its batch calls for nothing any more."""
    hot = begun(AB)
    draft = told(hot, reported("a", Wait(name="go", key="k", then="b")))
    over = Call("run_1", "go", "k", "story", 0.0)
    draft.calls["run_1", "b", 1] = [over]

    (call,) = draft.finish().calls

    assert (call.run, call.name, call.key) == ("run_1", "go", "k")
    assert call is not over


def test_a_wait_that_is_over_in_its_batch_is_never_written():
    hot = begun(AB)
    draft = told(hot, reported("a", Wait(name="go", then="b", timeout=5.0)))

    told(hot, messages.Signal(id=3, name="go"), draft, inbox=3)

    commit = draft.finish()
    assert (commit.waits_made, commit.waits_gone) == ([], [])
    assert (commit.timers_made, commit.timers_gone) == ([], [])


def test_a_signal_that_is_kept_and_taken_in_one_batch_is_never_written():
    hot = begun(AB)
    draft = told(hot, messages.Signal(id=3, name="go"), inbox=3, payload="{}")

    told(hot, reported("a", Wait(name="go", then="b")), draft)

    commit = draft.finish()
    assert (commit.kept_made, commit.kept_gone) == ([], [])


def test_what_was_there_before_the_batch_is_taken_away():
    """A wait with its timer, and a signal that was kept for another one."""
    hot = begun(AB)
    told(hot, messages.Signal(id=3, name="other"), inbox=3)
    told(hot, reported("a", Wait(name="go", timeout=5.0)))

    commit = told(hot, messages.Signal(id=4, name="go"), inbox=4).finish()

    assert commit.waits_gone == [WaitGone("run_1", "a", 1, "signal", 1)]
    assert commit.timers_gone == [TimerGone("run_1", "a", 1, "wait")]
    assert commit.kept_gone == [("run_1", 3)]


def test_of_several_contexts_the_last_one_is_written():
    draft = a_draft()
    draft.contexts["run_1"] = "{}"
    draft.contexts["run_1"] = '{"n":1}'

    assert draft.finish().contexts == [("run_1", '{"n":1}')]


def test_a_run_that_moved_goes_from_its_first_sequence_to_its_last():
    hot = begun(AB)
    draft = told(hot, messages.Pause())
    told(hot, messages.Resume(), draft)

    (moved,) = draft.finish().moved

    assert (moved.old, moved.seq) == (1, 3)
    assert moved.paused == 0


def test_a_run_that_is_born_stands_in_its_first_row_as_it_is_at_the_end_of_the_batch():
    hot = hot_run(machine("a", deadline=60.0))
    draft = a_draft()
    draft.born["run_1"] = (hot, a_birth())
    told(hot, messages.Start(), draft)
    told(hot, reported("a", Wait(name="go")), draft)

    commit = draft.finish()

    (born,) = commit.born
    assert (born.seq, born.status, born.cursor, born.visits) == (2, "waiting", "a", '{"a":1}')
    assert born.deadline is None, "that is the plan's to say"
    assert commit.moved == []


def test_a_run_rests_while_all_that_is_open_waits():
    run = Run(id="r", status=Status.RUNNING, open={"a": Sleeping(1, NOW + 5.0, "a")})

    assert standing(run, NOW)[0] == "waiting"


def test_a_run_that_works_is_running():
    assert standing(begun(AB).run, NOW)[0] == "running"


def test_an_ended_run_says_when_and_why():
    hot = begun(AB)
    (moved,) = told(hot, reported("a", Fail("no"))).finish().moved

    assert (moved.status, moved.ended_at) == ("failed", NOW)
    assert moved.error == '{"step":"a","kind":"failed","message":"no"}'


def test_a_completed_run_has_no_error():
    (moved,) = told(begun(AB), reported("a", Complete())).finish().moved

    assert (moved.status, moved.ended_at, moved.error) == ("completed", NOW, None)


def test_a_live_run_has_no_end():
    (moved,) = told(begun(AB), reported("a", Sleep(5.0))).finish().moved

    assert (moved.status, moved.ended_at, moved.cursor) == ("waiting", None, "a")


def test_a_machine_keeps_how_often_it_came_to_each_step():
    (moved,) = told(begun(AB), reported("a", Goto("a"))).finish().moved

    assert moved.visits == '{"a":2}'


def test_a_graph_keeps_the_visits_that_a_retry_must_not_use_again():
    """Also after the retry has begun: a step may have to wait for its turn, and be loaded again."""
    run = Run(
        id="r",
        status=Status.RUNNING,
        marks=[Mark.DONE, Mark.PENDING],
        visits={"a": 3, "b": 1},
    )

    assert standing(run, NOW)[3] == '{"a":3,"b":1}'


def test_a_graph_that_failed_keeps_all_of_them():
    run = Run(
        id="r",
        status=Status.FAILED,
        marks=[Mark.BROKEN, Mark.BROKEN],
        visits={"a": 1, "b": 2},
        failure=Failure("a", "oops", "it broke"),
    )

    assert standing(run, NOW)[3] == '{"a":1,"b":2}'


def test_a_graph_without_visits_to_keep_keeps_none():
    hot = begun(graph(StepPlan(name="a"), StepPlan(name="b")))

    assert standing(hot.run, NOW)[3] == ""


def test_what_waits_call_for_is_written_where_the_wait_is_still_there_at_the_end():
    draft = a_draft()
    draft.waits["run_1", "ask", 1, "signal"] = []
    draft.calls["run_1", "ask", 1] = ["kept"]
    draft.calls["run_1", "gone", 1] = ["dropped"]

    assert draft.finish().calls == ["kept"]


def a_birth():
    return Born(
        run="run_1", seq=0, namespace="default", workflow="story", version="1", plan="p",
        status="running", cursor=None, marks="", visits="", priority=0, created_at=NOW,
        ended_at=None, error=None, start_key=None, unique_key=None, deadline=None,
    )  # fmt: skip
