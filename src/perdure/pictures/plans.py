"""A plan as a drawing: a graph by what its steps need, a machine by where its steps lead."""

from collections.abc import Iterator
from typing import Any

from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.pictures.drawings import Drawing, Edge, Node, Shape
from perdure.wire.encoding import decode

START = "start"
HOOKS = ("failure", "cancel")
"""The nodes that no step is: where a machine begins, and what calls its hooks."""
_CALLED = ("model", "function", "workflow", "signal", "event", "url")
_LONGEST = 200


def draw_plan(plan: Plan) -> Drawing:
    """Return what there is to draw of a plan.

    In a graph, arrows lead from a step to those that need it. In a machine, a dashed one goes on
    after a wait that does not say where; solid ones are everything that a step names.
    """
    is_graph = plan.kind is PlanKind.GRAPH
    nodes = [_node(plan, step) for step in plan.steps]
    edges = list(_needs(plan) if is_graph else _moves(plan))
    if not is_graph:
        nodes = [Node(id=START, title="", shape="start"), *nodes, *_hooks(plan)]
    return Drawing(
        title=plan.workflow,
        facts=(f"version {plan.version}",),
        nodes=tuple(nodes),
        edges=tuple(edges),
    )


def node_id(plan: Plan, name: str) -> str:
    """Return the node of a step, also under a name that it had before."""
    return f"s{plan.index[name]}"


def _node(plan: Plan, step: StepPlan) -> Node:
    config = decode(step.config) if step.config and plan.kind is PlanKind.GRAPH else {}
    lines = tuple(_lines(step, config)) if plan.kind is PlanKind.GRAPH else ()
    return Node(
        id=node_id(plan, step.name),
        title=step.name,
        shape=_shape(step),
        lines=lines,
        group=step.group or "",
        tip="\n".join((step.name, *lines)),
    )


def _shape(step: StepPlan) -> Shape:
    if step.branches:
        return "choice"
    return "loop" if step.window else "step"


def _lines(step: StepPlan, config: dict[str, Any]) -> Iterator[str]:
    inner = config.get("step")
    if isinstance(inner, dict):
        many = f"{step.window} at a time" if step.window > 1 else "one by one"
        yield f"for each item, {many}"
        while isinstance(inner.get("step"), dict):  # a loop in a loop
            inner = inner["step"]
        yield _called(str(inner.get("kind", "")), inner)
    else:
        yield _called(step.kind, config)


def _called(kind: str, config: dict[str, Any]) -> str:
    """Return what a step does: its type and the name of what it calls, or what it decides."""
    if isinstance(condition := config.get("condition"), str):
        return condition[:_LONGEST]
    for field in _CALLED:
        if isinstance(said := config.get(field), str) and said:
            return f"{kind} · {said[:_LONGEST]}"
    return kind


def _needs(plan: Plan) -> Iterator[Edge]:
    for step in plan.steps:
        answered = {plan.step(need).within for need in step.needs}
        for need in step.needs:
            holder = plan.step(need)
            is_otherwise = False
            if holder.branches and step.within != need and need in answered:
                if len(holder.branches) > 1:
                    continue  # one of its branches leads here in any case
                is_otherwise = True
            label = "otherwise" if is_otherwise else _branch(holder, step)
            yield Edge(tail=node_id(plan, need), head=node_id(plan, step.name), label=label)


def _branch(holder: StepPlan, step: StepPlan) -> str:
    """Return what the condition says where this branch of it runs."""
    if step.within != holder.name:
        return ""
    fields = decode(holder.config).get("branches", {}) if holder.config else {}
    said = next((field for field, name in fields.items() if name == step.name), "")
    return {"if_true": "if so", "if_false": "otherwise"}.get(said, said)


def _moves(plan: Plan) -> Iterator[Edge]:
    assert plan.start is not None  # a machine has one
    yield Edge(tail=START, head=node_id(plan, plan.start))
    for step in plan.steps:
        here = node_id(plan, step.name)
        for target in step.targets:
            if target != step.then:  # the targets have it, too, and no goto leads to it
                yield Edge(tail=here, head=node_id(plan, target))
        if step.then is not None:
            waits = ", ".join(step.waits)
            yield Edge(tail=here, head=node_id(plan, step.then), label=waits, dashed=True)
    for hook, name in zip(HOOKS, (plan.on_fail, plan.on_cancel), strict=True):
        if name is not None:
            yield Edge(tail=hook, head=node_id(plan, name))


def _hooks(plan: Plan) -> Iterator[Node]:
    for hook, name in zip(HOOKS, (plan.on_fail, plan.on_cancel), strict=True):
        if name is not None:
            yield Node(id=hook, title=hook, shape="hook", tip=f"what is done on {hook}")
