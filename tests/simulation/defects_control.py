"""Defects of what people ask of runs: starts, hooks, rewinds and forks."""

from perdure.kernel import control, history
from perdure.runtime.turn import Turn
from tests.simulation.defects import defect, writes


@defect
def delayed_run_begins_at_once(patch):
    """A run that was to begin later begins when it is born."""
    start = control.start
    at_once = control.messages.Start()
    patch.setattr(control, "start", lambda plan, run, _message, now: start(plan, run, at_once, now))


@defect
def delayed_run_never_begins(patch):
    """A start that is to come is recorded, and no timer is made for it."""

    def row(before, draft, hot, event, cause):
        before(draft, hot, event, cause)
        draft.timers.pop((hot.run.id, "", 0, "start"))

    writes(patch, history.RunDelayed, row)


@defect
def unique_key_forgotten(patch):
    """Two runs that were to have a key for themselves live at once."""
    bear = Turn._bear

    def keyless(self, birth):
        birth.born = birth.born._replace(unique_key=None)
        bear(self, birth)

    patch.setattr(Turn, "_bear", keyless)


@defect
def retried_run_without_a_deadline(patch):
    """A run that is retried may go on for ever."""
    retry = control.retry

    def endless(plan, run, message, now):
        for event in retry(plan, run, message, now):
            yield history.RunRetried(event.by, event.why)

    patch.setattr(control, "retry", endless)
