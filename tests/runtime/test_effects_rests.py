"""What the events of a graph's visits write that rest."""

from perdure.ids import child_id
from perdure.kernel import messages
from perdure.kernel.directives import Failed, Join, Sleep, Wait
from perdure.kernel.plan import StepPlan
from perdure.ports.woken import Woken, rested_since, unpack_woken
from perdure.runtime.packing import dump_scopes
from perdure.runtime.records import dump_message
from tests.runtime.scenes import NOW, begun, graph, reported, told

PLAN = graph(StepPlan(name="rest", rests=True), StepPlan(name="other"))


def resting(outcome, children=0):
    """Return a run of which a step rests, and what that wrote."""
    hot = begun(PLAN)
    message = messages.Report("rest", 1, 1, outcome, children)
    return hot, told(hot, message, token=1)


def goes_on(draft):
    """Return the job that a visit goes on with: its attempt, what it is told, and since when."""
    (job,) = (made for made in draft.jobs.values() if made.step == "rest")
    woken, payload = unpack_woken(job.payload)
    return job.attempt, woken, payload, rested_since(job.payload)


def test_an_attempt_whose_visit_rests_takes_its_job_and_stands_in_the_runs_row():
    hot, draft = resting(Sleep(5.0))

    commit = draft.finish()

    assert [(job.step, job.token) for job in commit.jobs_gone] == [("rest", 1)]
    assert commit.moved[0].scopes == dump_scopes({}, hot.run.rests)
    assert [(made.kind, made.due) for made in commit.timers_made] == [("sleep", NOW + 5)]
    assert commit.steps == []


def test_a_visit_that_has_slept_is_told_so():
    hot, _ = resting(Sleep(0.0))

    draft = told(hot, messages.Fire("rest", 1, "sleep"))

    assert goes_on(draft) == (2, Woken("sleep"), None, NOW)
    assert hot.beside is None


def test_a_visit_is_told_of_the_signal_or_that_its_time_is_up():
    hot, _ = resting(Wait(name="ok", timeout=0.0))
    draft = told(hot, messages.Signal(id=4, name="ok"), inbox=4, payload='{"a":1}')
    late, _ = resting(Wait(name="ok", timeout=0.0))
    other = told(late, messages.Fire("rest", 1, "wait"))

    assert goes_on(draft) == (2, Woken("signal", "ok"), '{"a":1}', NOW)
    assert goes_on(other) == (2, Woken("timeout"), None, NOW)


def test_an_attempt_that_goes_on_and_fails_leaves_nothing_for_others():
    for end in (
        messages.Report("rest", 1, 2, Failed(kind="x", error="y", retryable=False)),
        messages.Rewind("rest", 1, 1),
    ):
        hot, _ = resting(Sleep(0.0))
        told(hot, messages.Fire("rest", 1, "sleep"))
        told(hot, end)
        assert hot.beside is None


def test_a_child_that_is_not_waited_for_any_more_is_called_off():
    hot, _ = waiting_for_a_child()

    draft = told(hot, messages.Rewind("rest", 1, 1))

    (mail,) = draft.commit.mail
    why = f"its parent {hot.run.id} does not wait for it any more"
    assert mail.to == child_id(hot.run.id, "rest", 1, 0)
    assert mail.message == dump_message(messages.Cancel("parent", why))
    assert draft.commit.called_off == []


def waiting_for_a_child():
    hot = begun(PLAN)
    return hot, told(hot, reported("rest", Join()), token=1)


def test_a_visit_is_told_that_its_child_has_ended():
    hot, _ = waiting_for_a_child()

    draft = told(hot, messages.ChildEnded("child", hot.run.rests["rest"].brood, 0, ok=True))

    assert goes_on(draft) == (2, Woken("children"), None, NOW)
