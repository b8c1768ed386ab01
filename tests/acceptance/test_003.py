"""Document 003 as printed: each block runs, and each of its runs comes to what the text says.

The numbers are those of the requirements. `test_003_patterns` has the document's second half.
"""

from datetime import timedelta
from itertools import pairwise

import pytest

from perdure.authoring.steps.compiler import WorkflowWarning
from perdure.compat.django_ai.core import engine
from perdure.errors import DefinitionError


def came_to(run):
    """Return the final status and data of a run."""
    run.refresh_from_db()
    return run.status, run.data


def test_basic_workflow_structure(printed):
    """S003-01 to S003-04, S003-06, S003-10, S003-13, S003-14, S003-21."""
    block = printed(14)
    assert block.define() == []

    run = block.rest()["run"]

    assert (run.name, run.status, run.current_step) == (
        "user_onboarding",
        "running",
        "send_welcome_email",
    )
    assert came_to(run) == (
        "completed",
        {"user_id": 123, "email_sent": True, "profile_completed": False},
    )


def test_multi_step_flow(printed):
    """S003-05, S003-12, S003-18."""
    printed(44).define()

    run = engine.start("order_fulfillment", order_id=7)

    assert came_to(run) == (
        "completed",
        {"order_id": 7, "payment_confirmed": True, "items_reserved": True, "shipped": True},
    )


@pytest.mark.parametrize(
    ("total", "way"),
    [
        (1001, ["begin", "process_order", "require_approval", "fulfill_immediately"]),
        (1000, ["begin", "process_order", "fulfill_immediately"]),
    ],
)
def test_navigation_between_steps(printed, total, way):
    """S003-19: a conditional goto."""
    assert printed(83, "navigation").define("navigation") == []

    run = engine.start("navigation", order_total=total)

    assert came_to(run) == ("completed", {"order_total": total})
    assert [step.step for step in engine.get().store.steps(run.id)] == way


def test_completion_merges_its_data(printed):
    """S003-22, A003-6: keys that the Context does not declare are kept."""
    printed(108, "completion").define("completion")

    run = engine.start("completion", all_validations_passed=True)

    assert came_to(run) == (
        "completed",
        {
            "all_validations_passed": True,
            "final_status": "approved",
            "completion_date": "2025-06-01T00:00:00+00:00",
        },
    )


def test_failure_keeps_its_reason(printed):
    """S003-23."""
    printed(108, "completion").define("completion")

    run = engine.start("completion", all_validations_passed=False)

    assert came_to(run) == ("failed", {"all_validations_passed": False})
    assert run.error == "Validation failed: missing required documents"


def test_sleep_and_delays(printed, clock):
    """S003-24, S003-25, A003-2: the same step runs again after its sleep."""
    assert printed(131, "sleep").define("reminders") == []
    run = engine.start("reminders")

    assert came_to(run) == ("waiting", {"reminders_sent": 1})
    assert run.wake_at - clock.utc == timedelta(hours=24)
    clock.advance(hours=23)
    assert came_to(run) == ("waiting", {"reminders_sent": 1})
    clock.advance(hours=1)
    assert came_to(run) == ("waiting", {"reminders_sent": 2})
    clock.advance(hours=24)
    assert came_to(run) == ("completed", {"reminders_sent": 3, "escalated": True})


@pytest.fixture
def waiting(printed):
    """Return the block on signals and a run that waits for the first one."""
    block = printed(150, "signals")
    (warned,) = block.define("signals")
    assert "wait_with_timeout: after its wait the run completes" in warned
    return block, engine.start("signals")


APPROVED = {"approved": True, "notes": "Looks good"}


def test_waiting_for_signals(waiting):
    """S003-26, S003-29, S003-31, S003-32: the run goes on in the step written next."""
    block, run = waiting
    assert came_to(run) == ("waiting", {})
    assert run.waiting_signal == "manager_approval"

    block.rest()

    assert came_to(run) == ("waiting", APPROVED)
    assert (run.current_step, run.waiting_signal) == ("wait_with_timeout", "user_response")


def test_a_wait_that_nothing_follows_completes_the_run(waiting):
    """A003-1, S003-30: the step written next is a timeout's, so no answer leads to it."""
    block, run = waiting
    block.rest()

    engine.signal("user_response")

    assert came_to(run) == ("completed", APPROVED)


def test_a_timeout_leads_to_the_step_that_is_named(waiting, clock):
    """S003-27, S003-28."""
    block, run = waiting
    block.rest()

    clock.advance(days=6, hours=23)
    assert came_to(run) == ("waiting", APPROVED)
    clock.advance(hours=1)
    assert came_to(run) == ("completed", APPROVED | {"status": "expired"})


def test_a_workflow_level_retry_policy(printed):
    """S003-07, S003-42, A003-27: a class without steps is declared, and cannot be started."""
    block = printed(205)
    (warned,) = block.define()
    assert "has no steps" in warned

    policy = block.names["ApiIntegrationWorkflow"]
    with pytest.raises(DefinitionError, match="has no steps"):
        engine.start("api_integration")
    assert policy.__perdure_workflow__ == "api_integration"


def test_that_policy_is_what_the_text_says(printed, clock):
    """S003-43, A003-8: five tries in all, 2, 4, 8 and 16 seconds apart."""
    block = printed(205)
    block.define()
    names = block.names
    tries = []

    with pytest.warns(WorkflowWarning):  # the class itself has no steps
        names["workflow"]("once_more")(names["ApiIntegrationWorkflow"])
    policy = names["Retry"](5, timedelta(seconds=2), timedelta(minutes=5), backoff_factor=2.0)

    @names["workflow"]("api", default_retry=policy)
    class Api:
        @names["step"](start=True)
        def call(self):
            tries.append(clock.utc)
            raise ConnectionError("no answer")

    run = engine.start("api")
    clock.advance(minutes=1)

    assert came_to(run) == ("failed", {})
    assert run.error == "ConnectionError: no answer"
    assert [(b - a).total_seconds() for a, b in pairwise(tries)] == [2, 4, 8, 16]


def test_a_step_level_retry_that_succeeds(printed, clock):
    """S003-08, S003-44."""
    block = printed(221, "retry", answers=[500, 502, 200])
    assert block.define("api_step") == []
    run = engine.start("api_step", endpoint="/orders")

    assert run.refresh().status == "waiting"
    clock.advance(minutes=1)

    assert came_to(run) == (
        "completed",
        {"endpoint": "/orders", "api_response": {"status": 200, "items": [1, 2]}},
    )
    assert block.names["calls"] == ["/orders"] * 3


def test_a_step_level_retry_that_is_exhausted(printed, clock):
    """S003-08, S003-46, A003-8: ten tries in all."""
    block = printed(221, "retry", answers=[])
    block.define("api_step")
    run = engine.start("api_step", endpoint="/orders")

    clock.advance(hours=1)

    assert came_to(run) == ("failed", {"endpoint": "/orders", "api_response": None})
    assert run.error == "Exception: API call failed: 503"
    assert len(block.names["calls"]) == 10


@pytest.mark.parametrize(
    ("outcomes", "data", "tries"),
    [
        ([7], {"operation_result": 7, "error_details": "", "way": "success"}, 1),
        (["specific"], {"operation_result": 0, "error_details": "specific", "way": "recovered"}, 1),
        (["other", 7], {"operation_result": 7, "error_details": "", "way": "success"}, 2),
    ],
)
def test_graceful_error_handling(printed, clock, outcomes, data, tries):
    """S003-44, S003-45: what is caught leads elsewhere, what is raised is tried again."""
    block = printed(238, "graceful", outcomes=outcomes)
    assert block.define("graceful") == []
    run = engine.start("graceful")

    clock.advance(minutes=1)

    assert came_to(run) == ("completed", data)
    assert len(block.names["calls"]) == tries


def test_what_is_raised_again_and_again_fails_the_run(printed, clock):
    """S003-46, A003-9: three tries, where no policy is given."""
    block = printed(238, "graceful", outcomes=["other"] * 3)
    block.define("graceful")
    run = engine.start("graceful")

    clock.advance(minutes=1)

    assert came_to(run) == ("failed", {"operation_result": 0, "error_details": ""})
    assert run.error == "ConnectionError: other"
