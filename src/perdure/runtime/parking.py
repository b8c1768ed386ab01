"""Lets broadcasts find a machine that a pause holds between two visits.

No visit is open there. What its next step may wait for is entered under visit 0, so that a
broadcast is brought to the run, which keeps it.
"""

from perdure.kernel.paths import plan_name
from perdure.kernel.run import Status
from perdure.ports.commit import WaitMade
from perdure.runtime.draft import Draft
from perdure.runtime.hotrun import HotRun

NO_VISIT = 0


def park(draft: Draft, hot: HotRun) -> None:
    """Enter what may come while the run is held, and take it away when it goes on."""
    run = hot.run
    held = run.paused and run.status is Status.RUNNING and not run.open
    parked = run.cursor if held else None
    if parked == hot.parked:
        return
    if hot.parked is not None and hot.plan.step(plan_name(hot.parked)).coming:
        draft.drop_waits(run.id, hot.parked, NO_VISIT, "coming")
    hot.parked = parked
    if parked is not None:
        for name in hot.plan.step(plan_name(parked)).coming:
            draft.make_wait(coming(hot, parked, NO_VISIT, name))


def coming(hot: HotRun, path: str, visit: int, name: str) -> WaitMade:
    """Return the row that says that a wait for this name may come."""
    workflow = hot.plan.workflow
    return WaitMade(hot.run.id, path, visit, "coming", name, None, None, None, None, workflow)
