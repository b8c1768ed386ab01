"""Where a run goes after a wait that does not say so: the cases of document 003, and their error."""

import pytest

from perdure.authoring.steps.continuations import (
    Continuation,
    check_waits,
    completing,
    continuations_of,
    unclear_wait,
)
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, fail, goto, sleep, wait, wait_for_event
from perdure.authoring.steps.edges import edges_of
from perdure.authoring.steps.methods import methods_of
from perdure.errors import DefinitionError


def read(cls):
    methods = methods_of(cls)
    edges = edges_of(methods)
    return methods, edges, continuations_of(methods, edges)


def after(cls, name):
    return read(cls)[2][name]


def refused(cls):
    with pytest.raises(DefinitionError) as error:
        check_waits(*read(cls))
    return str(error.value)


class Form:
    """A wait, then the step written next, to which nothing else leads."""

    @step(start=True)
    def ask(self):
        return wait.for_signal("submitted")

    @step()
    def process(self):
        return complete()


class Loan:
    """003's state machine: the step written after the wait is another branch's."""

    @step(start=True)
    def check(self):
        if self.is_doubtful():
            return goto(self.manual_review)
        return goto(self.denied)

    @step()
    def manual_review(self):
        return wait.for_signal("manual_review_complete")

    @step()
    def denied(self):
        return complete()

    def is_doubtful(self):
        return True


class Approval:
    """003's human in the loop: a wait with a way out, and a wait in that way."""

    @step(start=True)
    def assign(self):
        return wait.for_signal("reviewed", timeout=3, on_timeout="escalate")

    @step()
    def process(self):
        return goto(self.approve) if self else fail("no")

    @step()
    def escalate(self):
        return wait.for_signal("manager_reviewed")

    @step()
    def approve(self):
        return complete()


class Notice:
    """003's wait with a timeout whose handler is written next."""

    @step(start=True)
    def ask(self):
        return wait.for_signal("answered", timeout=7, on_timeout="send_notice")

    @step()
    def send_notice(self):
        return complete(status="expired")


# -- the rule ----------------------------------------------------------------------------------
def test_the_step_written_next_follows_if_nothing_else_leads_to_it():
    """S003-32, A003-1."""
    assert after(Form, "ask") == Continuation("process")
    check_waits(*read(Form))


def test_after_a_wait_in_the_last_step_the_run_completes():
    """A003-1."""
    assert after(Form, "process") == Continuation(None)


def test_a_wait_with_a_way_out_goes_on_with_the_step_written_next():
    """S003-34."""
    assert after(Approval, "assign") == Continuation("process")


@pytest.mark.parametrize(
    ("cls", "name", "why"),
    [
        (Loan, "manual_review", "check also leads to 'denied', written next"),
        (Approval, "escalate", "process also leads to 'approve', written next"),
        (Notice, "ask", "ask also leads to 'send_notice', written next"),
    ],
)
def test_a_step_to_which_something_leads_does_not_follow(cls, name, why):
    """A003-1: the wrong branch is never taken."""
    assert after(cls, name) == Continuation(None, why)


def test_then_and_on_timeout_and_sleep_lead_to_a_step_as_goto_does():
    class Ways:
        @step(start=True)
        def one(self):
            return wait.for_signal("a", then=self.three)

        @step()
        def two(self):
            return wait.for_signal("b")

        @step()
        def three(self):
            return sleep(1, then=self.five)

        @step()
        def four(self):
            return wait.for_signal("c", then=self.five)

        @step()
        def five(self):
            return complete()

    assert after(Ways, "two").unclear == "one also leads to 'three', written next"
    assert after(Ways, "four").unclear == "three and four also lead to 'five', written next"


def test_a_helper_that_leads_to_a_step_counts_if_no_step_does():
    class Helped:
        @step(start=True)
        def ask(self):
            return wait.for_signal("go")

        @step()
        def process(self):
            return complete()

        def restart(self):
            return goto(self.process)

    assert after(Helped, "ask").unclear == "restart also leads to 'process', written next"


def test_the_start_step_does_not_follow():
    class Round:
        @step()
        def ask(self):
            return wait.for_signal("go")

        @step(start=True)
        def begin(self):
            return goto(self.ask)

    assert after(Round, "ask").unclear == "the step written next, 'begin', is the start step"


def test_a_subclasss_steps_do_not_follow_its_bases_last_one():
    class Base:
        @step()
        def approve(self):
            return wait.for_signal("approved")

    class Order(Base):
        @step(start=True)
        def begin(self):
            return goto(self.approve)

        @step()
        def ship(self):
            return complete()

    assert after(Order, "approve").unclear == (
        "it is the last step of Base, and Order has more steps"
    )


# -- the error ---------------------------------------------------------------------------------
def test_an_unclear_wait_is_refused_and_the_line_to_write_is_printed():
    assert refused(Loan) == (
        "Loan.manual_review: it is unclear where the run goes after its wait (check also leads to "
        "'denied', written next). Say it:\n"
        '    return wait.for_signal("manual_review_complete", then=self.STEP)\n'
        "where STEP is one of check, manual_review, denied"
    )


def test_the_printed_line_keeps_the_waits_other_options():
    assert 'wait.for_signal("answered", timeout=..., on_timeout=..., then=self.STEP)' in refused(
        Notice
    )


def test_the_printed_line_leaves_out_a_name_that_is_computed():
    class Computed:
        @step(start=True)
        def ask(self):
            return wait.for_signal(f"go_{self}", timeout=3)

        @step()
        def process(self):
            return goto(self.process)

    assert "wait.for_signal(..., timeout=..., then=self.STEP)" in refused(Computed)


@pytest.mark.parametrize("named", [False, True])
def test_the_printed_line_is_for_an_event_where_the_wait_is(named):
    class Either:
        @step(start=True)
        def ask(self):
            return wait_for_event("paid", timeout=3)

        @step()
        def process(self):
            return goto(self.process)

    class ByAttribute(Either):
        @step(start=True)
        def ask(self):
            return wait.for_event("paid", timeout=3)

        @step()
        def process(self):
            return goto(self.process)

    written = 'wait_for_event("paid", ' if named else 'wait.for_event("paid", '
    cls = Either if named else ByAttribute
    assert f"{written}timeout=..., then=self.STEP)" in refused(cls)


def test_a_wait_that_says_then_is_never_unclear():
    class Said:
        @step(start=True)
        def ask(self):
            return wait.for_signal("go", then=self.late)

        @step()
        def late(self):
            return goto(self.ask)

    check_waits(*read(Said))


def test_a_wait_that_was_not_seen_can_be_told_the_same_when_it_runs():
    assert unclear_wait("why", methods_of(Form)) == (
        "it is unclear where the run goes after its wait (why). Say it:\n"
        "    return wait.for_signal(..., then=self.STEP)\n"
        "where STEP is one of ask, process"
    )


# -- classes that were written for another engine -------------------------------------------------
def test_unclear_waits_may_complete_with_a_warning():
    """A003-1: so all of 003's examples do what their text says."""
    methods, edges, found = read(Approval)
    settled, warnings = completing(methods, edges, found)

    check_waits(methods, edges, settled)
    assert settled["escalate"] == Continuation(None)
    assert settled["assign"] == Continuation("process")
    (warning,) = warnings
    assert warning == (
        "Approval.escalate: after its wait the run completes, because process also leads to "
        "'approve', written next. To go on write then=self.STEP in the wait"
    )
