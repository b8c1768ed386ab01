"""What is written of a run that needs a place among the live runs of its workflow, and of the line."""

from perdure.kernel import messages
from perdure.ports.claims import rank
from perdure.ports.commit import WaitMade
from perdure.ports.limits import Entering
from perdure.runtime.draft import Draft
from perdure.runtime.hotrun import HotRun

LINE = "line"
"""The kind of the wait that a run in line has, under its workflow's name; it is due at its rank."""


def enter(draft: Draft, hot: HotRun) -> None:
    """Ask for a place with the commit, if the run has none."""
    draft.commit.entering.append(Entering(hot.run.id, hot.plan.workflow))


def line_up(draft: Draft, hot: HotRun) -> None:
    """Enter a run in line, by its age and priority."""
    workflow = hot.plan.workflow
    due = rank(draft.now, hot.priority)
    draft.make_wait(WaitMade(hot.run.id, "", 0, LINE, workflow, None, due, None, None, workflow))


def instead(message: messages.Message) -> messages.Message:
    """Return what a run is told that found no place where this would have it begin."""
    if isinstance(message, messages.Start):
        return messages.LineUp()
    if isinstance(message, messages.Fire) and message.kind == "start":
        return messages.LineUp()
    return message
