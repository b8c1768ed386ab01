"""Has the runs of schedules begin when their times come: each time once, whoever sees it first.

A run's birth and its schedule's going on are one commit, which the store refuses where the schedule
does not stand as it was read, or a key is taken. So nothing is remembered here that a crash could
lose: what is due is in the rows.
"""

import logging
from collections.abc import Callable

from perdure.authoring.recurrence import newest
from perdure.authoring.registry import Registry
from perdure.authoring.schedules import Schedule, load
from perdure.errors import StoreError, StoreFullError
from perdure.kernel.messages import Cancel
from perdure.kernel.run import Status
from perdure.ports.commit import Scheduled
from perdure.ports.rows import ScheduleRow
from perdure.ports.store import Store
from perdure.runtime.envelopes import Answer, Birth, Told
from perdure.runtime.ledger import Ledger
from perdure.runtime.occurrences import Occurrences, start_key, unique_key
from perdure.wire.encoding import clean_text

log = logging.getLogger("perdure.scheduler")

POLL_SECONDS = 5.0
HELD_SECONDS = 1.0
LATE_SECONDS = 60.0
"""How late a time may begin under `catch_up="skip"`."""
PATIENCE_SECONDS = 10.0
"""How long a time is left to processes that have the workflow's code."""


class Scheduler:
    """One duty. `hint` says that a schedule is due at a time; the store is asked for the rest.

    `declare` writes the schedules that stand at classes, before anybody looks.
    """

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        registry: Registry,
        declare: Callable[[float], None] = lambda _now: None,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self.declare = declare
        self.occurrences = Occurrences(registry, store)
        self._next = 0.0
        self._flying: set[str] = set()
        self._refused: dict[str, str] = {}
        self._holders: set[str] = set()

    def hint(self, due: float) -> None:
        """Look again at this time, at the latest."""
        self._next = min(self._next, due)

    def ended(self, run: str) -> None:
        """Look again if a schedule has waited for the end of this run."""
        if run in self._holders:
            self.hint(0.0)

    @property
    def wake_at(self) -> float:
        """When there is something to do next."""
        return self._next

    def tick(self, now: float) -> float:
        """Have begun what is due, and return when to look again."""
        if now < self._next:
            return self._next
        self._next = now + POLL_SECONDS
        try:
            self._look(now)
        except StoreError:
            self.hint(now)
            raise
        return self._next

    def _look(self, now: float) -> None:
        self.declare(now)
        self._holders.clear()
        for row in self._store.due_schedules(now):
            if row.name not in self._flying:
                self._handle(row, now)
        if (due := self._store.next_schedule(now)) is not None:
            self.hint(due)

    def _handle(self, row: ScheduleRow, now: float) -> None:
        """Do with what is due of a schedule as it says."""
        said = load(row.said)
        holder = None
        if said.overlap != "allow":
            holder = self._store.by_unique_key(unique_key(row.name))
        waits = holder is not None and said.overlap in ("queue", "replace")
        times = self._due(row, said, now, waits=waits)
        if not times:
            self._go_on(row, said, now)
        elif holder is None:
            self._begin(row, said, times[0], now)
        elif said.overlap == "skip":
            self._go_on(row, said, now, skipped=row.skipped + len(times))
        elif said.overlap == "replace" and not self._is_cancelling(holder):
            self._begin(row, said, times[0], now, instead_of=holder)
        else:  # it stays due until that run has ended
            self._holders.add(holder)
            self.hint(now + HELD_SECONDS)

    def _due(self, row: ScheduleRow, said: Schedule, now: float, *, waits: bool) -> list[float]:
        """Return the times that are due and are to have a run, the oldest first.

        None is too late as long as it waits for the end of a run.
        """
        assert row.next_at is not None
        most = said.catch_up_limit if said.catch_up == "all" else 1
        times = newest(said.recurrence(row.made_at), row.next_at, now, most)
        if said.catch_up != "skip" or waits or not times:
            return times
        return times if now <= self._could_begin(row, said, times[0]) + LATE_SECONDS else []

    def _could_begin(self, row: ScheduleRow, said: Schedule, at: float) -> float:
        """Return from when on a time could begin: when it came, or what held it back had ended."""
        if said.overlap in ("queue", "replace") and row.last_run is not None:
            last = self._store.load([row.last_run]).get(row.last_run)
            if last is not None and last.row.ended_at is not None:
                return max(at, last.row.ended_at)
        return at

    def _is_cancelling(self, run: str) -> bool:
        found = self._store.load([run]).get(run)
        return found is not None and found.row.status == Status.CANCELLING

    # -- a run begins ------------------------------------------------------------------------
    def _begin(
        self,
        row: ScheduleRow,
        said: Schedule,
        at: float,
        now: float,
        *,
        instead_of: str | None = None,
    ) -> None:
        key = start_key(row.name, at)
        if (taken := self._store.by_start_key(key)) is not None:  # it was backfilled
            self._go_on(row, said, at, last_at=at, last_run=taken)
            return
        if not self.occurrences.is_known(row.workflow) and now < at + PATIENCE_SECONDS:
            self.hint(at + PATIENCE_SECONDS)
            return
        if (why := self._refused.pop(row.name, None)) is not None:
            self._go_on(row, said, at, error=why)
            return
        if (birth := self._birth(row, said, at, now)) is None:
            return
        if instead_of is not None:
            self._ledger.put(Told(instead_of, Cancel("schedule", f"replaced by {birth.run}")))
        self._flying.add(row.name)
        self._ledger.put(birth)

    def _birth(self, row: ScheduleRow, said: Schedule, at: float, now: float) -> Birth | None:
        """Return the birth of a time's run; None where it cannot begin, or not here."""
        try:
            birth = self.occurrences.birth(row, said, at, now)
        except StoreError:
            raise
        except Exception as error:
            if not self.occurrences.is_known(row.workflow):
                log.warning("%s", error)
                return None  # it stays due for a process that has the workflow
            log.exception("schedule %r: the run for %s could not begin", row.name, at)
            self._go_on(row, said, at, error=clean_text(f"{type(error).__name__}: {error}")[:500])
            return None
        birth.scheduled = Scheduled(
            birth.run, row.name, row.seq, row.seq + 1, said.recurrence(row.made_at).after(at), at
        )
        birth.reply = lambda answer: self._landed(row.name, answer)
        return birth

    def _landed(self, name: str, answer: Answer) -> None:
        self._flying.discard(name)
        if isinstance(answer.error, StoreFullError):
            return  # there is room again some time
        if answer.error is not None:
            self._refused[name] = clean_text(str(answer.error))[:500]
        self.hint(0.0)
        self._ledger.on_due(0.0)

    # -- none begins -------------------------------------------------------------------------
    def _go_on(self, row: ScheduleRow, said: Schedule, after: float, **also: object) -> None:
        """Have a schedule go on behind a time without a run of its own; look again at once."""
        next_at = said.recurrence(row.made_at).after(after)
        changed = row._replace(seq=row.seq + 1, next_at=next_at, **also)  # type: ignore[arg-type]
        self._store.put_schedule(changed, row.seq)
        self.hint(0.0)
