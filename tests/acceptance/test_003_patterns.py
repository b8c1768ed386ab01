"""Document 003 as printed, its second half: context, patterns, monitoring, the printed test."""

import sys
import unittest
from decimal import Decimal

import pytest

from perdure.compat.django_ai.core import engine
from perdure.compat.django_ai.models import WorkflowRun
from tests.acceptance.documents import blocks, document
from tests.acceptance.test_003 import came_to

ORDER = {
    "order_id": 7,
    "customer_email": "ada@example.org",
    "payment_method": "",
    "total_amount": "0.00",
    "shipping_address": {},
    "steps_completed": [],
    "retry_count": 0,
    "last_error": "",
    "payment_processor_id": "",
    "shipping_tracking_id": "",
}


def test_context_design(printed):
    """S003-03, S003-16, S003-17: typed values come back as they were, and no run shares them."""
    block = printed(308, "decimals")
    block.define()
    names = block.names
    seen = []

    @names["workflow"]("designed")
    class Designed:
        Context = names["OrderContext"]

        @names["step"](start=True)
        def first(self):
            ctx = names["get_context"]()
            ctx.total_amount += Decimal("0.10")
            ctx.steps_completed.append("first")
            return names["goto"](self.second)

        @names["step"]()
        def second(self):
            seen.append(names["get_context"]())
            return names["complete"]()

    runs = [
        engine.start("designed", order_id=7, customer_email="ada@example.org") for _ in range(2)
    ]

    for run in runs:
        assert came_to(run) == (
            "completed",
            ORDER | {"total_amount": "0.10", "steps_completed": ["first"]},
        )
    assert [ctx.total_amount for ctx in seen] == [Decimal("0.10")] * 2
    assert all(isinstance(ctx, names["OrderContext"]) for ctx in seen)


def test_context_access_and_updates(printed):
    """S003-13 to S003-16: attributes, and lists and dicts in place, persist."""
    above = printed(308, "decimals")
    above.define()
    block = printed(331, "updates", OrderContext=above.names["OrderContext"])
    assert block.define("updates") == []

    run = engine.start("updates", order_id=7, customer_email="ada@example.org")

    assert came_to(run) == (
        "completed",
        ORDER
        | {
            "payment_method": "credit_card",
            "steps_completed": ["payment_processed"],
            "shipping_address": {"street": "123 Main St", "city": "Portland", "state": "OR"},
        },
    )


def test_context_in_signal_payloads(printed):
    """S003-31, S003-32: nested values are kept, and the step written next reads them."""
    block = printed(355, "payloads")
    assert block.define("payloads") == []
    run = engine.start("payloads")
    assert came_to(run) == ("waiting", {})

    block.rest()

    assert came_to(run) == (
        "completed",
        {
            "form_data": {"name": "John", "phone": "555-1234"},
            "submission_time": "2025-06-01T00:00:00+00:00",
        },
    )


LOAN = {"application_id": 5, "income_verified": False, "decision": ""}


@pytest.mark.parametrize(
    ("score", "state", "last"),
    [
        (701, "approved", "approved_state"),
        (700, "manual_review", "manual_review_state"),
        (600, "denied", "denied_state"),
    ],
)
def test_state_machine_pattern(printed, score, state, last):
    """S003-20, A003-1: a manual review that is complete completes the run, and denies nothing."""
    (warned,) = printed(380).define()
    assert "manual_review_state: after its wait the run completes" in warned
    run = engine.start("loan_application", application_id=5, credit_score=score)
    if state == "manual_review":
        assert came_to(run)[0] == "waiting"
        engine.signal("manual_review_complete")

    assert came_to(run) == ("completed", LOAN | {"credit_score": score, "state": state})
    assert engine.get().store.steps(run.id)[-1].step == last


@pytest.fixture
def review(printed):
    """Return the names of the human in the loop, and a run that waits for its review."""
    block = printed(425, "reviews")
    (warned,) = block.define()
    assert "escalate_review: after its wait the run completes" in warned
    run = engine.start("document_approval", document_id=5)
    assert came_to(run)[0] == "waiting"
    return block.names, run


DOCUMENT = {"document_id": 5, "reviewer_assigned": "ada@example.org"}


@pytest.mark.parametrize(
    ("approved", "last"), [(True, "approve_document"), (False, "request_revision")]
)
def test_human_in_the_loop_pattern(review, approved, last):
    """S003-29, S003-31, S003-32, S003-34: the start step sends its mail and waits in one return."""
    names, run = review
    assert names["mails"] == [("ada@example.org", 5)]

    names["submit_review"](5, approved, "fine")

    assert came_to(run) == (
        "completed",
        DOCUMENT | {"reviewer_notes": "fine", "approved": approved},
    )
    assert engine.get().store.steps(run.id)[-1].step == last


def test_a_review_that_nobody_makes_is_escalated(review, clock):
    """S003-27, S003-28, S003-33: a timeout's step may wait itself."""
    names, run = review

    clock.advance(days=3)

    assert came_to(run) == ("waiting", DOCUMENT | {"reviewer_notes": "", "approved": False})
    assert run.waiting_signal == "manager_review_completed"
    names["submit_review"](5, approved=True, notes="too late")
    assert came_to(run)[0] == "waiting"
    engine.signal("manager_review_completed", {"approved": True})
    assert came_to(run) == ("completed", DOCUMENT | {"reviewer_notes": "", "approved": True})


def test_a_review_that_comes_while_its_mail_is_sent_is_kept(printed, clock):
    """S003-29, A003-4: the reviewer may answer before the run waits."""
    block = printed(425, "reviews")
    block.define()
    names = block.names
    names["send_review_request_email"] = lambda _reviewer, document: names["submit_review"](
        document, approved=True, notes="at once"
    )

    run = engine.start("document_approval", document_id=5)

    assert came_to(run) == (
        "completed",
        DOCUMENT | {"reviewer_notes": "at once", "approved": True},
    )


@pytest.fixture
def some_runs(printed):
    """Start a run that waits for a signal with a timeout, one that sleeps, and one that failed."""
    printed(425, "reviews").define()
    printed(131, "sleep").define("reminders")
    printed(108, "completion").define("completion")
    waits = engine.start("document_approval", document_id=5)
    sleeps = engine.start("reminders")
    fails = engine.start("completion", all_validations_passed=False)
    return waits, sleeps, fails


def test_workflow_status_checking(printed, some_runs, capsys):
    """S003-47 to S003-50, of which the ORM itself comes with Django."""
    waits, sleeps, fails = some_runs
    block = printed(482, workflow_run_id=waits.id)
    block.define()

    block.rest()

    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["Status: waiting", "Current step: assign_reviewer"]
    assert said[2].startswith("Context data: {'document_id': 5, ")
    assert said[3] == "Failed workflow completion: Validation failed: missing required documents"
    assert sorted(said[4:]) == sorted(
        [
            "Waiting for signal: review_completed",
            f"Will wake at: {waits.refresh().wake_at}",
            f"Will wake at: {sleeps.refresh().wake_at}",
        ]
    )
    assert came_to(fails)[0] == "failed"


def test_manual_workflow_control(printed, some_runs, clock):
    """S003-51, S003-52: cancel, signal, and fire what is due."""
    waits, sleeps, _ = some_runs
    printed(150, "signals").define("signals")
    signalled = engine.start("signals")
    clock.jump(24 * 3600.0)
    block = printed(507, workflow_run_id=waits.id)
    block.define()

    block.rest()

    assert came_to(waits)[0] == "cancelled"
    assert came_to(signalled) == ("waiting", {})  # it waits for another signal
    assert came_to(sleeps) == ("waiting", {"reminders_sent": 2})


def test_testing_workflows(printed, monkeypatch):
    """S003-11, S003-30, S003-53 to S003-55, S003-57, A003-4, A003-5: the test passes as printed."""
    monkeypatch.setitem(sys.modules, "django", None)
    monkeypatch.setitem(sys.modules, "django.test", None)
    printed(44).define()
    block = printed(520, "django_test")
    block.define()

    suite = unittest.defaultTestLoader.loadTestsFromTestCase(block.names["WorkflowTestCase"])
    result = unittest.TestResult()
    suite.run(result)

    assert (result.testsRun, result.failures, result.errors) == (1, [], [])
    (run,) = WorkflowRun.objects.filter(name="order_fulfillment")
    assert came_to(run) == (
        "completed",
        {"order_id": 123, "payment_confirmed": True, "items_reserved": True, "shipped": True},
    )


LEFT_OUT = {
    553: "StateZero's decorator and the framework of its serializers come with the Django parts",
}
TESTED = (
    *(14, 44, 83, 108, 131, 150, 179, 205, 221, 238, 261, 284),
    *(308, 331, 355, 380, 425, 482, 507, 520),
)


def test_every_block_is_run_or_left_out_for_a_reason():
    there = {block.line for block in blocks(document("003"))}

    assert there == {*TESTED, *LEFT_OUT}
    assert all(LEFT_OUT.values())
