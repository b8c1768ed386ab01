"""What is written of an attempt of which nobody knows, and of what somebody says of it."""

from perdure.kernel import messages
from perdure.kernel.directives import Failed, Goto, Next
from perdure.kernel.plan import StepPlan
from perdure.ports.commit import NEVER, UNSETTLED, VERIFIES, AttemptEnded, JobGone, JobMade
from perdure.runtime.hotrun import restore
from perdure.wire.encoding import decode
from tests.runtime.scenes import NOW, OWNER, a_draft, begun, graph, machine, scene, told

PAY = StepPlan(name="pay", at_most_once=True, coming=("paid",))
ASKED = StepPlan(name="pay", at_most_once=True, verify=True)
LOST = messages.Lost("pay", 1, 1)


def settle(outcome=None, attempt=1):
    return messages.Settle(step="pay", visit=1, attempt=attempt, outcome=outcome, by="ann")


def unknown(plan, **options):
    hot = begun(plan, **options)
    told(hot, LOST, token=1)
    return hot


def test_its_job_stays_and_is_never_due():
    hot = begun(machine(PAY, "ship"), priority=3)

    commit = told(hot, LOST, token=1).finish()

    assert commit.jobs_gone == [JobGone("run_1", "pay", 1, 1)]
    assert commit.jobs_made == [
        JobMade(
            "run_1", "pay", 1, 1, 1, None, NEVER, "default", 3, "thread:story@1", None, UNSETTLED
        )
    ]
    (row,) = commit.attempts
    assert row == AttemptEnded("run_1", "pay", 1, 1, None, NOW, row.error)
    assert decode(row.error)["kind"] == "worker_died"
    assert commit.waits_gone == []
    assert commit.moved[0].status == "waiting"


def test_the_attempt_that_asks_says_so_on_its_row_and_where_it_begins():
    draft = told(begun(machine(ASKED, "ship")), LOST, token=1)

    (job,) = draft.finish().jobs_made
    (begin,) = draft.begins.values()
    assert (job.attempt, job.token, job.owner, job.mode) == (2, 2, OWNER, VERIFIES)
    assert begin.verify


def test_what_was_done_is_merged_into_the_context_and_the_run_goes_on():
    hot = unknown(machine(PAY, "ship"), context='{"n":1}')

    commit = told(hot, settle(Goto("ship")), payload='{"charge":"ch_1"}').finish()

    assert commit.contexts == [("run_1", '{"n":1,"charge":"ch_1"}')]
    assert commit.jobs_gone == [JobGone("run_1", "pay", 1, None)]
    (ended,) = commit.steps
    assert (ended.step, ended.attempt, ended.status, ended.output) == ("pay", 1, "completed", None)
    assert [made.step for made in commit.jobs_made] == ["ship"]


def test_what_the_attempt_began_with_is_merged_as_well():
    hot = unknown(machine(PAY, "ship"))
    hot.payloads["pay"] = '{"card":"visa"}'

    commit = told(hot, settle(Goto("ship"))).finish()

    assert commit.contexts == [("run_1", '{"card":"visa"}')]


def test_of_a_graph_it_is_the_steps_result():
    hot = unknown(graph(PAY))

    commit = told(hot, settle(Next()), payload="7").finish()

    assert [row.output for row in commit.steps] == ["7"]
    assert commit.contexts == []


def test_what_was_not_done_is_queued_again_under_the_next_token():
    hot = unknown(machine(PAY, "ship"))
    hot.payloads["pay"] = '{"card":"visa"}'

    commit = told(hot, settle(), a_draft()).finish()

    assert commit.jobs_gone == [JobGone("run_1", "pay", 1, None)]
    (job,) = commit.jobs_made
    assert (job.attempt, job.token, job.owner, job.mode) == (2, 2, OWNER, 0)
    assert job.payload == '{"card":"visa"}'


def test_what_has_failed_has_its_reason_on_its_row():
    hot = unknown(machine(PAY, "ship"))
    failed = Failed(kind="failed", error="no money", retryable=False)

    commit = told(hot, settle(failed)).finish()

    assert decode(commit.steps[0].error)["message"] == "no money"
    assert commit.moved[0].status == "failed"


def test_a_run_that_is_read_again_is_still_unknown():
    """Also where the next attempt is to ask."""
    plan = machine(ASKED, "ship")
    play = scene(plan, slots=1)
    run = play.start()
    play.process.crew.slots.accepts = False
    play.tell(run, LOST, token=1)
    asks = restore(play.loaded(), plan).run.open["pay"]
    for attempt in (2, 3):
        play.tell(run, messages.Lost("pay", 1, attempt))
    rests = restore(play.loaded(), plan)

    assert (asks.attempt, asks.verify) == (2, True)
    assert rests.run.open == {"pay": rests.run.open["pay"]}
    assert type(rests.run.open["pay"]).__name__ == "Unsettled"
    assert rests.run.working == 0
    assert play.status() == "waiting"


def test_nobody_claims_what_rests():
    play = scene(machine(PAY, "ship"))
    run = play.start()
    play.tell(run, LOST, token=1)

    play.tick(10_000.0)

    assert [work.attempt for work in play.hands.works] == [1]
