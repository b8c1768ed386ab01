"""What signals write: their payloads, and those that came before their wait."""

from perdure.kernel import history, messages
from perdure.kernel.directives import Complete, Failed, Goto, Wait
from perdure.kernel.plan import RetryPolicy, StepPlan
from perdure.ports.commit import KeptMade, WaitGone
from perdure.runtime import effects
from perdure.runtime.hotrun import BESIDE
from perdure.wire.encoding import decode
from tests.runtime.scenes import NOW, a_draft, begun, machine, reported, told

TWICE = RetryPolicy(max_attempts=2, base_delay=10.0)
ASK = machine("ask", "tell")
BROUGHT = '@["signal","go",null]\n{"ok":true}'
ERROR = Failed(kind="oops", error="it broke")


def asking(**options):
    """Return a run that waits for `go`, and then goes to `tell`."""
    hot = begun(ASK)
    told(hot, reported("ask", Wait(name="go", then="tell", **options)))
    return hot


def signal(number=5, **options):
    return messages.Signal(id=number, name="go", **options)


# -- what a signal brings -------------------------------------------------------------------
def test_a_payload_goes_into_the_attempt_that_follows():
    hot = asking()

    draft = told(hot, signal(), inbox=5, payload='{"ok":true}')

    (job,) = draft.finish().jobs_made
    assert (job.step, job.payload) == ("tell", BROUGHT)
    (begin,) = draft.begins.values()
    assert begin.payload == BROUGHT
    assert hot.beside is None


def test_a_signal_without_a_payload_brings_nothing():
    hot = asking()

    (job,) = told(hot, signal(), inbox=5).finish().jobs_made

    assert job.payload == '@["signal","go",null]\n'


def test_a_retry_keeps_the_payload():
    hot = begun(machine("ask", StepPlan(name="tell", retry=TWICE)))
    told(hot, reported("ask", Wait(name="go", then="tell")))
    told(hot, signal(), inbox=5, payload='{"ok":true}')

    (job,) = told(hot, reported("tell", ERROR), token=1).finish().jobs_made

    assert (job.attempt, job.payload) == (2, BROUGHT)


def test_a_payload_that_succeeded_does_not_come_again():
    hot = begun(machine("ask", "tell", "end"))
    told(hot, reported("ask", Wait(name="go", then="tell")))
    told(hot, signal(), inbox=5, payload='{"ok":true}')

    (job,) = told(hot, reported("tell", Goto("end")), token=1).finish().jobs_made

    assert job.payload is None


def test_while_a_run_is_paused_the_payload_is_kept_beside_its_context():
    hot = asking()
    told(hot, messages.Pause())

    commit = told(hot, signal(), inbox=5, payload='{"ok":true}').finish()

    assert commit.kept_made == [KeptMade("run_1", 5, BESIDE, None, 1, BROUGHT)]
    assert (hot.beside, hot.beside_kept) == ((5, BROUGHT), True)


def test_it_is_kept_once_whatever_else_happens_to_the_paused_run():
    hot = asking()
    told(hot, messages.Pause())
    told(hot, signal(), inbox=5, payload='{"ok":true}')

    commit = told(hot, signal(6), inbox=6).finish()

    assert [kept.name for kept in commit.kept_made] == ["go"], "not a second time beside it"


def test_a_paused_run_that_goes_on_takes_up_what_was_beside_its_context():
    hot = asking()
    told(hot, messages.Pause())
    told(hot, signal(), inbox=5, payload='{"ok":true}')

    commit = told(hot, messages.Resume()).finish()

    (job,) = commit.jobs_made
    assert job.payload == BROUGHT
    assert commit.kept_gone == [("run_1", 5)]


def test_a_payload_that_ends_a_run_is_merged_into_its_context():
    hot = begun(machine("ask"), context='{"n":1,"ok":false}')
    told(hot, reported("ask", Wait(name="go")))

    commit = told(hot, signal(), inbox=5, payload='{"ok":true}').finish()

    assert decode(commit.contexts[0][1]) == {"n": 1, "ok": True}
    assert commit.moved[0].status == "completed"
    assert commit.kept_made == []


def test_what_a_failed_step_was_given_is_there_for_the_retry_of_its_run():
    hot = asking()
    told(hot, signal(), inbox=5, payload='{"ok":true}')
    fatal = Failed(kind="oops", error="it broke", retryable=False)
    failed = told(hot, reported("tell", fatal), token=1).finish()

    commit = told(hot, messages.Retry()).finish()

    assert failed.kept_made == [KeptMade("run_1", -1, BESIDE, None, 1, BROUGHT)]
    (job,) = commit.jobs_made
    assert (job.step, job.visit, job.payload) == ("tell", 2, BROUGHT)
    assert commit.kept_gone == [("run_1", -1)]


def test_what_a_cancelled_step_was_given_goes_into_the_clean_up():
    """It knows of the signal as the step did."""
    hot = begun(machine("ask", "tell", "undo", on_cancel="undo"))
    told(hot, reported("ask", Wait(name="go", then="tell")))
    told(hot, signal(), inbox=5, payload='{"ok":true}')

    draft = told(hot, messages.Cancel())

    (job,) = draft.finish().jobs_made
    assert (job.step, job.payload) == ("undo", BROUGHT)
    assert draft.stops == [("run_1", "tell", 1)]


# -- signals before their wait --------------------------------------------------------------
def test_a_signal_before_its_wait_is_kept_with_what_it_brought():
    hot = begun(ASK)

    commit = told(hot, signal(key="k"), inbox=5, payload='{"ok":true}').finish()

    assert commit.kept_made == [KeptMade("run_1", 5, "go", "k", 1, '{"ok":true}', 1)]
    assert hot.kept_payloads == {5: '{"ok":true}'}


def test_the_wait_takes_what_was_kept_for_it():
    hot = begun(ASK)
    told(hot, signal(), inbox=5, payload='{"ok":true}')

    commit = told(hot, reported("ask", Wait(name="go", then="tell")), token=1).finish()

    assert commit.kept_gone == [("run_1", 5)]
    (job,) = commit.jobs_made
    assert job.payload == BROUGHT
    assert (commit.waits_made, commit.waits_gone) == ([], []), "it was over as it began"


def test_what_was_kept_and_is_of_no_use_goes():
    hot = begun(ASK)
    told(hot, signal(), inbox=5)

    commit = told(hot, reported("ask", Complete()), token=1).finish()

    assert commit.kept_gone == [("run_1", 5)]
    assert hot.kept_payloads == {}


def test_a_wait_for_children_that_ends_takes_its_row_with_it():
    hot = begun(ASK)
    draft = a_draft()

    effects.write(draft, hot, [history.JoinEnded("ask", 1, met=True)], effects.Cause("[]"))

    assert WaitGone("run_1", "ask", 1, "children", 0) in draft.finish().waits_gone


def test_a_signal_without_a_payload_that_ends_a_run_leaves_its_context_alone():
    hot = begun(machine("ask"), context='{"n":1}')
    told(hot, reported("ask", Wait(name="go")))

    commit = told(hot, signal(), inbox=5).finish()

    assert (commit.moved[0].status, commit.contexts) == ("completed", [])


def test_the_step_after_a_timeout_is_told_so():
    hot = asking(timeout=5.0, on_timeout="tell")

    draft = told(hot, messages.Fire("ask", 1, "wait"), a_draft(now=NOW + 5.0))

    (job,) = draft.finish().jobs_made
    assert (job.step, job.payload) == ("tell", '@["timeout","",null]\n')


def test_a_wait_for_children_whose_time_is_over_goes():
    hot = begun(ASK)
    draft = a_draft()
    ended = history.TimerEnded("ask", 1, "children", fired=True)

    effects.write(draft, hot, [ended], effects.Cause("[]"))

    assert WaitGone("run_1", "ask", 1, "children", 0) in draft.finish().waits_gone
