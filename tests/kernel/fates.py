"""What must become of the steps of a graph, worked out apart from the kernel."""

from perdure.kernel.directives import Choose, Next, Outcome, Spread
from perdure.kernel.plan import Plan
from perdure.kernel.run import is_item


def ending_of(plan: Plan, path: str) -> Outcome:
    if is_item(path):
        return Next()
    name = path
    if plan.step(name).window:
        return Spread(ord(name) % 4)
    return Choose(chosen(plan, name)) if plan.step(name).branches else Next()


def chosen(plan: Plan, name: str) -> str | None:
    """Return the branch that a step chooses: always the same, by its name."""
    options = (*plan.step(name).branches, None)
    return options[ord(name) % len(options)]


def fates(plan: Plan, hopeless: frozenset[str]) -> dict[str, str]:
    """Work out what must become of each step: succeeded, failed, broken or passed by."""
    became: dict[str, str] = {}

    def fate(name: str) -> str:
        if name not in became:
            became[name] = _fate(plan, name, hopeless, {need: fate(need) for need in needs(name)})
        return became[name]

    def needs(name: str) -> tuple[str, ...]:
        return plan.step(name).needs

    for name in plan.index:
        fate(name)
    return became


def _fate(plan: Plan, name: str, hopeless: frozenset[str], needed: dict[str, str]) -> str:
    within = plan.step(name).within
    around = needed.get(within or "")
    if around == "failed" and plan.step(within).continue_on_error:
        return "passed"
    if around == "succeeded" and chosen(plan, within) != name:
        return "passed"
    if any(how == "broken" or is_lost(plan, need, how) for need, how in needed.items()):
        return "broken"
    if around == "passed" or (needed and set(needed.values()) == {"passed"}):
        return "passed"
    return "failed" if name in hopeless else "succeeded"


def is_lost(plan: Plan, name: str, how: str) -> bool:
    return how == "failed" and not plan.step(name).continue_on_error
