"""What holds for every run that goes back, wherever it stands."""

import pytest
from hypothesis import given

from perdure.kernel import history, messages
from perdure.kernel.evolve import evolve
from perdure.kernel.keys import number_of
from perdure.kernel.rewinding import dependents, visits_of
from perdure.kernel.run import Run, Status
from tests.kernel.choices import Choices
from tests.kernel.stories import Story, any_rewind, stories
from tests.kernel.worlds import BYTES, begin_graph, count, go_on_fairly, work

pytestmark = pytest.mark.simulation  # so `make nightly` runs many more of them


@given(stories(), BYTES)
def test_a_run_that_goes_back_comes_to_the_step_anew_and_to_its_end(story: Story, data: bytes):
    before = len(story.events)
    told = story.tell(any_rewind(Choices(data), story))
    if not told.events:
        return
    step = told.message.step
    last = visits_of(story.plan, told.before, step)
    go_on_fairly(story)

    after = story.events[before:]
    begun = [e.visit for e in after if type(e) is history.StepScheduled and e.step == step]
    assert begun[0] > last
    assert story.run.status is Status.COMPLETED


@given(BYTES)
def test_a_graph_that_goes_back_does_again_what_depends_on_the_step_and_nothing_else(data: bytes):
    world, _ = begin_graph(data)
    work(world, frozenset())
    before = count(world, history.StepSucceeded)
    step = world.choices.one([step for step in world.plan.index if before[step]])
    world.tell(messages.Rewind(step, 1, visits_of(world.plan, world.run, step)))
    work(world, frozenset())

    after = count(world, history.StepSucceeded)
    again = {world.plan.steps[number].name for number in dependents(world.plan, step)}
    assert world.run.status is Status.COMPLETED
    for name in world.plan.index:
        assert after[name] == before[name] * (2 if name in again else 1)


@given(stories())
def test_two_visits_have_one_key_only_where_keys_were_kept_between_them(story: Story):
    run = Run(id="run_1")
    used: dict[tuple[str, int], int] = {}
    moment, kept_at = 0, 0
    for moment, event in enumerate(story.events):
        evolve(story.plan, run, event)
        if type(event) is history.RunRewound and event.keys is not None:
            kept_at = moment
        if type(event) is history.StepScheduled and event.attempt == 1:
            number = number_of(run.keys, event.step, event.visit)

            assert number == event.visit or kept_at
            assert used.get((event.step, number), -1) < kept_at or is_again(story, event, moment)
            used[event.step, number] = moment


def is_again(story: Story, event: history.StepScheduled, moment: int) -> bool:
    """Whether the visit stands for one before it that failed, or was stopped, and was retried."""
    before = story.events[:moment]
    return any(
        type(other) in (history.StepFailed, history.AttemptStopped, history.ScopeEnded)
        and other.step == event.step
        for other in before
    )
