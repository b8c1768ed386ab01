"""Hooks of histories: they do all that a hook may do, and the rules see what it may not."""

import random

import pytest

from perdure.kernel import history
from perdure.kernel.directives import Complete, Fail, Goto, Next
from perdure.kernel.plan import Plan, StepPlan
from perdure.testing.simulation.hooks import NAME, HookRules, hook_follows
from perdure.testing.simulation.workload import random_workload

PLAN = Plan(
    workflow="w",
    steps=(StepPlan(name="a"), StepPlan(name=NAME)),
    start="a",
    on_fail=NAME,
)
FAILING = history.RunFailing("a", "oops", "it broke")
FAILED = history.RunFailed("a", "oops", "it broke")
BEGUN = history.StepScheduled(NAME, 1, 1, 0.0)
ENDED = history.StepSucceeded(NAME, 1, 1)


def wrong(*events, plan=PLAN, cancelled=False):
    rules = HookRules()
    found = [rules.check(plan, event, cancelled=cancelled) for event in events]

    assert not any(found[:-1])

    return found[-1]


def test_hooks_of_histories_ask_for_all_that_a_hook_may():
    asked = set()
    for seed in range(120):
        for bodies in random_workload(random.Random(seed)).scripts.values():
            asked |= {type(act.outcome) for act in bodies[NAME].acts} if NAME in bodies else set()

    assert asked == {Next, Goto, Complete, Fail}


def test_a_hook_runs_once_for_a_failure_and_the_run_fails_by_that():
    assert not wrong(FAILING, BEGUN, ENDED, FAILED)
    assert not wrong(FAILING, BEGUN, history.StepFailed(NAME, 1, 1, "x", "y"), FAILED)
    assert not wrong(FAILING, BEGUN, ENDED, history.RunFailed("a", "failed", "undone"))


@pytest.mark.parametrize(
    "events",
    [
        (FAILED,),
        (FAILING, FAILED),
        (FAILING, FAILING),
        (BEGUN,),
        (FAILING, history.StepScheduled("a", 1, 1, 0.0)),
        (FAILING, BEGUN, ENDED, history.RunFailed(NAME, "x", "y")),
        (FAILING, history.RunRecovered()),
        (FAILING, BEGUN, ENDED, FAILED, history.RunRetried(""), BEGUN),
        (history.CancelRequested("", ""), history.CancelRequested("", "")),
        (history.CancelForced("", ""), history.StepScheduled("a", 1, 1, 0.0)),
    ],
)
def test_what_no_run_may_do_is_seen(events):
    assert wrong(*events)


def test_a_run_that_is_retried_goes_on_where_it_failed():
    again = (history.RunRetried(""), history.StepScheduled("a", 2, 1, 0.0))

    assert not wrong(FAILING, BEGUN, ENDED, FAILED, *again)
    assert wrong(FAILING, BEGUN, ENDED, FAILED, again[0], history.StepScheduled("b", 1, 1, 0.0))


def test_a_run_that_is_cancelled_does_not_fail_any_more():
    assert wrong(FAILING, cancelled=True)
    assert not wrong(BEGUN, cancelled=True)


def test_a_failure_that_was_taken_back_may_come_again():
    assert not wrong(FAILING, BEGUN, ENDED, history.RunRecovered(), FAILING)


def test_a_workflow_without_a_hook_simply_fails():
    plain = Plan(workflow="w", steps=(StepPlan(name="a"),), start="a")

    assert not wrong(FAILED, plan=plain)
    assert wrong(FAILING, plan=plain)


@pytest.mark.parametrize(
    ("asked", "rest"),
    [
        (Goto("a"), [history.RunRecovered(9.0), history.Moved("a")]),
        (Complete(), [history.RunRecovered(), history.RunCompleted()]),
        (Fail("no"), [history.RunFailed("a", "failed", "no")]),
        (Next(), [FAILED]),
    ],
)
def test_what_follows_a_hook_is_what_it_asked_for(asked, rest):
    assert hook_follows(5.0, asked, rest, 4.0)
    assert not hook_follows(5.0, asked, [], 4.0)


def test_a_run_without_a_deadline_has_none_after_its_hook():
    assert hook_follows(None, Goto("a"), [history.RunRecovered(), history.Moved("a")], 4.0)
