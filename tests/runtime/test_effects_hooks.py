"""What is written when a hook takes the failure of its run back."""

from perdure.kernel.directives import Failed, Goto
from tests.runtime.scenes import begun, done, machine, reported, told
from tests.runtime.test_beside import told_to_tell


def test_a_run_that_its_hook_takes_back_goes_on_without_what_was_refused_and_in_its_full_time():
    hot, _ = told_to_tell("context_invalid")

    commit = told(hot, reported("undo", Goto("ask")), done=done(hot, "undo", Goto("ask"))).finish()

    assert hot.beside is None
    assert [job.payload for job in commit.jobs_made] == [None]
    assert [timer.kind for timer in commit.timers_made] == ["deadline"]
    assert [signal for _, signal in commit.kept_gone] == [-1]


def test_a_run_without_a_deadline_has_none_when_it_is_taken_back():
    hot = begun(machine("ask", "undo", on_fail="undo"))
    told(hot, reported("ask", Failed(kind="oops", error="", retryable=False)))

    commit = told(hot, reported("undo", Goto("ask"))).finish()

    assert commit.timers_made == []
