"""Worlds for the laws of liveness: a run that is treated unkindly, but fairly."""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import strategies as st

from perdure.kernel import history, messages
from perdure.kernel.advance import advance
from perdure.kernel.directives import Complete, Failed
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Attempt, Joining, Run, Sleeping, Status, Unsettled, is_item
from tests.kernel.choices import Choices, any_graph
from tests.kernel.fates import ending_of
from tests.kernel.scenes import NOW
from tests.kernel.stories import Story, reloaded

PATIENCE = 600
"""So many messages are more than any of these runs needs."""

BYTES = st.binary(min_size=300, max_size=300)


@dataclass(slots=True)
class World:
    """A run in an unkind but fair world."""

    plan: Plan
    choices: Choices
    run: Run = field(default_factory=lambda: Run(id="run_1"))
    now: float = NOW
    events: list[history.Event] = field(default_factory=list)
    told: list[messages.Message] = field(default_factory=list)
    signals: int = 0

    def tell(self, message: messages.Message) -> None:
        """Tell a message in small portions, with crashes and repeats between them."""
        self.told.append(message)
        more = True
        while more:
            if self.choices.happens(6):
                self.run = reloaded(self.plan, self.run)
            advanced = advance(self.plan, self.run, message, self.now, most=2)
            self.events += advanced.events
            message, more = messages.Continue(), advanced.more

    def disturb(self) -> None:
        """Do something that changes nothing in the end."""
        match self.choices.number(8):
            case 5:
                self.tell(messages.Resume() if self.run.paused else messages.Pause())
            case 6:
                old = self.choices.one(self.told)
                if type(old) is not messages.Signal:
                    self.tell(old)
            case 7:
                self.tell(self.signal("nobody", addressed=self.choices.happens(2)))

    def signal(self, name: str, *, addressed: bool = True) -> messages.Signal:
        self.signals += 1
        return messages.Signal(id=self.signals, name=name, addressed=addressed)

    def until(self, moment: float | None) -> None:
        self.now = max(self.now, moment or 0.0)

    def trouble(self, path: str, at: Attempt, allowed: int) -> bool:
        """Have an attempt fail or its worker die, if the step can still afford it."""
        if at.attempt > allowed or not self.choices.happens(3):
            return False
        if self.choices.happens(2):
            self.tell(messages.Lost(path, at.visit, at.attempt))
        else:
            failed = Failed(kind="oops", error="it broke")
            self.tell(messages.Report(path, at.visit, at.attempt, failed))
        return True


def count(world: World, kind: type) -> Counter[str]:
    """Return how often steps ended so; a loop that ended well has succeeded."""
    kinds = (kind, history.ScopeEnded) if kind is history.StepSucceeded else (kind,)
    events = [event for event in world.events if type(event) in kinds]
    return Counter(event.step for event in events if not is_item(event.step))


# -- graphs ----------------------------------------------------------------------------------
def work(world: World, hopeless: frozenset[str]) -> None:
    """Have fair workers go on until the run ends; steps without hope fail in the end."""
    for _ in range(PATIENCE):
        if world.run.ended:
            return
        world.disturb()
        attempts = list(world.run.attempts())
        if not attempts:
            world.tell(messages.Resume())  # all that ran has ended, and a pause held the rest
            continue
        path, at = world.choices.one(attempts)
        world.until(at.due)
        if not world.trouble(path, at, world.plan.step(plan_name(path)).retry.max_attempts - 1):
            broke = Failed(kind="hopeless", error="it broke", retryable=False)
            outcome = broke if plan_name(path) in hopeless else ending_of(world.plan, path)
            world.tell(messages.Report(path, at.visit, at.attempt, outcome))
    raise AssertionError(f"the run is stuck: {world.run}")


def begin_graph(data: bytes) -> tuple[World, frozenset[str]]:
    choices = Choices(data)
    plan = any_graph(choices)
    world = World(plan, choices)
    world.tell(messages.Start())
    return world, frozenset(choices.some(tuple(plan.index), one_in=5))


# -- any run, from anywhere --------------------------------------------------------------------
def go_on_fairly(story: Story) -> None:
    """Have all attempts succeed, all timers fire and all signals come, until the run ends."""
    for _ in range(PATIENCE):
        if story.run.ended:
            return
        if story.run.paused:
            story.tell(messages.Resume())
            continue
        if story.run.status is Status.PENDING:
            begin(story)
            continue
        path, entry = next(iter(story.run.open.items()))
        story.now = max(story.now, entry.due or 0.0)
        is_graph = story.plan.kind is PlanKind.GRAPH
        done = ending_of(story.plan, path) if is_graph else Complete()
        if type(entry) is Attempt:
            story.tell(messages.Report(path, entry.visit, entry.attempt, done))
        elif type(entry) is Unsettled:
            said = messages.Settle(
                step=path, visit=entry.visit, attempt=entry.attempt, outcome=done
            )
            story.tell(said)
        elif type(entry) is Sleeping:
            story.tell(messages.Fire(path, entry.visit, "sleep"))
        elif type(entry) is Joining:
            brood = story.run.brood
            place = next(place for place in range(brood.total) if not brood.ended >> place & 1)
            story.tell(messages.ChildEnded("c", brood.number, place, ok=True))
        else:
            story.tell(story.new_signal(entry.name, entry.key))
    raise AssertionError(f"the run is stuck: {story.run}")


def begin(story: Story) -> None:
    """Have a run begin that is to begin later, or has a place in line now."""
    story.now = max(story.now, story.run.starts_at or 0.0)
    is_later = story.run.starts_at is not None
    story.tell(messages.Fire("", 0, "start") if is_later else messages.Start())
