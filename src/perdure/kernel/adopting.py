"""Whether a live run can go on by another plan of its workflow, and what comes of trying.

It can if all that is open of it, and everywhere that it may go from there by what was recorded, is
known to the other plan as the same kind of step, be it under a former name.
"""

from collections.abc import Iterator

from perdure.kernel import history, messages
from perdure.kernel.attempts import is_open
from perdure.kernel.ends import Events
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan
from perdure.kernel.run import Attempt, Joining, Open, Run, Sleeping, Unsettled, Waiting


def adopt(plan: Plan, run: Run, message: messages.Adopt) -> Events:
    """Let the run go on by the message's plan if it can; else it is stranded."""
    wanted = message.plan
    if wanted.hash == plan.hash or not is_open(run, message):
        return
    step, visit, attempt = message.step, message.visit, message.attempt
    entry = run.open[step]
    assert isinstance(entry, Attempt)  # it keeps its due, and so its place in the queue
    if wrong := "; ".join(misfits(plan, wanted, run)) or message.wrong:
        yield history.RunStranded(step, visit, attempt, wanted.hash, wrong)
    else:
        yield history.PlanAdopted(step, visit, attempt, entry.due, wanted.hash, wanted.version)


def misfits(plan: Plan, wanted: Plan, run: Run) -> list[str]:
    """Return why a run of a plan cannot go on by another one; nothing if it can."""
    if plan.kind is not wanted.kind:
        return [f"the workflow was a {plan.kind.value} and is a {wanted.kind.value}"]
    found = (each for path, why in _places(run) for each in _misfit(plan, wanted, path, why))
    return list(dict.fromkeys(found))


def missing(wanted: Plan, run: Run) -> list[str]:
    """Return the steps that a run must find and another plan does not have."""
    names = dict.fromkeys(plan_name(path) for path, _ in _places(run))
    return [name for name in names if name not in wanted.index]


def ahead(wanted: Plan, run: Run) -> list[str]:
    """Return the steps of another plan whose bodies may still be run if a run goes on by it."""
    found = [wanted.step(name).name for name in _next(wanted, run) if name in wanted.index]
    for each in found:  # grows on the way
        found += [name for name in wanted.step(each).targets if name not in found]
    return list(dict.fromkeys(found))


def _next(wanted: Plan, run: Run) -> Iterator[str]:
    """Yield where a run stands or goes on, with the hooks that it may end with."""
    for path, entry in run.open.items():
        if isinstance(entry, Attempt | Unsettled):
            yield plan_name(path)
        yield from map(plan_name, recorded_targets(entry))
    if not run.open and (first := run.cursor or wanted.start) is not None:
        yield plan_name(first)
    yield from (hook for hook in (wanted.on_fail, wanted.on_cancel) if hook is not None)


def _places(run: Run) -> Iterator[tuple[str, str]]:
    """Yield what a run must find in a plan, and why."""
    for path, entry in run.open.items():
        yield path, "is open"
        for target in recorded_targets(entry):
            yield target, f"is where {path!r} goes on"
    for path in run.scopes:
        yield path, "is open"
    if run.cursor is not None and not run.open:
        yield run.cursor, "comes next"


def recorded_targets(entry: Open) -> list[str]:
    """Return the steps that an open visit leads to by what was recorded when it began to wait."""
    match entry:
        case Sleeping():
            targets: list[str | None] = [entry.then]
        case Waiting():
            targets = [*(way.then for way in entry.ways), entry.on_timeout]
        case Joining():
            targets = [entry.then, entry.on_timeout]
        case _:
            targets = []
    return [target for target in targets if target is not None]


def _misfit(plan: Plan, wanted: Plan, path: str, why: str) -> Iterator[str]:
    name = plan_name(path)
    if name not in wanted.index:
        yield f"step {name!r} {why}, and is not there any more"
    elif (was := plan.step(name).kind) != (now := wanted.step(name).kind):
        yield f"step {name!r} {why}, and was {was!r} where it is {now!r} now"
