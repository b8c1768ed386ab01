"""What every run comes to when it is treated fairly.

A run that does nothing breaks no law of safety, so these ask that it does all it must: workers
take attempts in any order, fail, die and report late, pauses end, and the process is killed
between any two messages. What must come of it is worked out here, apart from the kernel.
"""

from collections import Counter
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdure.kernel import history, messages
from perdure.kernel.directives import Complete, Goto, Outcome, Sleep, Wait
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.kernel.run import Attempt, Sleeping, Status, Waiting
from tests.kernel.choices import RETRIES, Choices
from tests.kernel.fates import fates
from tests.kernel.stories import Story, stories
from tests.kernel.worlds import (
    BYTES,
    PATIENCE,
    World,
    begin_graph,
    count,
    go_on_fairly,
    work,
)

pytestmark = pytest.mark.simulation  # so `make nightly` runs many more of them


@given(BYTES)
def test_every_step_of_a_graph_is_done_or_failed_or_skipped_as_it_must_be(data: bytes):
    world, hopeless = begin_graph(data)
    work(world, hopeless)

    became = fates(world.plan, hopeless)
    for ends, kind in (
        (["succeeded"], history.StepSucceeded),
        (["failed"], history.StepFailed),
        (["broken", "passed"], history.StepSkipped),
    ):
        assert count(world, kind) == {name: 1 for name, how in became.items() if how in ends}
    broken = [n for n, how in became.items() if how == "failed" and not is_optional(world, n)]
    assert world.run.status is (Status.FAILED if broken else Status.COMPLETED)
    assert world.run.failure is None or world.run.failure.step in broken


def is_optional(world: World, name: str) -> bool:
    return world.plan.step(name).continue_on_error


@given(BYTES)
def test_a_failed_graph_that_is_retried_does_the_rest_and_nothing_twice(data: bytes):
    world, hopeless = begin_graph(data)
    work(world, hopeless)
    failed = world.run.status is Status.FAILED
    world.tell(messages.Retry())
    work(world, frozenset())

    assert world.run.status is Status.COMPLETED
    done = count(world, history.StepSucceeded)
    first, wanted = fates(world.plan, hopeless), fates(world.plan, frozenset())
    for name in world.plan.index:
        if first[name] == "passed":
            assert done[name] == 0
        elif wanted[name] == "succeeded" and not is_optional(world, name):
            assert done[name] == 1
    assert sum(type(event) is history.RunRetried for event in world.events) == failed


# -- machines --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Part:
    """What a step of a machine does: some reminders, then on; and how its wait ends, if it waits."""

    reminders: int
    asked: Outcome
    ends_by: str
    leads_to: str | None


@st.composite
def plays(draw) -> tuple[World, dict[str, Part]]:
    """Draw a machine that goes forward, and the part that each of its steps plays."""
    choices = Choices(draw(BYTES))
    names = tuple("abcdef"[: 1 + choices.number(6)])
    steps, parts = [], {}
    for number, name in enumerate(names):
        ahead = names[number + 1 :]
        parts[name], then = any_part(choices, name, ahead)
        steps.append(
            StepPlan(name=name, then=then, coming=(f"to {name}",), retry=choices.one(RETRIES))
        )
    plan = Plan(workflow="play", steps=tuple(steps), start=names[0])
    return World(plan, choices), parts


def any_part(choices: Choices, name: str, ahead: tuple[str, ...]) -> tuple[Part, str | None]:
    """Return a part, and where the plan says that a wait of its step goes on."""
    reminders = choices.number(3)
    ends_by = choices.one(("early", "broadcast", "late", "timeout", "late, in time"))
    first, second = (choices.one(ahead), choices.one(ahead)) if ahead else (None, None)
    kind = choices.number(5) if first else 4
    if kind == 0:
        return Part(reminders, Goto(first), "", first), None
    if kind == 1:
        return Part(reminders, Sleep(30.0, first), "", first), None
    if kind == 4 and not choices.happens(2):
        return Part(reminders, Complete(), "", None), None
    timeout = 20.0 if "time" in ends_by and second else None
    said = first if kind == 2 else None
    asked = Wait(name=f"to {name}", then=said, timeout=timeout, on_timeout=second)
    leads_to = second if ends_by == "timeout" and timeout else first
    return Part(reminders, asked, ends_by, leads_to), None if said else first


def path_of(start: str, parts: dict[str, Part]) -> list[str]:
    """Work out the steps that a machine must come to, reminders and all."""
    path: list[str] = []
    name: str | None = start
    while name is not None:
        path += [name] * (parts[name].reminders + 1)
        name = parts[name].leads_to
    return path


def act(world: World, parts: dict[str, Part], path: str, at: Attempt) -> None:
    """Have a step play its part, once its attempts have had their troubles."""
    part = parts[path]
    world.until(at.due)
    if world.trouble(path, at, world.plan.step(plan_name(path)).retry.max_attempts - 1):
        return
    if at.visit <= part.reminders:
        world.tell(messages.Report(path, at.visit, at.attempt, Sleep(15.0)))
        return
    if part.ends_by in ("early", "broadcast") and type(part.asked) is Wait:
        world.tell(world.signal(f"to {path}", addressed=part.ends_by == "early"))
    world.tell(messages.Report(path, at.visit, at.attempt, part.asked))


def play(world: World, parts: dict[str, Part]) -> None:
    """Play a machine to its end: timers fire when they are due, and signals come as they must."""
    for _ in range(PATIENCE):
        if world.run.ended:
            return
        world.disturb()
        match next(iter(world.run.open.items()), None):
            case (path, Attempt() as at):
                act(world, parts, path, at)
            case (path, Sleeping(visit, due)):
                world.until(due)
                world.tell(messages.Fire(path, visit, "sleep"))
            case (path, Waiting() as wait) if wait.due and parts[path].ends_by == "timeout":
                world.until(wait.due)
                world.tell(messages.Fire(path, wait.visit, "wait"))
            case (path, Waiting()):
                world.tell(world.signal(f"to {path}", addressed=world.choices.happens(2)))
            case None:
                world.tell(messages.Resume())
    raise AssertionError(f"the run is stuck: {world.run}")


@given(plays())
def test_a_machine_comes_to_every_step_that_it_is_led_to_and_to_no_other(drawn):
    world, parts = drawn
    world.tell(messages.Start())
    play(world, parts)

    begun = [e.step for e in world.events if type(e) is history.StepScheduled and e.attempt == 1]
    assert begun == path_of(world.plan.start, parts)
    assert world.run.status is Status.COMPLETED


@given(plays())
def test_a_machine_that_goes_back_to_its_beginning_comes_to_all_of_it_again(drawn):
    """Its visits are new, so there are no reminders any more: they are counted."""
    world, parts = drawn
    world.tell(messages.Start())
    play(world, parts)
    start = world.plan.start
    told = len(world.events)
    world.tell(messages.Rewind(start, 1, world.run.visits[start]))
    play(world, parts)

    begun = [
        e.step for e in world.events[told:] if type(e) is history.StepScheduled and e.attempt == 1
    ]
    quick = {name: replace(part, reminders=0) for name, part in parts.items()}
    assert begun == path_of(start, quick)
    assert world.run.status is Status.COMPLETED


@given(plays())
def test_a_signal_that_nobody_repeats_is_enough_for_its_wait(drawn):
    """Each wait is told its signal once at most, before it or in it, and the run goes on."""
    world, parts = drawn
    world.tell(messages.Start())
    play(world, parts)

    taken = {event.name for event in world.events if type(event) is history.SignalTaken}
    told = Counter(m.name for m in world.told if type(m) is messages.Signal)
    assert all(told[name] == 1 for name in taken)


# -- any run, from anywhere --------------------------------------------------------------------
@given(stories())
def test_whatever_a_run_was_told_it_can_come_to_its_end(story: Story):
    go_on_fairly(story)

    assert story.run.ended


@given(stories())
def test_a_cancel_at_any_time_ends_in_one_clean_up_and_no_other_visit(story: Story):
    if story.run.ended or story.run.status is Status.CANCELLING:
        return
    before = len(story.told)
    story.tell(messages.Cancel("ann"))
    go_on_fairly(story)

    assert story.run.status is Status.CANCELLED
    events = [event for told in story.told[before:] for event in told.events]
    begun = [e.step for e in events if type(e) is history.StepScheduled and e.attempt == 1]
    assert begun == ([story.plan.on_cancel] if story.plan.on_cancel else [])


@given(stories())
def test_a_failed_run_that_is_retried_begins_where_it_failed(story: Story):
    if story.run.status is not Status.FAILED:
        return
    failed = story.run.failure.step
    story.run.paused = False
    told = story.tell(messages.Retry("ann"))

    begun = [e.step for e in told.events if type(e) is history.StepScheduled]
    if story.plan.kind is PlanKind.MACHINE:
        assert begun == [failed]
    assert begun or told.after.ended, "only its verdict was held back by a pause"
    go_on_fairly(story)
    assert story.run.status is Status.COMPLETED
