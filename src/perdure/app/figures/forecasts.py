"""How long a graph will take, from how long its steps take: it is played through, without running.

Steps begin as the engine begins them: those that are ready in the order of the plan, at most so many
at a time as the plan allows.
"""

import heapq
from collections.abc import Mapping

from perdure.kernel.plan import Plan


def forecast(plan: Plan, took: Mapping[str, float]) -> float:
    """Return the seconds that a run of a graph will take, given those of each step."""
    room = plan.max_parallel or len(plan.steps)
    lacks = [len(needs) for needs in plan.needs]
    ready = [number for number, lack in enumerate(lacks) if not lack]
    going: list[tuple[float, int]] = []
    now = 0.0
    heapq.heapify(ready)
    while ready or going:
        while ready and len(going) < room:
            number = heapq.heappop(ready)
            heapq.heappush(going, (now + took[plan.steps[number].name], number))
        now, ended = heapq.heappop(going)
        for number in plan.feeds[ended]:
            lacks[number] -= 1
            if not lacks[number]:
                heapq.heappush(ready, number)
    return now


def critical(plan: Plan, took: Mapping[str, float]) -> list[str]:
    """Return the steps of the longest way through a graph, from its beginning to its end."""
    if not plan.steps:
        return []
    longest = [0.0] * len(plan.steps)
    before: list[int | None] = [None] * len(plan.steps)
    order = [number for number, needs in enumerate(plan.needs) if not needs]
    lacks = [len(needs) for needs in plan.needs]
    for number in order:  # it grows while it is gone through
        longest[number] += took[plan.steps[number].name]
        for other in plan.feeds[number]:
            if before[other] is None or longest[number] > longest[other]:
                longest[other], before[other] = longest[number], number
            lacks[other] -= 1
            if not lacks[other]:
                order.append(other)
    at: int | None = max(range(len(longest)), key=longest.__getitem__)
    way = []
    while at is not None:
        way.append(plan.steps[at].name)
        at = before[at]
    return way[::-1]
