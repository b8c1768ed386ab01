"""What each event writes: the rows of one run in a draft."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.directives import Fail, Failed, Goto, Next, Sleep, Wait
from perdure.kernel.plan import RetryPolicy, StepPlan
from perdure.ports.commit import (
    AttemptEnded,
    InboxMade,
    JobGone,
    JobMade,
    StepEnded,
    TimerGone,
    TimerMade,
    WaitGone,
    WaitMade,
    Written,
)
from perdure.runtime import effects
from perdure.runtime.beside import merge
from perdure.runtime.records import load_events
from perdure.wire.encoding import decode
from tests.runtime.scenes import (
    NOW,
    OWNER,
    a_draft,
    begun,
    done,
    graph,
    hot_run,
    machine,
    reported,
    told,
)

TWICE = RetryPolicy(max_attempts=2, base_delay=10.0)
ASK = machine("ask", "tell")
ERROR = Failed(kind="oops", error="it broke")


def asking(**options):
    """Return a run that waits for `go`, and then goes to `tell`."""
    hot = begun(ASK)
    told(hot, reported("ask", Wait(name="go", then="tell", **options)))
    return hot


def signal(number=5, **options):
    return messages.Signal(id=number, name="go", **options)


# -- the run and its history ----------------------------------------------------------------
def test_every_message_is_one_row_of_history_under_the_next_sequence():
    hot = hot_run(ASK)

    commit = told(hot, messages.Start()).commit

    (row,) = commit.history
    assert row == Written("run_1", 1, NOW, '["Start",null]', row.events)
    assert [type(event) for event in load_events(row.events)] == [
        history.RunStarted,
        history.StepScheduled,
    ]
    assert hot.seq == 1


def test_a_message_from_the_inbox_takes_its_row_with_it():
    hot = begun(ASK)

    commit = told(hot, messages.Pause(), inbox=12).commit

    assert commit.inbox_gone == [("run_1", 12)]


def test_what_is_left_of_a_long_advance_waits_in_the_inbox():
    hot = hot_run(graph(*(StepPlan(name=f"s{n}") for n in range(9))))

    commit = told(hot, messages.Start(), most=4).commit

    assert commit.inbox_made == [InboxMade("run_1", '["Continue"]', None, None)]


def test_a_deadline_is_a_timer_of_the_run():
    hot = hot_run(machine("a", deadline=60.0))

    draft = told(hot, messages.Start())

    assert draft.finish().timers_made == [TimerMade("run_1", "", 0, "deadline", NOW + 60.0, None)]


def test_a_start_that_is_to_come_is_a_timer_of_the_run():
    draft = told(hot_run(ASK), messages.Start(NOW + 60.0))

    assert draft.finish().timers_made == [TimerMade("run_1", "", 0, "start", NOW + 60.0, None)]


# -- attempts -------------------------------------------------------------------------------
def test_an_attempt_with_a_slot_is_born_claimed_and_begins():
    hot = hot_run(ASK, priority=3)

    draft = told(hot, messages.Start())

    assert draft.finish().jobs_made == [
        JobMade("run_1", "ask", 1, 1, 1, OWNER, NOW, "default", 3, "thread:story@1", None)
    ]
    (begin,) = draft.begins.values()
    assert (begin.step, begin.visit, begin.attempt, begin.token) == ("ask", 1, 1, 1)
    assert draft.queued == []


def test_an_attempt_without_a_slot_is_queued_for_whoever_has_one():
    hot = hot_run(ASK)

    draft = told(hot, messages.Start(), a_draft(free=False))

    (job,) = draft.finish().jobs_made
    assert (job.owner, job.token) == (None, 0)
    assert draft.begins == {}
    assert draft.queued == [("thread", NOW)]


def test_a_steps_job_of_a_graph_is_for_any_process():
    hot = hot_run(graph(StepPlan(name="a", lane="async")))

    (job,) = told(hot, messages.Start()).finish().jobs_made

    assert job.host == "async:"


def test_a_step_that_succeeds_leaves_its_row_and_its_context():
    hot = begun(ASK)
    outcome = Goto("tell")
    report = done(hot, "ask", outcome, output='"x"', context='{"n":1}', meta={"model": "m"})

    commit = told(hot, reported("ask", outcome), done=report, token=1).finish()

    row = StepEnded(
        "run_1", "ask", 1, 1, "completed", NOW - 2.0, NOW, '"x"', None, '{"model":"m"}', cpu=0.5
    )
    assert commit.steps == [row._replace(context='#2 -1\n{}{"n":1}')]
    assert commit.jobs_gone == [JobGone("run_1", "ask", 1, 1)]
    assert commit.contexts == [("run_1", '{"n":1}')]
    assert hot.context == '{"n":1}'


def test_a_context_that_did_not_change_is_not_written():
    hot = begun(ASK)
    report = done(hot, "ask", Goto("tell"))

    commit = told(hot, reported("ask", Goto("tell")), done=report, token=1).finish()

    assert commit.contexts == []
    assert commit.steps[0].meta is None


def test_an_attempt_that_failed_is_kept_and_the_next_is_due_after_its_delay():
    hot = begun(machine(StepPlan(name="a", retry=TWICE)))
    report = done(hot, "a", ERROR, error='{"type":"ValueError"}')

    draft = told(hot, reported("a", ERROR), done=report, token=1)

    commit = draft.finish()
    assert commit.attempts == [
        AttemptEnded("run_1", "a", 1, 1, NOW - 2.0, NOW, '{"type":"ValueError"}', 0.5)
    ]
    assert commit.jobs_gone == [JobGone("run_1", "a", 1, 1)]
    (job,) = commit.jobs_made
    assert (job.attempt, job.due, job.owner) == (2, NOW + 10.0, None)
    assert job.token == 1, "an unclaimed job holds the last token given"


def test_a_later_attempt_gets_a_greater_token_when_it_is_claimed():
    hot = begun(machine(StepPlan(name="a", retry=RetryPolicy(max_attempts=9, base_delay=0.0))))

    draft = told(hot, reported("a", ERROR), token=1)

    (job,) = draft.finish().jobs_made
    assert (job.attempt, job.token, job.owner) == (2, 2, OWNER)


def test_an_error_without_a_report_is_told_as_the_kernel_has_it():
    """The worker is gone, so nobody can say more."""
    hot = begun(machine(StepPlan(name="a", retry=TWICE)))

    commit = told(hot, messages.Lost("a", 1, 1), token=1).finish()

    (attempt,) = commit.attempts
    assert attempt.started_at is None
    assert decode(attempt.error)["kind"] == "worker_died"
    assert commit.jobs_gone == [JobGone("run_1", "a", 1, 1)]


def test_an_attempt_that_is_told_lost_by_whoever_has_no_token_takes_its_job_all_the_same():
    hot = begun(machine(StepPlan(name="a", retry=TWICE)))

    commit = told(hot, messages.Lost("a", 1, 1)).finish()

    assert commit.jobs_gone == [JobGone("run_1", "a", 1, None)]
    assert [job.token for job in commit.jobs_made] == [2], "it grows from what was known"


def test_a_report_that_the_kernel_refuses_fails_with_the_kernels_reason():
    """It leads to a step that is not there, so there is no error text of the body's."""
    hot = begun(ASK)
    report = done(hot, "ask", Goto("nowhere"), meta={"model": "m"})

    commit = told(hot, reported("ask", Goto("nowhere")), done=report, token=1).finish()

    (step,) = commit.steps
    assert (step.status, step.meta) == ("failed", '{"model":"m"}')
    assert "nowhere" in decode(step.error)["message"]


def test_a_step_that_failed_for_good_leaves_its_row_and_fails_the_run():
    hot = begun(ASK)
    fatal = Failed(kind="oops", error="it broke", retryable=False)

    commit = told(hot, reported("ask", fatal), done=done(hot, "ask", fatal), token=1).finish()

    (step,) = commit.steps
    assert (step.status, step.meta) == ("failed", None)
    (moved,) = commit.moved
    assert (moved.status, moved.ended_at) == ("failed", NOW)
    assert decode(moved.error) == {"step": "ask", "kind": "oops", "message": "it broke"}


def test_a_skipped_step_of_a_graph_has_a_row_without_a_visit():
    hot = begun(graph(StepPlan(name="a"), StepPlan(name="b", needs=("a",))))

    commit = told(hot, reported("a", Fail("no")), token=1).finish()

    assert commit.steps[1] == StepEnded("run_1", "b", 0, 0, "skipped", None, NOW, None, None, None)


def test_an_attempt_of_a_paused_run_waits_for_its_resumption():
    hot = begun(machine(StepPlan(name="a", retry=RetryPolicy(max_attempts=9, base_delay=0.0))))
    told(hot, messages.Pause())

    paused = told(hot, reported("a", ERROR), token=1)
    resumed = told(hot, messages.Resume())

    (job,) = paused.finish().jobs_made
    assert (job.attempt, job.owner) == (2, None)
    assert resumed.queued == [("thread", NOW)], "who claims is told to look"


def test_a_paused_run_that_is_cancelled_cleans_up_all_the_same():
    hot = begun(machine("a", "undo", on_cancel="undo"))
    told(hot, messages.Pause())

    draft = told(hot, messages.Cancel())

    (job,) = draft.finish().jobs_made
    assert (job.step, job.owner) == ("undo", OWNER)


def test_the_token_of_a_report_is_the_newest_whatever_was_read_before():
    """Its job may have been claimed since the run was read, which moves no sequence."""
    hot = begun(machine(StepPlan(name="a", retry=RetryPolicy(max_attempts=9, base_delay=0.0))))

    draft = told(hot, reported("a", ERROR), token=5)

    (job,) = draft.finish().jobs_made
    assert job.token == 6


# -- sleeps and waits -----------------------------------------------------------------------
def test_a_sleep_is_a_timer_that_says_where_it_leads():
    hot = begun(ASK)

    commit = told(hot, reported("ask", Sleep(30.0, "tell")), token=1).finish()

    assert commit.timers_made == [TimerMade("run_1", "ask", 1, "sleep", NOW + 30.0, "tell")]


def test_a_wait_is_a_row_that_a_signal_finds_by_its_name_and_key():
    hot = begun(ASK)
    wait = Wait(name="go", key="k", then="tell", on_timeout="ask", timeout=9.0)

    commit = told(hot, reported("ask", wait), token=1).finish()

    assert commit.waits_made == [
        WaitMade("run_1", "ask", 1, "signal", "go", "k", NOW + 9.0, "tell", "ask", "story")
    ]
    assert commit.timers_made == [TimerMade("run_1", "ask", 1, "wait", NOW + 9.0, None)]


def test_a_wait_without_a_timeout_has_no_timer():
    hot = begun(ASK)

    commit = told(hot, reported("ask", Wait(name="go", then="tell")), token=1).finish()

    assert commit.timers_made == []


def test_a_signal_takes_the_wait_and_calls_off_its_timeout():
    hot = asking(timeout=9.0)

    commit = told(hot, signal(), inbox=5, payload='{"ok":true}').finish()

    assert commit.waits_gone == [WaitGone("run_1", "ask", 1, "signal", 1)]
    assert commit.timers_gone == [TimerGone("run_1", "ask", 1, "wait")]


def test_a_timeout_takes_the_wait_that_it_ends():
    hot = asking(timeout=9.0, on_timeout="tell")

    commit = told(hot, messages.Fire("ask", 1, "wait"), a_draft(now=NOW + 9.0)).finish()

    assert commit.waits_gone == [WaitGone("run_1", "ask", 1, "signal", 1)]
    assert commit.timers_gone == [TimerGone("run_1", "ask", 1, "wait")]


def test_a_sleep_that_is_over_takes_its_timer():
    hot = begun(ASK)
    told(hot, reported("ask", Sleep(30.0, "tell")), token=1)

    commit = told(hot, messages.Fire("ask", 1, "sleep"), a_draft(now=NOW + 30.0)).finish()

    assert commit.timers_gone == [TimerGone("run_1", "ask", 1, "sleep")]
    assert commit.waits_gone == []


def test_a_step_that_may_come_to_a_wait_says_so_while_it_is_open():
    hot = hot_run(machine(StepPlan(name="a", waits=("go",), coming=("go", "stop")), "b"))

    first = told(hot, messages.Start()).finish()
    then = told(hot, reported("a", Goto("b")), token=1).finish()

    assert [(made.kind, made.name) for made in first.waits_made] == [
        ("coming", "go"),
        ("coming", "stop"),
    ]
    assert then.waits_gone == [WaitGone("run_1", "a", 1, "coming", 0)]


# -- ends -----------------------------------------------------------------------------------
def test_a_cancel_takes_the_job_away_and_asks_the_attempt_to_stop():
    hot = begun(ASK)

    draft = told(hot, messages.Cancel())

    commit = draft.finish()
    assert commit.jobs_gone == [JobGone("run_1", "ask", 1, None)]
    assert draft.stops == [("run_1", "ask", 1)]
    assert commit.moved[0].status == "cancelled"


def test_a_cancel_takes_a_wait_away():
    hot = asking(timeout=9.0)

    draft = told(hot, messages.Cancel())

    commit = draft.finish()
    assert commit.waits_gone == [WaitGone("run_1", "ask", 1, "signal", 1)]
    assert commit.timers_gone == [TimerGone("run_1", "ask", 1, "wait")]
    assert draft.stops == []


def test_steps_of_a_graph_that_broke_keep_their_visits_for_a_retry():
    """A retried step must not use the number, and so the idempotency key, of a failed visit."""
    hot = begun(graph(StepPlan(name="a"), StepPlan(name="b", needs=("a",))))
    failed = told(hot, reported("a", Fail("no")), token=1).finish()

    (job,) = told(hot, messages.Retry()).finish().jobs_made

    assert failed.moved[0].visits == '{"a":1}'
    assert (job.step, job.visit) == ("a", 2)


def test_the_end_of_a_graph_writes_no_visits():
    hot = begun(graph(StepPlan(name="a")))

    commit = told(hot, reported("a", Next()), token=1).finish()

    (moved,) = commit.moved
    assert (moved.status, moved.visits, moved.marks) == ("completed", "", "1")


def test_every_kind_of_event_says_what_it_writes():
    assert set(effects._ROWS) == set(history.Event.__args__)


@pytest.mark.parametrize(
    ("context", "payload", "merged"),
    [
        ("{}", "{}", {}),
        ('{"a":1}', '{"a":{"b":2}}', {"a": {"b": 2}}),
        ('{"a":1}', '{"c":3}', {"a": 1, "c": 3}),
    ],
)
def test_the_top_level_keys_of_a_payload_are_set(context, payload, merged):
    assert decode(merge(context, payload)) == merged
