"""Scenes for the kernel's tests: given what has happened, when this is told, then that follows."""

from dataclasses import dataclass

from perdure.kernel import history, messages
from perdure.kernel.advance import advance
from perdure.kernel.decide import decide
from perdure.kernel.directives import Failed, Outcome, Spread
from perdure.kernel.evolve import evolve
from perdure.kernel.follow import follow
from perdure.kernel.plan import NO_RETRY, Plan, PlanKind, RetryPolicy, StepPlan
from perdure.kernel.run import Run

NOW = 1_000.0
LONG = 1e6
"""Endless, for a few runs' lives."""

TWICE = RetryPolicy(max_attempts=2, base_delay=10.0)


@dataclass(slots=True)
class Scene:
    """A run and the plan that it goes through."""

    plan: Plan
    run: Run


def machine(*steps: StepPlan | str, **options) -> Plan:
    """Return a plan with a cursor, which starts at its first step."""
    made = tuple(StepPlan(name=step) if isinstance(step, str) else step for step in steps)
    return Plan(workflow="story", steps=made, start=made[0].name, **options)


def graph(*steps: StepPlan, **options) -> Plan:
    """Return a plan whose steps need each other."""
    return Plan(workflow="web", kind=PlanKind.GRAPH, steps=steps, **options)


def step(name: str, *needs: str, **options) -> StepPlan:
    """Return a step, after what it needs."""
    return StepPlan(name=name, needs=needs, **options)


def diamond(**options) -> Plan:
    """Return the graph in which left and right need top, and bottom needs both."""
    return graph(
        step("top"),
        step("left", "top", retry=TWICE),
        step("right", "top"),
        step("bottom", "left", "right"),
        **options,
    )


def fork(*more: StepPlan, **options) -> Plan:
    """Return the graph whose step `ask` has two branches, of which one runs; `end` needs all."""
    return graph(
        step("ask", branches=("yes", "no"), **options),
        step("yes", "ask", within="ask"),
        step("no", "ask", within="ask"),
        step("end", "ask", "yes", "no"),
        *more,
    )


def each(*, window=2, most=None, **options) -> Plan:
    """Return the graph with a loop, and a step that needs it."""
    return graph(step("each", window=window, **options), step("end", "each"), max_parallel=most)


def spread(count=4, **options) -> Scene:
    """Return a run whose loop goes over so many items."""
    scene = started(each(**options))
    when(scene, report("each", Spread(count)))
    return scene


def given(plan: Plan, *events: history.Event) -> Scene:
    """Return a run to which this has happened."""
    return happened(Scene(plan, Run(id="run_1")), *events)


def started(plan: Plan, *events: history.Event) -> Scene:
    """Return a run that began, has its first attempts open, and to which this happened then."""
    scene = given(plan, history.RunStarted())
    followed(scene)
    return happened(scene, *events)


def happened(scene: Scene, *events: history.Event) -> Scene:
    """Have more happen to the scene's run, and return the scene."""
    for event in events:
        evolve(scene.plan, scene.run, event)
    return scene


def when(scene: Scene, message: messages.Message, now: float = NOW) -> list[history.Event]:
    """Tell a message, and return all that came of it. The scene's run has gone on."""
    return advance(scene.plan, scene.run, message, now).events


def decided(scene: Scene, message: messages.Message, now: float = NOW) -> list[history.Event]:
    """Return what the message itself means, and leave the run as it is."""
    return list(decide(scene.plan, scene.run, message, now))


def followed(scene: Scene, now: float = NOW) -> list[history.Event]:
    """Return what the run's standing calls for. The scene's run has gone on."""
    made = []
    for event in follow(scene.plan, scene.run, now):
        evolve(scene.plan, scene.run, event)
        made.append(event)
    return made


def report(path: str, outcome: Outcome, *, visit: int = 1, attempt: int = 1) -> messages.Report:
    """Return the message that an attempt ended so."""
    return messages.Report(path, visit, attempt, outcome)


def error(kind: str = "oops", **options) -> Failed:
    """Return the outcome of an attempt that raised."""
    return Failed(kind=kind, error=f"{kind} happened", **options)


LOST = messages.Lost("pay", 1, 1)
DIED = "the worker died while it worked on this attempt"


def payment(*, verify=False, retry=NO_RETRY, **options):
    """Return a plan whose first step runs at most once."""
    return machine(
        step("pay", at_most_once=True, verify=verify, retry=retry, **options),
        "ship",
        on_cancel="ship",
    )


def unknown(scene):
    """Have the first attempt be lost."""
    return when(scene, LOST)
