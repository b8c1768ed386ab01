"""Finds out, before an attempt begins, whether a run's context fits the plan that is current.

A trial is held like the attempt that it goes before, in its slot and under its token. It runs the
user's own validators, so an executor runs it.
"""

import logging

from perdure.authoring.registry import Registry, Workflow
from perdure.kernel.directives import Failed, Next
from perdure.kernel.messages import Adopt
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.claims import Claimed
from perdure.ports.events import SIGN
from perdure.ports.executor import Body, Done, Result, Work
from perdure.runtime.revisions import Revisions

log = logging.getLogger("perdure.worker")


class TrialBody:
    """Loads a run's context as the newer code wants it, after it was migrated if need be."""

    is_async = False

    def __init__(self, flow: Workflow, *, has_context: bool = True) -> None:
        self._flow = flow
        self._has_context = has_context

    def __call__(self, work: Work) -> Result:
        """Return the context if it is another one now. Raises whatever its model or code does."""
        fits = self._flow.fits if self._has_context else None
        context = work.context if fits is None else fits(work.version, work.context)
        return Result(outcome=Next(), context=None if context == work.context else context)


class Trials:
    """Those that are under way, each with the plan that is tried."""

    def __init__(self, registry: Registry, revisions: Revisions) -> None:
        self._registry = registry
        self._revisions = revisions
        self._under_way: dict[Work, Plan] = {}

    def __contains__(self, work: Work) -> bool:
        """Whether this is a trial."""
        return work in self._under_way

    def begin(self, job: Claimed, plan: Plan, step: StepPlan) -> tuple[Work, Body] | None:
        """Return what is to be run; None if the current plan is not hosted here any more."""
        heir = self._revisions.heir(plan)
        flow = self._registry.find(plan.workflow)
        if heir is None or flow is None:
            log.info("a job of %r is handed back: newer code works on it", plan.host)
            return None
        work = Work(
            job.run, plan, step, job.step, job.visit, job.attempt, job.token, job.context, None,
            lambda _run, _steps: {},
        )  # fmt: skip
        self._under_way[work] = heir
        begins = job.payload is not None and job.payload.startswith(SIGN)
        return work, TrialBody(flow, has_context=not begins)  # an event's run makes it at first

    def end(self, work: Work) -> Plan | None:
        """Return the plan that was tried; None if this was no trial."""
        return self._under_way.pop(work, None) if self._under_way else None


def verdict_of(done: Done, heir: Plan) -> Adopt:
    """Return what a trial's end tells the kernel."""
    work, outcome = done.work, done.result.outcome
    wrong = outcome.error if isinstance(outcome, Failed) else ""
    return Adopt(work.path, work.visit, work.attempt, heir, wrong)
