"""Starts, signals and events that are written together, beside the ledger: all of them or none.

Such a transaction only inserts: runs with their Start, messages, broadcasts, events. What comes of
them is the ledger's to apply, once it is told to look.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from perdure.errors import LimitReachedError
from perdure.ports.clock import Clock
from perdure.ports.commit import Commit, InboxMade
from perdure.ports.limits import Entering
from perdure.ports.rows import Announced
from perdure.ports.store import Store, Transaction
from perdure.runtime.almanac import Almanac, Emission, Wanted
from perdure.runtime.envelopes import Birth, Poke
from perdure.runtime.herald import Herald
from perdure.runtime.ledger import Ledger
from perdure.runtime.outside import Outside, bear


@dataclass(slots=True)
class SignalStart:
    """A signal to the run that has the keys of a birth, or to the one that is born if none has.

    With a `key` it is written once.
    """

    birth: Birth
    message: InboxMade
    key: str | None = None


@dataclass(slots=True)
class Bundle:
    """What is to be written together. `keyed` are broadcasts by idempotency key."""

    births: list[Birth] = field(default_factory=list)
    messages: list[InboxMade] = field(default_factory=list)
    broadcasts: list[Announced] = field(default_factory=list)
    events: list[Wanted] = field(default_factory=list)
    keyed: dict[str, Announced] = field(default_factory=dict)
    signal_starts: list[SignalStart] = field(default_factory=list)


class Brought(NamedTuple):
    """What came of a bundle: the numbers of its broadcasts, its events, and the runs to look at."""

    broadcasts: list[int]
    events: list[Emission]
    runs: list[str]


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

    def write(self, bundle: Bundle, *, strict: bool = False) -> Brought:
        """Write all of it in one transaction; return what came of broadcasts and events.

        Of runs, signals and broadcasts whose key was used before nothing is written.
        A run that finds no place waits in line, or is refused where its workflow says so and
        `strict`. Raises RunNotFoundError, LimitReachedError, and what the store raises: then
        nothing of it was written. Only after a CommitUnknownError all of it may be there.
        """
        now = self._clock.now()
        if bundle.events:
            self._almanac.host(now)
        with self._store.transaction() as open_:
            signal_starts = _fresh(open_, bundle.signal_starts, now)
            births = [*bundle.births, *(each.birth for each in signal_starts)]
            born = self._bear(open_, births, now, strict=strict)
            sent = [_addressed(open_, each, born) for each in signal_starts]
            open_.put([*bundle.messages, *sent])
            fresh = open_.take(list(bundle.keyed), now) if bundle.keyed else ()
            signals = [*bundle.broadcasts, *(bundle.keyed[key] for key in fresh)]
            numbers = [open_.announce(signal) for signal in signals]
            told = [self._almanac.write(open_, event, now) for event in bundle.events]
        return Brought(numbers, told, [row.run for row in sent])

    def _bear(
        self, open_: Transaction, births: Sequence[Birth], now: float, *, strict: bool
    ) -> Collection[str]:
        """Have runs born, but for those whose keys are taken; return which were.

        Those that find no place line up when they are to begin. Raises LimitReachedError where
        they are not to wait.
        """
        commit = self._born(births, now)
        if strict:
            commit.entering = [Entering(born.run, born.workflow) for born in commit.born]
        committed = open_.apply(commit)
        if not committed.full:
            return committed.born
        for each in committed.full:
            if not each.waits:
                raise LimitReachedError(each.workflow, each.most, each.live)
        late = {each.run for each in committed.full}
        latecomers = self._born([birth for birth in births if birth.run in late], now)
        return committed.born | open_.apply(latecomers).born

    def _born(self, births: Sequence[Birth], now: float) -> Commit:
        commit = self._outside.commit(now)
        for birth in births:
            plan = birth.plan
            bear(commit, birth.born, birth.context, birth.start)
            commit.plans.append((plan.hash, plan.workflow, plan.version, birth.body))
            commit.labels += birth.labels
        return commit

    def take_up(self, bundle: Bundle, brought: Brought) -> None:
        """Have the ledger look at the runs of a bundle that was written."""
        self._ledger.put_all(Poke(birth.run) for birth in bundle.births)
        self._ledger.put_all(Poke(row.run) for row in bundle.messages)
        self._ledger.put_all(Poke(run) for run in brought.runs)
        for number in brought.broadcasts:
            self._herald.deliver(number)
        for emission in brought.events:
            self._almanac.told(emission)


def _fresh(open_: Transaction, given: Sequence[SignalStart], now: float) -> list[SignalStart]:
    """Return those that were not written before."""
    keys = [each.key for each in given if each.key is not None]
    fresh = set(open_.take(keys, now)) if keys else set()
    return [each for each in given if each.key is None or each.key in fresh]


def _addressed(open_: Transaction, asked: SignalStart, born: Collection[str]) -> InboxMade:
    """Return the signal to the run that was born for it, or to the one that has its keys."""
    run = asked.birth.run
    if run in born:
        return asked.message
    of = asked.birth.born
    return asked.message._replace(run=open_.holder(of.start_key, of.unique_key) or run)
