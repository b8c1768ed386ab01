"""What the events of hooks make of a run."""

from perdure.kernel import history
from perdure.kernel.run import Failure, Status
from tests.kernel.scenes import LONG, given, machine

STARTED = history.RunStarted()
PLAN = machine("ask", "undo", on_cancel="undo")
HOOKED = machine("ask", "undo", on_fail="undo", deadline=500.0)
FAILING = history.RunFailing("ask", "oops", "it broke")


def test_a_run_that_will_fail_is_at_its_hook_and_knows_why():
    run = given(HOOKED, STARTED, FAILING).run

    assert (run.status, run.cursor) == (Status.RUNNING, "undo")
    assert run.failure == Failure("ask", "oops", "it broke")


def test_a_run_whose_failure_was_taken_back_has_none_and_has_time():
    run = given(HOOKED, STARTED, FAILING, history.RunRecovered(LONG)).run

    assert (run.failure, run.deadline) == (None, LONG)


def test_a_run_that_failed_is_where_it_failed_and_not_at_its_hook():
    run = given(HOOKED, STARTED, FAILING, history.RunFailed("ask", "oops", "it broke")).run

    assert (run.status, run.cursor) == (Status.FAILED, "ask")


def test_a_forced_cancel_leaves_no_clean_up_to_come():
    run = given(PLAN, STARTED, history.CancelRequested("", ""), history.CancelForced("", "")).run

    assert (run.status, run.cursor) == (Status.CANCELLING, None)
