"""What the events of a loop write."""

from dataclasses import replace

from perdure.kernel.directives import Failed, Next, Spread
from perdure.kernel.plan import StepPlan
from perdure.runtime.packing import dump_scopes
from perdure.wire.encoding import decode
from tests.runtime.scenes import NOW, begun, done, graph, reported, told

FATAL = Failed(kind="oops", error="it broke", retryable=False)


def looping(count=2, **options):
    """Return a run whose loop has begun, and what that wrote."""
    hot = begun(graph(StepPlan(name="each", window=1, **options)))
    return hot, told(hot, reported("each", Spread(count)), token=1)


def test_a_loop_that_begins_takes_its_job_and_stands_in_the_runs_row():
    hot, draft = looping()

    commit = draft.finish()
    assert [(job.step, job.token) for job in commit.jobs_gone] == [("each", 1)]
    assert [job.step for job in commit.jobs_made] == ["each[0]"]
    assert commit.moved[0].scopes == dump_scopes(hot.run.scopes, {})
    assert commit.steps == []


def test_an_items_result_is_kept_once_and_the_loops_refers_to_it():
    hot, _ = looping(1)

    commit = told(hot, reported("each[0]", Next())).finish()

    assert [(row.step, row.status) for row in commit.steps] == [
        ("each[0]", "completed"),
        ("each", "completed"),
    ]
    assert commit.steps[1].output == '{"items":1}'
    assert commit.moved[0].scopes is None


def test_an_item_that_failed_has_its_error_for_a_result_only_where_that_is_collected():
    results = []
    for collects in (True, False):
        hot, _ = looping(2, collects=collects)
        failed = replace(done(hot, "each", FATAL))
        commit = told(hot, reported("each[0]", FATAL), done=failed).commit
        results.append(commit.steps[0].output)

    assert decode(results[0]) == {"error": {"kind": "oops", "message": "it broke"}}
    assert results[1] is None
    assert commit.steps[0].ended_at == NOW


def test_a_loop_that_failed_in_a_loop_that_collects_has_its_error_for_a_result():
    hot, _ = looping(1, collects=True, windows=(1,), collecting=(False,))
    told(hot, reported("each[0]", Spread(1)))

    commit = told(hot, reported("each[0][0]", FATAL)).finish()

    rows = {row.step: row for row in commit.steps}
    assert rows["each[0][0]"].output is None
    assert decode(rows["each[0]"].output)["error"]["kind"] == "oops"
    assert rows["each"].output == '{"items":1}'
