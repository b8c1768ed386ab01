"""Starts, signals and events that are written together, beside the ledger: all of them or none.

Such a transaction only inserts: runs with their Start, messages, broadcasts, events. What comes of
them is the ledger's to apply, once it is told to look.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from perdure.ports.clock import Clock
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced
from perdure.ports.store import Store
from perdure.runtime.almanac import Almanac, Emission, Wanted
from perdure.runtime.envelopes import Birth, Poke
from perdure.runtime.herald import Herald
from perdure.runtime.ledger import Ledger
from perdure.runtime.outside import Outside, bear


@dataclass(slots=True)
class Bundle:
    """What is to be written together. `keyed` are broadcasts by idempotency key."""

    births: list[Birth] = field(default_factory=list)
    messages: list[InboxMade] = field(default_factory=list)
    broadcasts: list[Announced] = field(default_factory=list)
    events: list[Wanted] = field(default_factory=list)
    keyed: dict[str, Announced] = field(default_factory=dict)


class Brought(NamedTuple):
    """What came of a bundle: the numbers of its broadcasts, and its events."""

    broadcasts: list[int]
    events: list[Emission]


class Bundles:
    """Writes bundles, and has the ledger look at what they have brought."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        outside: Outside,
        ledger: Ledger,
        herald: Herald,
        almanac: Almanac,
    ) -> None:
        self._store = store
        self._clock = clock
        self._outside = outside
        self._ledger = ledger
        self._herald = herald
        self._almanac = almanac

    def write(self, bundle: Bundle) -> Brought:
        """Write all of it in one transaction; return what came of broadcasts and events.

        Of runs, signals and broadcasts whose key was used before nothing is written.
        Raises RunNotFoundError, and what the store raises: then nothing of it was written. Only
        after a CommitUnknownError all of it may be there.
        """
        now = self._clock.now()
        commit = self._outside.commit(now)
        for birth in bundle.births:
            plan = birth.plan
            bear(commit, birth.born, birth.context, birth.start)
            commit.plans.append((plan.hash, plan.workflow, plan.version, birth.body))
            commit.labels += birth.labels
        if bundle.events:
            self._almanac.host(now)
        with self._store.transaction() as open_:
            open_.apply(commit)
            open_.put(bundle.messages)
            fresh = open_.take(list(bundle.keyed), now) if bundle.keyed else ()
            signals = [*bundle.broadcasts, *(bundle.keyed[key] for key in fresh)]
            numbers = [open_.announce(signal) for signal in signals]
            told = [self._almanac.write(open_, event, now) for event in bundle.events]
        return Brought(numbers, told)

    def take_up(self, bundle: Bundle, brought: Brought) -> None:
        """Have the ledger look at the runs of a bundle that was written."""
        self._ledger.put_all(Poke(birth.run) for birth in bundle.births)
        self._ledger.put_all(Poke(row.run) for row in bundle.messages)
        for number in brought.broadcasts:
            self._herald.deliver(number)
        for emission in brought.events:
            self._almanac.told(emission)
