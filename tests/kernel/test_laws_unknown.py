"""The law of steps that are run at most once, whatever happens to their runs."""

from hypothesis import given

from perdure.kernel import history
from perdure.kernel.paths import plan_name
from tests.kernel.stories import Story, stories


@given(stories())
def test_a_step_run_at_most_once_is_run_again_only_if_it_was_not_done(story: Story):
    """Any other attempt of the visit asks first: what the answer leads to is the body's affair."""
    said: set[tuple[str, int]] = set()
    for event in story.events:
        if type(event) is history.OutcomeSettled and event.outcome == "not_done":
            said.add((event.step, event.visit))
        elif type(event) is history.StepScheduled and event.attempt > 1:
            visit = (event.step, event.visit)
            assert visit in said or not story.plan.step(plan_name(event.step)).at_most_once
            said.discard(visit)


@given(stories())
def test_nobody_is_asked_who_cannot_be(story: Story):
    asked = [e.step for e in story.events if type(e) is history.VerifyScheduled]

    assert all(story.plan.step(plan_name(step)).verify for step in asked)


@given(stories())
def test_only_steps_run_at_most_once_are_ever_unknown(story: Story):
    unknown = [e.step for e in story.events if type(e) is history.OutcomeUnknown]

    assert all(story.plan.step(plan_name(step)).at_most_once for step in unknown)
