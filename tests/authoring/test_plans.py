"""Plans as JSON text: they come back whole, and the same shape has the same hash."""

import hashlib
from dataclasses import fields, replace

import pytest

from perdure.authoring.plans import dump, load, seal
from perdure.kernel.plan import NO_RETRY, Plan, PlanKind, RetryPolicy, StepPlan
from perdure.wire.encoding import decode, encode

FULL_STEP = StepPlan(
    name="ask",
    kind="inference",
    retry=RetryPolicy(
        max_attempts=7, base_delay=0.5, max_delay=9.0, backoff_factor=3.0, jitter=0.25
    ),
    timeout=2.5,
    queue="heavy",
    lane="async",
    waits=("approved",),
    coming=("approved", "rejected"),
    then="publish",
    targets=("publish", "ask"),
    continue_on_error=True,
    group="first",
    config='{"model":"gpt-4"}',
    host="function:ask",
    at_most_once=True,
    verify=True,
    formerly=("asks",),
    branches=("publish",),
    within="publish",
    window=3,
    collects=True,
    rests=True,
    windows=(2,),
    collecting=(True,),
)
FULL = Plan(
    workflow="invoice",
    version="3",
    steps=(FULL_STEP, StepPlan(name="publish", needs=("ask",), within="ask", retry=NO_RETRY)),
    start="ask",
    on_fail="publish",
    on_cancel="publish",
    max_parallel=4,
    deadline=600.0,
    keep=3600.0,
    schema='{"type":"object"}',
    output='{"total":"${sum.result}"}',
)
GRAPH = Plan(
    workflow="papers",
    kind=PlanKind.GRAPH,
    steps=(StepPlan(name="b", needs=("a",)), StepPlan(name="a")),
)


@pytest.mark.parametrize("plan", [FULL, GRAPH])
def test_a_plan_comes_back_whole(plan):
    assert load(dump(plan), "") == plan
    assert load(dump(plan), "").kind is plan.kind


def test_every_field_of_a_step_and_a_plan_is_told_in_this_test():
    """A field that is added must be written, or a stored plan would lose it."""
    plain = [
        *(f"step.{f.name}" for f in fields(StepPlan) if getattr(FULL_STEP, f.name) == f.default),
        *(f"plan.{f.name}" for f in fields(Plan) if f.init and getattr(FULL, f.name) == f.default),
    ]

    assert plain == ["step.needs", "plan.kind", "plan.hash"]


def test_a_sealed_plan_has_the_hash_of_its_shape():
    sealed = seal(GRAPH)

    assert sealed.hash.startswith("plan_")
    assert len(sealed.hash) == 37
    assert replace(sealed, hash="") == GRAPH


def test_the_same_shape_has_the_same_hash_and_sealing_again_changes_nothing():
    assert seal(GRAPH).hash == seal(replace(GRAPH)).hash
    assert seal(seal(GRAPH)) == seal(GRAPH)
    assert load(dump(seal(FULL)), seal(FULL).hash) == seal(FULL)


@pytest.mark.parametrize(
    "other",
    [
        replace(FULL, version="4"),
        replace(FULL, deadline=None),
        replace(FULL, steps=(replace(FULL_STEP, timeout=3.0), FULL.steps[1])),
        replace(FULL, steps=(replace(FULL_STEP, retry=NO_RETRY), FULL.steps[1])),
    ],
)
def test_another_shape_has_another_hash(other):
    assert seal(other).hash != seal(FULL).hash


def test_the_hash_is_of_the_text_that_is_stored():
    """So it is the same on every machine, and a store's plans can be checked against it."""
    digest = hashlib.sha256(dump(FULL).encode()).hexdigest()

    assert seal(FULL).hash == f"plan_{digest[:32]}"


def test_what_a_newer_version_added_is_left_alone():
    body = decode(dump(FULL))
    body["new"] = 1
    body["steps"][0]["newer"] = 2

    assert load(encode(body), "") == FULL


def test_a_plan_that_was_stored_is_checked_again():
    """Its needs and its feeds are numbered from its text, not taken from it."""
    loaded = load(dump(GRAPH), "plan_1")

    assert loaded.hash == "plan_1"
    assert loaded.needs == ((1,), ())
    assert loaded.feeds == ((), (0,))


def test_what_has_its_default_is_not_written():
    """So a plan keeps its hash when a later version of perdure knows more fields."""
    assert decode(dump(GRAPH)) == {
        "workflow": "papers",
        "kind": "graph",
        "steps": [{"name": "b", "needs": ["a"]}, {"name": "a"}],
    }
