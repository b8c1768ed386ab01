"""How a run as its rows have it differs from the one that its history folds to."""

from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Run, Status


def differences(plan: Plan, told: Run, found: Run) -> list[str]:
    """Return how a run as its rows have it differs from the one that its history folds to."""
    names = ["status", "paused", "starts_at", "deadline", "open", "kept", "working", "visits"]
    names += ["brood", "in_line"]
    names += ["marks", "lacks", "pending"] if plan.kind is PlanKind.GRAPH else ["cursor"]
    wrong = [
        f"{name}: {getattr(found, name)} is not {getattr(told, name)}"
        for name in names
        if getattr(told, name) != getattr(found, name)
    ]
    follows = plan.kind is PlanKind.GRAPH and told.status is Status.RUNNING
    if follows and sorted(told.ready) != sorted(found.ready):
        wrong.append(f"ready: {found.ready} is not {told.ready}")
    if told.failure != found.failure:
        wrong.append(f"failure: {found.failure} is not {told.failure}")
    return wrong
