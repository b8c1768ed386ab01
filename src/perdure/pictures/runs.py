"""A run as a drawing: its plan, with what became of each step, how long it took, who answered."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from perdure.app.shown import RunShown, StepShown
from perdure.app.views import RunView
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.pictures.drawings import Drawing, Edge, Node
from perdure.pictures.plans import HOOKS, START, draw_plan, node_id
from perdure.pictures.states import RESTING, STATES, words
from perdure.wire.spans import duration

TIMES = "\N{MULTIPLICATION SIGN}"
_ENDED: Final = ("completed", "failed", "skipped", "stopped", "rewound")


def draw_run(shown: RunShown) -> Drawing:
    """Return what there is to draw of a run. A loop's items are counted, and so are visits."""
    plan = shown.plan
    own: dict[str, list[StepShown]] = defaultdict(list)
    items: dict[str, list[StepShown]] = defaultdict(list)
    for step in shown.steps:
        name = plan_name(step.step)
        if name in plan.index:
            (own if name == step.step else items)[node_id(plan, name)].append(step)
    drawn = draw_plan(plan)
    nodes = tuple(_node(node, own[node.id], items[node.id]) for node in drawn.nodes)
    states = {node.id: node.state for node in nodes}
    gone = _gone(plan, shown.steps) if plan.kind is PlanKind.MACHINE else None
    edges = tuple(_edge(edge, states, gone) for edge in drawn.edges)
    return replace(drawn, facts=facts_of(shown.view), nodes=nodes, edges=edges)


def facts_of(view: RunView) -> tuple[str, ...]:
    """Return what a run's picture says under its title. Times are in UTC."""
    status = "paused" if view.paused and view.ended_at is None else view.status
    facts = [f"run {view.id}", f"version {view.version}", status]
    if view.created_at is not None:
        facts.append(f"started {moment(view.created_at)}")
    if view.created_at is not None and view.ended_at is not None:
        facts.append(f"took {duration((view.ended_at - view.created_at).total_seconds())}")
    return tuple(facts)


def moment(at: datetime) -> str:
    """Return a time, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _node(node: Node, own: Sequence[StepShown], items: Sequence[StepShown]) -> Node:
    if node.shape in ("start", "hook"):
        return node
    told = tuple(part for part in (_told(own), _items(own, items), _answered(own, items)) if part)
    state = own[-1].status if own else "stopped" if items else "pending"
    tip = "\n".join((node.tip, words(state), *told))
    known = state if state in STATES else ""
    return replace(node, state=known, lines=(*node.lines, *told), tip=tip)


def _told(own: Sequence[StepShown]) -> str:
    """Return how it stands with a step in a few words: what it waits for, or times and tries."""
    visits = [step for step in own if step.visit]
    if not visits:
        return ""
    last = visits[-1]
    parts = []
    spans = [seconds for step in visits if (seconds := step.seconds) is not None]
    if last.status == "failed" and last.error is not None:
        parts.append(str(last.error.get("kind")))
    elif last.status not in _ENDED:
        parts.append(_rests(last))
    if spans:
        parts.append(duration(sum(spans)))
    if len(visits) > 1:
        parts.append(f"{len(visits)} visits")
    tries = sum(max(step.attempt, 1) for step in visits)
    if tries > len(visits) and last.kind not in RESTING:
        parts.append(f"{tries} attempts")
    return ", ".join(parts)


def _rests(step: StepShown) -> str:
    if step.awaits is not None:
        return f"waits for {step.awaits}"
    if step.children:
        return "waits for children"
    if step.due is not None and step.status in ("sleeping", "retrying"):
        return f"{words(step.status)} until {moment(datetime.fromtimestamp(step.due, UTC))}"
    if step.progress is not None and step.status == "running":
        return f"{step.progress:.0%}"
    return words(step.status)


def _items(own: Sequence[StepShown], items: Sequence[StepShown]) -> str:
    """Return how many of a loop's items there are, and what became of those that are no success."""
    counted = next((n for step in reversed(own) if (n := step.meta.get("items")) is not None), None)
    if not items and counted is None:
        return ""
    latest = {step.step: step.status for step in items if step.step.count("[") == 1}
    by = Counter(latest.values())
    done = by.pop("completed", 0)
    total = counted if isinstance(counted, int) else len(latest)
    rest = [f"{by[state]} {words(state)}" for state in STATES if by[state]]
    return ", ".join([f"{done} of {total} items done", *rest])


def _answered(own: Sequence[StepShown], items: Sequence[StepShown]) -> str:
    """Return which models answered, where they are not the ones that were asked."""
    others = {
        str(step.meta["model_used"]): None
        for step in (*own, *items)
        if step.meta.get("model_used") and step.meta["model_used"] != step.meta.get("model")
    }
    return f"answered by {', '.join(others)}" if others else ""


def _gone(plan: Plan, steps: Iterable[StepShown]) -> Counter[tuple[str, str]]:
    """Return how often a machine went from one step to another."""
    found: Counter[tuple[str, str]] = Counter()
    before = START
    for step in steps:
        if step.status != "rewound" and step.step in plan.index:
            here = node_id(plan, step.step)
            found[(before, here)] += 1
            before = here
    return found


def _edge(edge: Edge, states: dict[str, str], gone: Counter[tuple[str, str]] | None) -> Edge:
    if gone is None:
        faint = states[edge.head] == "skipped" or states[edge.tail] == "skipped"
        return replace(edge, faint=faint)
    if edge.tail in HOOKS:
        return replace(edge, faint=states[edge.head] == "pending")
    times = gone[(edge.tail, edge.head)]
    label = f"{edge.label} {TIMES}{times}".strip() if times > 1 else edge.label
    return replace(edge, label=label, faint=not times)
