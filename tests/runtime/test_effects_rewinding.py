"""Going back and being forked are written; the rules are in `test_rewinds`."""

from perdure.kernel import messages
from perdure.runtime.rewinds import pack_found
from tests.runtime.scenes import begun, hot_run, machine, told

PLAN = machine("a", "b")


def test_a_run_that_goes_back_takes_what_was_brought():
    hot = begun(PLAN)
    told(hot, messages.Rewind("a", 1, 1), payload=pack_found('{"n":5}', None))

    assert hot.context == '{"n":5}'


def test_a_fork_takes_what_was_brought():
    commit = told(hot_run(PLAN), messages.Fork("run_0", "b", 1), payload="{}").finish()

    assert [job.payload for job in commit.jobs_made] == ["{}"]
