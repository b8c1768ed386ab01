"""Defects of hooks: those that a failed or cancelled run ends with."""

from perdure.kernel import control, evolve, history, hooks
from perdure.kernel.ends import ending
from tests.simulation.defects import defect


@defect
def hook_never_runs(patch):
    """A run that has a hook fails at once."""
    patch.setattr(hooks, "fail", lambda _plan, run, end: ending(run, end))


@defect
def hook_not_run_after_the_deadline(patch):
    """A run that is out of time fails without its hook."""
    overdue = hooks.overdue

    def at_once(plan, run, now):
        for event in overdue(plan, run, now):
            if isinstance(event, history.RunFailing):
                yield history.RunFailed(event.step, event.kind, event.error)
            else:
                yield event

    patch.setattr(hooks, "overdue", at_once)


@defect
def failed_hook_is_the_failure(patch):
    """A hook that fails hides why the run has failed."""
    fail = hooks.fail

    def hidden(plan, run, end):
        if run.failure is not None and plan.on_fail is not None:
            return ending(run, end)
        return fail(plan, run, end)

    patch.setattr(hooks, "fail", hidden)


@defect
def hook_cannot_take_back(patch):
    """What a hook returns is not looked at."""
    ended = hooks.ended
    patch.setattr(
        hooks, "ended", lambda plan, run, _asked, now: ended(plan, run, hooks.Next(), now)
    )


@defect
def recovered_run_without_a_deadline(patch):
    """A run whose failure was taken back may go on for ever."""
    ended = hooks.ended

    def endless(plan, run, asked, now):
        for event in ended(plan, run, asked, now):
            yield history.RunRecovered() if isinstance(event, history.RunRecovered) else event

    patch.setattr(hooks, "ended", endless)


@defect
def deadline_cuts_hook_off(patch):
    """The deadline of a run goes on while its hook runs, and fails it again."""
    patch.setattr(hooks, "call_off_timers", lambda _run: iter(()))


@defect
def retry_goes_on_at_the_hook(patch):
    """A run that failed is retried at its hook, and not at what failed."""

    fold = evolve._FOLDS[history.RunFailed]

    def stays(plan, run, event):
        hook = run.cursor
        fold(plan, run, event)
        run.cursor = hook

    patch.setitem(evolve._FOLDS, history.RunFailed, stays)


@defect
def forced_cancel_waits_for_the_hook(patch):
    """A cancel that is forced begins the clean-up all the same."""
    patch.setitem(evolve._FOLDS, history.CancelForced, lambda _plan, _run, _event: None)


@defect
def second_cancel_begins_again(patch):
    """A run that is being cancelled is cancelled once more, and its clean-up begins anew."""
    cancel = control.cancel

    def again(run, message):
        if run.status is control.Status.CANCELLING:
            yield history.CancelRequested(message.by, message.why)
            yield from control.close(run)
        else:
            yield from cancel(run, message)

    patch.setattr(control, "cancel", again)
