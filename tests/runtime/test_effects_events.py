"""What an event brings to the run that it starts: the first attempt has it, whatever comes before."""

from perdure.kernel import messages
from perdure.kernel.directives import Failed
from perdure.ports.commit import KeptMade
from perdure.runtime.beside import merge
from perdure.runtime.hotrun import BESIDE
from tests.runtime.scenes import a_draft, hot_run, machine, reported, told

PLAN = machine("a")
EVENT = '[{"event_id":"e1"},"e1"]'


def started(*before):
    """Return a run, and the draft in which these messages and then its start were applied."""
    hot = hot_run(PLAN)
    draft = a_draft()
    for message in before:
        told(hot, message, draft)
    told(hot, messages.Start(), draft, inbox=3, payload=EVENT)
    return hot, draft


def test_the_first_attempt_begins_with_the_event():
    _, draft = started()

    (job,) = draft.finish().jobs_made
    assert (job.step, job.payload) == ("a", EVENT)


def test_the_next_attempt_begins_with_it_too():
    hot, _ = started()

    draft = told(hot, reported("a", Failed(kind="oops", error="it broke")))

    (job,) = draft.finish().jobs_made
    assert (job.attempt, job.payload) == (2, EVENT)


def test_it_waits_beside_the_context_of_a_run_that_is_paused():
    hot, draft = started(messages.Pause("someone"))
    commit = draft.finish()
    assert commit.kept_made == [KeptMade("run_1", 3, BESIDE, None, 1, EVENT)]

    draft = told(hot, messages.Resume("someone"))

    (job,) = draft.finish().jobs_made
    assert job.payload == EVENT


def test_what_it_marks_is_in_the_context_of_a_run_that_was_cancelled():
    hot, _ = started()

    draft = told(hot, messages.Cancel("someone"))

    assert draft.finish().contexts == [("run_1", '{"event_id":"e1"}')]


def test_an_event_is_merged_by_what_it_marks():
    assert merge('{"a":1}', EVENT) == '{"a":1,"event_id":"e1"}'
