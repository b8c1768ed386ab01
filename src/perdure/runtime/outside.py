"""Births that are written outside the ledger: a run with its Start in its inbox, insert-only."""

from itertools import count

from perdure.kernel.messages import Start
from perdure.ports.commit import Born, Commit, InboxMade
from perdure.runtime.crew import Crew
from perdure.runtime.records import dump_message

_OUTSIDE = 1 << 31  # the ledger numbers its own batches below it


class Outside:
    """Numbers what a process writes beside its ledger: no other commit has such a number."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._numbers = count()

    def commit(self, now: float) -> Commit:
        """Return a commit to be filled."""
        number = next(self._numbers) % _OUTSIDE
        batch = (self._crew.incarnation << 32) | _OUTSIDE | number
        return Commit(batch=batch, now=now, limits=self._crew.slots.limits.rows())


def bear(
    commit: Commit, born: Born, context: str, start: Start | None = None, payload: str | None = None
) -> None:
    """Have a run be born that any ledger starts; `payload` is what its first attempt begins with."""
    commit.born.append(born._replace(status="pending"))
    commit.contexts.append((born.run, context))
    commit.inbox_made.append(InboxMade(born.run, dump_message(start or Start()), payload, None))
