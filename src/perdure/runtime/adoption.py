"""What a run writes when it goes by another plan, or does not fit the one that is current.

A stranded run's job has a host that no process is. When the current revision changes it is given
its own again, and the run is tried anew.
"""

from typing import Protocol

from perdure.kernel import history
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan
from perdure.kernel.run import Attempt
from perdure.ports.commit import VERIFIES, JobMade
from perdure.ports.executor import Done
from perdure.ports.revisions import STRANDED, Adopted
from perdure.runtime.draft import Draft
from perdure.runtime.hotrun import HotRun
from perdure.runtime.parking import coming
from perdure.runtime.queueing import fair_of, keyed_of, queue


class Tried(Protocol):
    """What came beside the message: the trial's report, its token, and the plan."""

    @property
    def done(self) -> Done | None:
        """The trial's report, with the context if it was migrated."""

    @property
    def token(self) -> int | None:
        """The token of the job."""

    @property
    def plan(self) -> Plan | None:
        """The plan that may be adopted."""


def plan_adopted(draft: Draft, hot: HotRun, event: history.PlanAdopted, cause: Tried) -> None:
    """Have the run go by the plan, and its attempt begin by it: here, if there is a slot."""
    assert cause.plan is not None
    run, path, visit = hot.run.id, event.step, event.visit
    old, new = (plan.step(plan_name(path)) for plan in (hot.plan, cause.plan))
    if old.coming != new.coming:
        if old.coming:
            draft.drop_waits(run, path, visit, "coming")
        for name in new.coming:
            draft.make_wait(coming(hot, path, visit, name))
    hot.plan = cause.plan
    draft.commit.adopted.append(Adopted(run, event.plan, event.version))
    if cause.done is not None and cause.done.result.context is not None:
        hot.context = draft.contexts[run] = cause.done.result.context
    draft.drop_job(run, path, visit, cause.token)
    reserve = draft.regain if old.queue == new.queue else draft.reserve
    queue(draft, hot, event, verify=_verifies(hot, path), reserve=reserve)


def run_stranded(draft: Draft, hot: HotRun, event: history.RunStranded, cause: Tried) -> None:
    """Let the attempt rest under a token of its own, so that no second trial finds it."""
    run, path, visit = hot.run.id, event.step, event.visit
    attempt = hot.run.open[path]
    assert isinstance(attempt, Attempt)
    step = hot.plan.step(plan_name(path))
    draft.drop_job(run, path, visit, cause.token)
    token = hot.tokens[path] = hot.tokens.get(path, 0) + 1
    draft.jobs[run, path, visit] = JobMade(
        run, path, visit, event.attempt, token, None, attempt.due, step.queue, hot.priority,
        f"{STRANDED}{step.lane}:{step.host or hot.plan.host}", hot.payloads.get(path),
        VERIFIES if attempt.verify else 0, fair_of(hot, step),
        keyed_of(hot, path, visit),
    )  # fmt: skip


def _verifies(hot: HotRun, path: str) -> bool:
    entry = hot.run.open[path]
    return isinstance(entry, Attempt) and entry.verify
