"""Which runs of this process found no place, and what its classes say of places."""

from collections.abc import Collection, Sequence

from perdure.authoring.registry import Registry
from perdure.errors import LimitReachedError
from perdure.kernel import messages
from perdure.ports.commit import Commit, Committed
from perdure.ports.limits import Declared, Full
from perdure.runtime.envelopes import Answer, Birth, Envelope, Told


class DeclaredLimits:
    """Tells the store what classes declare, with the first commit that knows of them.

    Who says it last is right: a new version of a workflow takes the place of the one before.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._told = -1
        self._asked = -1

    def rows(self) -> list[Declared]:
        """Return what is to be told; nothing where that was told before."""
        if self._registry.generation == self._told:
            return []
        return [
            Declared(flow.name, flow.max_live, int(flow.on_limit == "wait"))
            for flow in self._registry.code()
        ]

    def declare(self, commit: Commit) -> None:
        """Add it to a commit of the ledger's."""
        self._asked = self._registry.generation
        commit.limits = self.rows()

    def declared(self) -> None:
        """Note that the last such commit is durable."""
        self._told = self._asked


class Usher:
    """Knows the runs that found no place: `runs` wait in line when they are told to begin again."""

    def __init__(self) -> None:
        self.runs: set[str] = set()
        self._full: dict[str, Full] = {}

    def look(self, committed: Committed, passed: Collection[str]) -> None:
        """Take note of who found none; who passed now is in line, or has a place."""
        self.runs.difference_update(passed)
        self._full = {row.run: row for row in committed.full}
        self.runs.update(self._full)

    def stands(self, birth: Birth) -> bool:
        """Whether a run is to be born again, in line; who is not to wait is told so.

        A child comes again with its parent's report.
        """
        full = self._full[birth.run]
        if birth.born.parent is not None:
            return False
        if birth.fork is None and (full.waits or birth.reply is None):
            return True
        self._refuse(birth, full)
        return False

    def is_full(self, run: str) -> bool:
        """Whether a run found no place in the last commit."""
        return run in self._full

    def staying(self, run: str, envelopes: Sequence[Envelope]) -> list[Envelope]:
        """Return what a run that did not pass is to be told again.

        One that would live again does not wait in line: who has asked for that is told so.
        """
        full = self._full.get(run)
        if full is None:
            return [*envelopes]
        again = [each for each in envelopes if not _revives(each)]
        for each in envelopes:
            if _revives(each):
                self._refuse(each, full)
        self.runs.difference_update({run} if len(again) < len(envelopes) else ())
        return again

    def _refuse(self, envelope: Envelope, full: Full) -> None:
        self.runs.discard(envelope.run)
        if envelope.reply is not None:
            error = LimitReachedError(full.workflow, full.most, full.live)
            envelope.reply(Answer(error=error))


def _revives(envelope: Envelope) -> bool:
    asked = messages.Retry | messages.Rewind
    return isinstance(envelope, Told) and isinstance(envelope.message, asked)
