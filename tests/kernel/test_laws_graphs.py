"""What holds for every run of a graph, whatever it is told."""

import pytest
from hypothesis import given

from perdure.kernel import history
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.rewinding import dependents
from perdure.kernel.run import Mark, is_item, unpack_marks
from tests.kernel.stories import Story, stories

pytestmark = pytest.mark.simulation  # so `make nightly` runs many more of them


def outcomes(story: Story):
    """Yield each event with what had become of the steps before it: done, broken or skipped."""
    became: dict[str, str] = {}
    for event in story.events:
        yield event, became
        if is_item(getattr(event, "step", None) or ""):
            continue
        is_well = type(event) is history.ScopeEnded and not event.kind
        if type(event) is history.StepSucceeded or is_well:
            became[event.step] = "done"
        elif type(event) in (history.StepFailed, history.ScopeEnded):
            goes_on = story.plan.step(event.step).continue_on_error
            became[event.step] = "done" if goes_on else "broken"
        elif type(event) is history.StepSkipped:
            became[event.step] = "broken" if event.broken else "skipped"
        elif type(event) is history.RunForked:
            became = forked(story.plan, event)
        elif type(event) in (history.RunRetried, history.RunRewound):
            again = set()
            if type(event) is history.RunRewound and story.plan.kind is PlanKind.GRAPH:
                again = {story.plan.steps[n].name for n in dependents(story.plan, event.step)}
            became = {
                step: fate
                for step, fate in became.items()
                if fate != "broken"
                and (step not in again or stays_passed_by(story.plan, step, fate, again))
            }


def stays_passed_by(plan: Plan, step: str, fate: str, again: set[str]) -> bool:
    """Whether a branch was not chosen, and what chose does not come again."""
    within = plan.step(step).within
    return fate == "skipped" and within is not None and within not in again


def forked(plan: Plan, event: history.RunForked) -> dict[str, str]:
    """Return what had become of the steps of the run that this one was forked from."""
    marks = unpack_marks(event.marks, len(plan.steps))
    words = {Mark.DONE: "done", Mark.SKIPPED: "skipped"}
    named = zip(plan.steps, marks, strict=True)
    return {step.name: words[mark] for step, mark in named if mark in words}


@given(stories())
def test_a_step_of_a_graph_begins_once_all_that_it_needs_is_done(story: Story):
    for event, became in outcomes(story):
        is_begun = type(event) is history.StepScheduled and not is_item(event.step)
        if story.plan.kind is PlanKind.GRAPH and is_begun:
            step = story.plan.step(event.step)
            fates = {became.get(need) for need in step.needs}

            assert fates <= {"done", "skipped"}
            assert fates != {"skipped"}
            assert step.within is None or became[step.within] == "done"
            assert event.step not in became


@given(stories())
def test_a_step_is_broken_by_a_failure_that_it_needed_and_passed_by_only_with_what_it_needs(
    story: Story,
):
    for event, became in outcomes(story):
        if type(event) is history.StepSkipped:
            step = story.plan.step(event.step)
            fates = [became.get(need) for need in step.needs]

            is_passed_by = step.within is not None and step.within not in became
            assert event.broken is ("broken" in fates and not is_passed_by)
            assert event.broken or step.within or set(fates) == {"skipped"}
            assert None not in fates or is_passed_by


@given(stories())
def test_a_graph_ends_as_its_steps_did(story: Story):
    for event, became in outcomes(story):
        if story.plan.kind is PlanKind.GRAPH and type(event) is history.RunCompleted:
            assert set(became) == set(story.plan.index)
            assert "broken" not in became.values()
        if story.plan.kind is PlanKind.GRAPH and type(event) is history.RunFailed:
            assert event.kind == "deadline" or became[event.step] == "broken"


@given(stories())
def test_a_visit_begins_only_where_no_more_work_at_once_than_the_plan_allows(story: Story):
    widest = sum(max(step.window, 1) for step in story.plan.steps)  # a loop's items, and not itself
    most = story.plan.max_parallel or widest
    for told in story.told:
        begun = [event for event in told.events if type(event) is history.StepScheduled]
        assert told.after.working == len(list(told.after.attempts()))
        if any(event.attempt == 1 for event in begun):
            assert told.after.working <= most


@given(stories())
def test_an_item_of_a_loop_ends_once_unless_it_failed_or_was_stopped(story: Story):
    done: set[str] = set()
    for event in story.events:
        if type(event) is history.ScopeBegun:
            done = {path for path in done if not path.startswith(f"{event.step}[")}
        elif type(event) is history.StepSucceeded and is_item(event.step):
            assert event.step not in done
            done.add(event.step)


@given(stories())
def test_no_more_items_of_a_loop_are_open_than_its_window_has(story: Story):
    for told in story.told:
        for path, scope in told.after.scopes.items():
            items = [step for step in told.after.open if step.startswith(f"{path}[")]

            assert len(items) == scope.open <= story.plan.step(path).window
            assert scope.begun <= scope.count


@given(stories())
def test_a_loop_that_ended_well_has_gone_through_all_its_items(story: Story):
    ended: dict[str, set[str]] = {}
    for event in story.events:
        if type(event) is history.ScopeBegun:
            ended[event.step] = set()
        elif type(event) in (history.StepSucceeded, history.StepFailed) and is_item(event.step):
            ended[event.step.partition("[")[0]].add(event.step)
        elif type(event) is history.ScopeEnded and not event.kind:
            assert len(ended[event.step]) == event.count
