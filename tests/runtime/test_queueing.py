"""Attempts go on the queue, or begin at once."""

import pytest

from perdure.kernel import history
from perdure.runtime.queueing import queue
from tests.runtime.scenes import NOW, a_draft, hot_run, machine

PLAN = machine("a")


@pytest.mark.parametrize(
    ("free", "due", "paused", "begins"),
    [
        (True, NOW, False, True),
        (False, NOW, False, False),
        (True, NOW + 1, False, False),
        (True, NOW, True, False),
    ],
)
def test_an_attempt_begins_at_once_if_it_is_due_and_there_is_a_slot(free, due, paused, begins):
    hot, draft = hot_run(PLAN), a_draft(free=free)
    hot.run.paused = paused

    queue(draft, hot, history.StepScheduled("a", 1, 1, due), verify=False)

    (job,) = draft.jobs.values()
    assert (job.host, job.token, job.owner is not None) == ("thread:story@1", begins, begins)
    assert bool(draft.begins) == begins
    assert bool(draft.queued) != begins


def test_a_visit_that_comes_again_has_the_number_of_its_key_with_it():
    hot, draft = hot_run(PLAN), a_draft()
    hot.run.keys = {"a": [[2, 1, 1]]}

    for visit in (2, 3):
        queue(draft, hot, history.StepScheduled("a", visit, 1, NOW), verify=False)

    assert [job.keyed for job in draft.jobs.values()] == [1, None]
    assert [begin.keyed for begin in draft.begins.values()] == [1, None]
