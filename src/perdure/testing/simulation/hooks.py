"""Hooks of machines in histories: what they do, and the rules that failures are held to."""

import random
from collections.abc import Sequence
from dataclasses import replace

from perdure.authoring.plans import dump, seal
from perdure.kernel import history
from perdure.kernel.directives import Complete, Fail, Goto, Next, Outcome
from perdure.kernel.plan import Plan, PlanKind, RetryPolicy, StepPlan
from perdure.testing.simulation.scripts import Act, Script

NAME = "undo"


def with_hook(plan: Plan, scripts: dict[str, Script]) -> tuple[Plan, dict[str, Script]]:
    """Give some machines a hook for their failure; some of those take it back.

    What is drawn for that hangs on the plan, so that it moves no other draw.
    """
    own = random.Random(f"{dump(plan)} hook")  # noqa: S311 - it must come again
    if plan.kind is not PlanKind.MACHINE or own.random() < 0.5:
        return plan, scripts
    names = list(scripts)
    policy = RetryPolicy(max_attempts=own.choice((1, 2, 4)), base_delay=own.choice((0.0, 1.0)))
    acts = [_act(_asks(names, own), own) for _ in range(own.choice((0, 1, 2)))]
    last = _act(own.choice((Next(), Next(), Complete(), Fail("undone"))), own)
    script = Script((*acts, last))
    gone = [act.outcome.step for act in script.acts if isinstance(act.outcome, Goto)]
    coming = {name for step in gone for name in plan.step(step).coming}
    hook = StepPlan(
        name=NAME,
        coming=tuple(sorted(coming)),
        retry=policy,
        timeout=own.choice((None, 5.0)),
        lane=own.choice(("thread", "async")),
    )
    both = own.random() < 0.3
    made = replace(
        plan,
        steps=(*plan.steps, hook),
        on_fail=NAME,
        on_cancel=NAME if both else plan.on_cancel,
    )
    return seal(made), {**scripts, NAME: script}


def _asks(names: Sequence[str], own: random.Random) -> Outcome:
    return own.choice((Next(), Goto(own.choice(names)), Goto(own.choice(names))))


def _act(outcome: Outcome, own: random.Random) -> Act:
    roll = own.random()
    if roll < 0.7:
        return Act(outcome=outcome)
    if roll < 0.9:
        return Act(outcome=outcome, flaky=own.randint(1, 3))
    return Act(outcome=outcome, fatal=roll < 0.95, poison=roll >= 0.95)


class HookRules:
    """What is known of one run's failures: a hook runs once for each, and it alone."""

    def __init__(self) -> None:
        self.failing: history.RunFailing | None = None
        self._hooked = False  # the hook has ended
        self._asked = False
        self._forced = False
        self._goes_on: str | None = None

    def check(self, plan: Plan, event: history.Event, *, cancelled: bool) -> str:
        """Return what is wrong with an event; empty if nothing is."""
        wrong = ""
        match event:
            case history.StepScheduled(step, _, 1, _):
                wrong = self._scheduled(plan, step, cancelled=cancelled)
            case history.StepSucceeded(step) | history.StepFailed(step) if step == plan.on_fail:
                self._hooked = True
            case history.RunFailing():
                if plan.on_fail is None or self.failing is not None or cancelled:
                    wrong = f"{event}, and it fails already, or has no hook"
                self.failing, self._hooked = event, False
            case history.RunRecovered():
                if self.failing is None or not self._hooked:
                    wrong = f"{event} before the hook has ended"
                self.failing = None
            case history.RunFailed():
                wrong = self._failed(event) if plan.on_fail is not None else ""
            case history.RunRetried():
                self.failing = None
            case history.RunRewound():
                self.failing, self._asked, self._forced = None, False, False
                self._goes_on = event.step if plan.kind is PlanKind.MACHINE else None
            case history.CancelRequested():
                wrong = f"{event} of a run that is being cancelled" if self._asked else ""
                self._asked = True
            case history.CancelForced():
                self._forced = True
            case _:
                pass
        return wrong

    def _scheduled(self, plan: Plan, step: str, *, cancelled: bool) -> str:
        if self._forced:
            return f"{step} was scheduled after a forced cancel"
        if cancelled:
            return ""
        if plan.on_fail is not None and (step == plan.on_fail) != (self.failing is not None):
            return f"{step} was scheduled, and what fails is {self.failing}"
        if self._goes_on not in (None, step):
            return f"a retry went on at {step}, not at {self._goes_on}"
        self._goes_on = None
        return ""

    def _failed(self, event: history.RunFailed) -> str:
        if self.failing is None or not self._hooked:
            return f"{event} before its hook has ended"
        told = (event.step, event.kind, event.error)
        first = (self.failing.step, self.failing.kind, self.failing.error)
        undone = (self.failing.step, "failed", "undone")  # as its script says
        self._goes_on = event.step
        return "" if told in (first, undone) else f"{event}, and it failed by {self.failing}"


def hook_follows(
    allowance: float | None, asked: Outcome, rest: Sequence[history.Event], at: float
) -> bool:
    """Whether these events are what a hook of a failing run asked for."""
    ends = [event for event in rest if isinstance(event, history.ENDINGS)]
    match asked:
        case Goto(step):
            due = None if allowance is None else at + allowance
            return list(rest[:2]) == [history.RunRecovered(due), history.Moved(step)]
        case Complete():
            return ends == [history.RunCompleted()]
        case Fail(reason):
            return any(isinstance(end, history.RunFailed) and end.error == reason for end in ends)
        case _:
            return any(isinstance(end, history.RunFailed) for end in ends)
