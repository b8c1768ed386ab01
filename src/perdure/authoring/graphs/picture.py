"""A plan as a picture: Mermaid text, for graphs and for machines."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from perdure.kernel.plan import Plan, PlanKind, StepPlan

STATES = {
    "pending": "fill:#f6f8fa,stroke:#8c959f,color:#24292f",
    "running": "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    "waiting": "fill:#fff8c5,stroke:#9a6700,color:#4d2d00",
    "completed": "fill:#dafbe1,stroke:#1a7f37,color:#033a16",
    "failed": "fill:#ffebe9,stroke:#cf222e,color:#660018",
    "skipped": "fill:#eaeef2,stroke:#8c959f,color:#57606a,stroke-dasharray:4 3",
    "cancelled": "fill:#eaeef2,stroke:#57606a,color:#57606a",
}
"""The states of a step that have a colour, with their style."""

_SAFE = re.compile(r"[^A-Za-z0-9 _.,:/()+-]")


def picture(plan: Plan, states: Mapping[str, str] | None = None) -> str:
    """Return Mermaid text of the plan; `states` (by step name) colours the steps.

    In a graph, arrows lead from a step to those that need it. In a machine, a dashed one goes on
    after a wait that does not say where; solid ones are everything that a step names.
    """
    lines = ["flowchart TD"]
    if plan.kind is PlanKind.GRAPH:
        lines += _grouped_nodes(plan)
        lines += _needs(plan)
    else:
        lines += [_node(plan, step) for step in plan.steps]
        lines += _moves(plan)
    lines += _colours(plan, states or {})
    return "\n".join(f"    {line}" if number else line for number, line in enumerate(lines)) + "\n"


def _id(plan: Plan, name: str) -> str:
    return f"s{plan.index[name]}"


def _node(plan: Plan, step: StepPlan) -> str:
    kind = f"<br/><i>{_text(step.kind)}</i>" if plan.kind is PlanKind.GRAPH else ""
    return f'{_id(plan, step.name)}["{_text(step.name)}{kind}"]'


def _grouped_nodes(plan: Plan) -> Iterator[str]:
    """Yield the nodes, those of one group inside of a frame."""
    ordered = sorted(plan.steps, key=lambda step: step.group or "")
    for number, (group, steps) in enumerate(groupby(ordered, key=lambda step: step.group or "")):
        if not group:
            yield from (_node(plan, step) for step in steps)
            continue
        yield f'subgraph g{number}["{_text(group)}"]'
        yield from (f"    {_node(plan, step)}" for step in steps)
        yield "end"


def _needs(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        for need in step.needs:
            yield f"{_id(plan, need)} --> {_id(plan, step.name)}"


def _moves(plan: Plan) -> Iterator[str]:
    assert plan.start is not None  # a machine has one
    yield f"start(( )) --> {_id(plan, plan.start)}"
    for step in plan.steps:
        here = _id(plan, step.name)
        for target in step.targets:
            if target == step.then:
                continue  # the targets have it, too, and no goto leads to it
            yield f"{here} --> {_id(plan, target)}"
        if step.then is not None:
            waits = ", ".join(map(_text, step.waits))
            yield f"{here} -.->{f'|{waits}|' if waits else ''} {_id(plan, step.then)}"
    if plan.on_fail is not None:
        yield f"failure([failure]) --> {_id(plan, plan.on_fail)}"
    if plan.on_cancel is not None:
        yield f"cancel([cancel]) --> {_id(plan, plan.on_cancel)}"


def _colours(plan: Plan, states: Mapping[str, str]) -> Iterator[str]:
    for state, style in STATES.items():
        named = [
            _id(plan, name) for name, now in states.items() if now == state and name in plan.index
        ]
        if named:
            yield f"classDef {state} {style}"
            yield f"class {','.join(named)} {state}"


def _text(text: str) -> str:
    """Return a text for a label: what Mermaid would read as its own becomes an entity."""
    return _SAFE.sub(lambda found: f"#{ord(found[0])};", text)
