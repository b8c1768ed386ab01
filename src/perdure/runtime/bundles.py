"""Starts and signals that are written together, beside the ledger: all of them or none.

Such a transaction only inserts: runs with their Start, messages, broadcasts. What comes of them is
the ledger's to apply, once it is told to look.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from perdure.ports.clock import Clock
from perdure.ports.commit import Commit, InboxMade
from perdure.ports.rows import Announced
from perdure.ports.store import Store
from perdure.runtime.crew import Crew
from perdure.runtime.envelopes import Birth, Poke
from perdure.runtime.herald import Herald
from perdure.runtime.ledger import Ledger
from perdure.runtime.records import dump_message

_OUTSIDE = 1 << 31  # the ledger numbers its own batches below it


@dataclass(slots=True)
class Bundle:
    """What is to be written together."""

    births: list[Birth] = field(default_factory=list)
    messages: list[InboxMade] = field(default_factory=list)
    broadcasts: list[Announced] = field(default_factory=list)


class Bundles:
    """Writes bundles, and has the ledger look at what they have brought."""

    def __init__(
        self, *, store: Store, clock: Clock, crew: Crew, ledger: Ledger, herald: Herald
    ) -> None:
        self._store = store
        self._clock = clock
        self._crew = crew
        self._ledger = ledger
        self._herald = herald
        self._numbers = count()

    def write(self, bundle: Bundle) -> list[int]:
        """Write all of it in one transaction; return the numbers of the broadcasts.

        Raises RunNotFoundError, and what the store raises: then nothing of it was written. Only
        after a CommitUnknownError all of it may be there.
        """
        commit = Commit(batch=self._batch(), now=self._clock.now())
        for birth in bundle.births:
            plan = birth.plan
            commit.born.append(birth.born._replace(status="pending"))
            commit.plans.append((plan.hash, plan.workflow, plan.version, birth.body))
            commit.contexts.append((birth.run, birth.context))
            commit.labels += birth.labels
            commit.inbox_made.append(InboxMade(birth.run, dump_message(birth.start), None, None))
        with self._store.transaction() as open_:
            open_.apply(commit)
            open_.put(bundle.messages)
            return [open_.announce(signal) for signal in bundle.broadcasts]

    def take_up(self, bundle: Bundle, broadcasts: Iterable[int]) -> None:
        """Have the ledger look at the runs of a bundle that was written."""
        self._ledger.put_all(Poke(birth.run) for birth in bundle.births)
        self._ledger.put_all(Poke(row.run) for row in bundle.messages)
        for number in broadcasts:
            self._herald.deliver(number)

    def _batch(self) -> int:
        return (self._crew.incarnation << 32) | _OUTSIDE | (next(self._numbers) % _OUTSIDE)
