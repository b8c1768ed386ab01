"""Puts attempts on the queue, or has them begin here."""

from perdure.kernel import history
from perdure.kernel.keys import number_of
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import DEFAULT_QUEUE, StepPlan
from perdure.kernel.run import Status
from perdure.ports.commit import VERIFIES, JobMade
from perdure.runtime.draft import Begin, Draft, Reserve
from perdure.runtime.hotrun import HotRun


def queue(
    draft: Draft,
    hot: HotRun,
    event: history.StepScheduled | history.VerifyScheduled | history.PlanAdopted,
    *,
    verify: bool,
    reserve: Reserve | None = None,
) -> None:
    """Put an attempt on the queue, or have it begin here when the commit is known.

    `reserve` takes its slot, if that is not for the draft to do.
    """
    run, path, visit = hot.run.id, event.step, event.visit
    step = hot.plan.step(plan_name(path))
    payload = hot.payloads.get(path)
    held = hot.run.paused and hot.run.status is not Status.CANCELLING
    claimed = not held and event.due <= draft.now and (reserve or draft.reserve)(hot, step)
    token = hot.tokens[path] = hot.tokens.get(path, 0) + claimed
    owner = draft.owner if claimed else None
    key = (run, path, visit)
    attempt = event.attempt
    keyed = keyed_of(hot, path, visit)
    draft.jobs[key] = JobMade(
        *key, attempt, token, owner, event.due, step.queue, hot.priority,
        f"{step.lane}:{step.host or hot.plan.host}", payload, VERIFIES if verify else 0,
        fair_of(hot, step), keyed,
    )  # fmt: skip
    if claimed:
        draft.begins[key] = Begin(hot, path, visit, attempt, token, payload, verify, keyed)
    else:
        draft.queued.append((step.lane, event.due))


def keyed_of(hot: HotRun, path: str, visit: int) -> int | None:
    """Return the number that a visit's key is made of; None where it is its own."""
    number = number_of(hot.run.keys, path, visit) if hot.run.keys else visit
    return number if number != visit else None


def fair_of(hot: HotRun, step: StepPlan) -> str | None:
    """Return the key under which a run takes turns in the queue of a step."""
    return hot.fair if step.queue == DEFAULT_QUEUE else hot.fair or ""
