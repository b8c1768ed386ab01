"""Stories for the kernel's laws: a run, and every message that it was told, sensible or not."""

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from perdure.kernel import history, messages
from perdure.kernel.advance import advance
from perdure.kernel.brood import pack_brood, unpack_brood
from perdure.kernel.evolve import evolve
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.rewinding import begun, reset_marks, visits_of
from perdure.kernel.run import (
    Attempt,
    Joining,
    Run,
    Sleeping,
    Status,
    Unsettled,
    Waiting,
    derive_needs,
    pack_marks,
    unpack_marks,
)
from perdure.kernel.ways import Unfit
from perdure.runtime.returning import keys_since
from tests.kernel.choices import KEYS, SIGNALS, Choices, any_children, any_outcome, any_plan
from tests.kernel.scenes import NOW


@dataclass(frozen=True, slots=True)
class Told:
    """One message: to which run, when, and what came of it."""

    before: Run
    message: messages.Message
    now: float
    events: tuple[history.Event, ...]
    after: Run


@dataclass(slots=True)
class Story:
    """A run and all that it was told so far."""

    plan: Plan
    run: Run = field(default_factory=lambda: Run(id="run_1"))
    now: float = NOW
    told: list[Told] = field(default_factory=list, repr=False)
    signals: int = 0

    def tell(self, message: messages.Message) -> Told:
        before = self.run.copy()
        events = tuple(advance(self.plan, self.run, message, self.now).events)
        self.told.append(Told(before, message, self.now, events, self.run.copy()))
        return self.told[-1]

    @property
    def events(self) -> list[history.Event]:
        return [event for told in self.told for event in told.events]

    def new_signal(
        self, name: str, key: str | None = None, *, addressed: bool = True, **but: Any
    ) -> messages.Signal:
        """Return a signal; now and then one overtakes the one that arrived before it."""
        self.signals += 1
        return messages.Signal(id=self.signals ^ 1, name=name, key=key, addressed=addressed, **but)


def stories() -> st.SearchStrategy[Story]:
    """Return a strategy of stories: any plan, told anything in any order."""
    return st.binary(min_size=240, max_size=240).map(_tell_story)


def _tell_story(data: bytes) -> Story:
    choices = Choices(data)
    plan = any_plan(choices)
    story = Story(plan)
    for _ in range(choices.number(3)):
        story.tell(_any_message(choices, story))
    if choices.happens(6):
        story.tell(_any_fork(choices, plan))
    else:
        if choices.happens(4):
            story.tell(messages.LineUp())
        story.tell(messages.Start(choices.one((None, None, None, NOW + 20.0))))
    _go_on(choices, story, 40)
    return story


def _go_on(choices: Choices, story: Story, count: int) -> None:
    for _ in range(count):
        story.now += choices.one((0.0, 0.0, 5.0, 30.0))
        story.tell(_any_message(choices, story))


def _any_fork(choices: Choices, plan: Plan) -> messages.Fork:
    """Return the fork of a run that was told a few things."""
    source = Story(plan)
    source.tell(messages.Start())
    _go_on(choices, source, choices.number(12))
    step = choices.one(list(plan.index))
    is_graph = plan.kind is PlanKind.GRAPH
    marks = pack_marks(reset_marks(plan, source.run.marks, step)) if is_graph else ""
    return messages.Fork("run_0", step, 1, marks)


def any_rewind(choices: Choices, story: Story) -> messages.Rewind:
    """Return what takes the run back to a step that it has come to, if there is one."""
    plan, run = story.plan, story.run
    seen = {step: visits_of(plan, run, step) for step in plan.index} if story.told else {}
    step = choices.one([step for step, visits in seen.items() if visits] or list(plan.index))
    visit = 1 + choices.number(max(1, seen.get(step, 0)))
    keys = keys_since(plan, story.events, step, visit) if choices.happens(2) else None
    at = seen.get(step, 0) - choices.happens(6)
    return messages.Rewind(step, visit, at, keys=keys, begun=begun(plan, run, step))


def _any_turn(choices: Choices, story: Story) -> messages.Message:
    """Return what has a run wait in line, or begin from there, or go back."""
    if story.run.status is not Status.PENDING:
        return any_rewind(choices, story)
    return messages.Start() if story.run.in_line else messages.LineUp()


def _any_message(choices: Choices, story: Story) -> messages.Message:
    kind = choices.number(19)
    attempts = list(story.run.attempts())
    if kind < 7 and attempts:
        return _any_end(choices, story, *choices.one(attempts), is_lost=kind == 6)
    if kind < 9 and timers(story.run):
        return timers(story.run)[0]
    if kind < 10 and (told := settlements(choices, story)):
        return told[0]
    if kind == 18:
        return _any_turn(choices, story)
    if kind > 15:
        brood = story.run.brood.number - choices.happens(6)
        place = choices.number(4)
        return messages.ChildEnded(f"c{place}", brood, place, not choices.happens(3))
    return _any_interference(kind, choices, story)


def _any_end(
    choices: Choices, story: Story, path: str, entry: Attempt, *, is_lost: bool
) -> messages.Message:
    if is_lost:
        return messages.Lost(path, entry.visit, entry.attempt)
    outcome = any_outcome(choices, story.plan, path)
    children = any_children(choices)
    return messages.Report(path, entry.visit, entry.attempt, outcome, children)


def _any_interference(kind: int, choices: Choices, story: Story) -> messages.Message:
    match kind:
        case 7 | 8 | 9 | 10:
            name, key = choices.one(SIGNALS), choices.one(KEYS)
            kind = "event" if choices.happens(6) else "signal"
            unfit = tuple(Unfit(way, "no") for way in range(3)) if choices.happens(6) else ()
            addressed = choices.happens(2)
            return story.new_signal(name, key, addressed=addressed, kind=kind, unfit=unfit)
        case 11 if story.told:
            return choices.one(story.told).message  # once more, and late
        case 12:
            outcome = any_outcome(choices, story.plan)
            step, visit, attempt = choices.one("abz"), choices.number(3), choices.number(3)
            return messages.Report(step, visit, attempt, outcome)
        case 13:
            return messages.Pause() if choices.happens(3) else messages.Resume()
        case 14:
            asked = messages.CancelNow if choices.happens(3) else messages.Cancel
            return asked() if choices.happens(8) else messages.Fire("", 0, "deadline")
        case _:
            return messages.Retry() if choices.happens(4) else messages.Continue()


def settlements(choices: Choices, story: Story) -> list[messages.Settle]:
    """Return what may be said of the attempts of which nobody knows."""
    return [
        messages.Settle(
            step=path,
            visit=entry.visit,
            attempt=entry.attempt,
            outcome=None if choices.happens(3) else any_outcome(choices, story.plan),
        )
        for path, entry in story.run.open.items()
        if type(entry) is Unsettled
    ]


def timers(run: Run) -> list[messages.Fire]:
    """Return what the run's open timers will tell, due or not."""
    found = [messages.Fire("", 0, "start")] if run.starts_at is not None else []
    for path, entry in run.open.items():
        if type(entry) is Sleeping:
            found.append(messages.Fire(path, entry.visit, "sleep"))
        if type(entry) is Waiting and entry.due is not None:
            found.append(messages.Fire(path, entry.visit, "wait"))
        if type(entry) is Joining and entry.due is not None:
            found.append(messages.Fire(path, entry.visit, "children"))
    return found


def refolded(plan: Plan, events: list[history.Event]) -> Run:
    """Return the run that these events make."""
    run = Run(id="run_1")
    for event in events:
        evolve(plan, run, event)
    return run


def reloaded(plan: Plan, run: Run) -> Run:
    """Return the run that is made of what a store keeps: facts, and nothing that follows."""
    copy = run.copy()
    loaded = Run(
        id=run.id,
        status=run.status,
        paused=run.paused,
        cursor=run.cursor,
        starts_at=run.starts_at,
        in_line=run.in_line,
        deadline=run.deadline,
        failure=run.failure,
        visits=copy.visits,
        keys=copy.keys,
        open=dict(reversed(copy.open.items())),  # rows have an order of their own
        kept=copy.kept,
        marks=unpack_marks(pack_marks(run.marks), len(run.marks)),
        brood=unpack_brood(pack_brood(run.brood)),
        scopes={path: replace(scope, open=0) for path, scope in reversed(run.scopes.items())},
    )
    if run.marks:
        derive_needs(plan, loaded)
    else:
        loaded.working = sum(type(entry) is Attempt for entry in run.open.values())
    return loaded


def standing(run: Run) -> Run:
    """Return a copy whose agenda is in order: two heaps of the same steps may be laid out apart."""
    copy = run.copy()
    copy.ready.sort()
    return copy
