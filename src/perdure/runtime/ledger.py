"""The ledger: takes the messages that wait, advances their runs, commits them together.

The process that holds a message advances the run; nobody owns runs. A turn loads what is not in
memory, advances in memory, and commits in one transaction that fences first. A run that did not
pass is loaded again under the lock of the next transaction, and its messages are applied again.
Callers are answered and attempts begin only when the commit is known.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from itertools import chain

from perdure.errors import (
    CommitUnknownError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    StoreRefusedError,
)
from perdure.ports.clock import Clock
from perdure.ports.commit import Commit, Committed
from perdure.ports.rows import Loaded
from perdure.ports.store import Store
from perdure.runtime.crew import Crew
from perdure.runtime.draft import Draft
from perdure.runtime.envelopes import Answer, Birth, Envelope, Poke, Told, refused
from perdure.runtime.hotrun import HotRun
from perdure.runtime.limits import Usher
from perdure.runtime.plans import Plans
from perdure.runtime.turn import Turn

log = logging.getLogger("perdure.ledger")

MOST_MESSAGES = 256
MOST_SECONDS = 0.005


class Ledger:
    """The only writer of runs in a process. Put messages from any thread; one turns at a time."""

    def __init__(self, *, store: Store, clock: Clock, plans: Plans, crew: Crew) -> None:
        self._store = store
        self._clock = clock
        self._plans = plans
        self._crew = crew
        self._mailbox: deque[Envelope] = deque()
        self._mutex = threading.Lock()
        self._forgets = False
        self._hot: dict[str, HotRun] = {}
        self._usher = Usher()
        self.batches = 0
        self.on_busy: Callable[[], None] = lambda: None
        self.on_due: Callable[[float], None] = lambda _due: None
        self.on_ended: Callable[[HotRun, float], None] = lambda _hot, _at: None

    @property
    def hot_runs(self) -> int:
        """How many runs are kept in memory."""
        return len(self._hot)

    @property
    def waiting(self) -> int:
        """How many messages wait for a turn."""
        return len(self._mailbox)

    @property
    def is_turning(self) -> bool:
        """Whether a thread takes a turn now."""
        return self._mutex.locked()

    def put(self, envelope: Envelope) -> None:
        """Leave a message. It is applied in the next turn that takes it."""
        self._mailbox.append(envelope)

    def put_all(self, envelopes: Iterable[Envelope]) -> None:
        """Leave several messages at once."""
        self._mailbox.extend(envelopes)

    def drive(self, *, wait: bool = False) -> None:
        """Take turns until nothing is left, unless another thread does; it will see ours.

        Without `wait`, a store that others write to now is left to `on_busy`.
        """
        while self._mailbox or self._crew.wants_turn():
            if not self._mutex.acquire(blocking=False):
                return
            try:
                self.turn(wait=wait)
            except StoreBusyError:
                self.on_busy()
                return
            finally:
                self._mutex.release()

    def turn(self, *, wait: bool = True) -> bool:
        """Apply one batch of messages; False if there was nothing to do.

        Raises StoreError if the store cannot commit; the messages then wait again, in order.
        """
        batch = self._take()
        if not batch and not self._crew.wants_turn():
            return False
        try:
            self._apply(batch, wait=wait)
        except StoreFullError as error:
            self._put_back(self._refuse_births(batch, error))
            raise
        except StoreRefusedError as error:
            self._isolate(batch, error, wait=wait)
        except StoreError:
            self._put_back(batch)
            raise
        except Exception as error:  # a message that cannot be applied must not stop all others
            log.exception("a message could not be applied; looking for the one")
            self._isolate(batch, error, wait=wait)
        except BaseException:  # Ctrl-C strikes any caller: nothing is lost, what was done is known
            self._put_back(batch)
            raise
        return True

    def finish(self, timeout: float) -> None:
        """Wait for the thread that turns, then take turns until nothing is left.

        Raises StoreError; `timeout` is in seconds, after which what is left stays.
        """
        if not self._mutex.acquire(timeout=timeout):
            return
        try:
            while self._mailbox and self.turn():
                pass
        finally:
            self._mutex.release()

    def forget(self) -> None:
        """Drop every run from memory before the next turn: they are loaded again when needed."""
        self._forgets = True

    def _take(self) -> list[Envelope]:
        if self._forgets:
            self._forgets = False
            self._hot.clear()
        mailbox = self._mailbox
        return [mailbox.popleft() for _ in range(min(len(mailbox), MOST_MESSAGES))]

    def _put_back(self, batch: list[Envelope]) -> None:
        for envelope in batch:
            self._hot.pop(envelope.run, None)
        self._crew.slots.release()
        self._mailbox.extendleft(reversed(batch))

    def _apply(self, batch: list[Envelope], *, wait: bool) -> None:
        """Load, advance and commit. Nothing is answered before the commit is known."""
        if any(envelope.again for envelope in batch):
            turn, committed = self._apply_locked(batch, wait=wait)
        else:
            turn = self._advance(batch, self._store.load)
            committed = self._commit(turn.commit, wait=wait)
        self._settle(batch, turn, committed)

    def _let_go(self, envelope: Envelope) -> None:
        if isinstance(envelope, Told) and envelope.held and envelope.done is not None:
            envelope.held = False
            self._crew.let_go(envelope.done)

    def _apply_locked(self, batch: list[Envelope], *, wait: bool) -> tuple[Turn, Committed]:
        """Load and advance under the lock: no run of this batch can fail to pass again."""
        turn: Turn | None = None
        try:
            with self._store.transaction(wait=wait) as open_:
                turn = self._advance(batch, open_.load)
                committed = open_.apply(turn.commit)
        except CommitUnknownError:
            if turn is None:
                raise
            committed = self._ask(turn.commit)
        return turn, committed

    def _commit(self, commit: Commit, *, wait: bool) -> Committed:
        if commit.only_claims() and not self._may_claim(commit):
            commit.limits.clear()  # another one is to tell them
            return Committed(frozenset(), frozenset())
        try:
            with self._store.transaction(wait=wait) as open_:
                return open_.apply(commit)
        except CommitUnknownError:
            return self._ask(commit)

    def _may_claim(self, commit: Commit) -> bool:
        """Whether a claim could get something: to find nothing, nobody need be held up."""
        if commit.claim is None:
            return False
        slots = self._crew.slots
        asked = slots.claim_of_any()
        nothing = False
        try:
            nothing = not self._store.queues.may_give(asked, commit.now)
        finally:
            if not nothing:
                slots.may_wait(asked)
        if nothing:
            commit.claim = None
        return not nothing

    def _ask(self, commit: Commit) -> Committed:
        """Ask the history whether a commit took place: its mark on the runs may be overwritten."""
        moved = {
            row.run for row in commit.moved if self._store.outcome(row.run, row.seq) == commit.batch
        }
        born = {
            row.run
            for row in (*commit.born, *commit.offspring)
            if self._store.outcome(row.run, row.seq) == commit.batch
        }
        return Committed(frozenset(moved), frozenset(born), doubtful=True)

    def _advance(
        self, batch: list[Envelope], load: Callable[[list[str]], dict[str, Loaded]]
    ) -> Turn:
        """Advance the runs of a batch in memory; leave for later what takes too long."""
        needed = {
            envelope.run
            for envelope in batch
            if not isinstance(envelope, Birth)
            and (envelope.again or envelope.run not in self._hot or _looks(envelope))
        }
        loaded = load(list(needed)) if needed else {}
        for run in needed:
            self._hot.pop(run, None)
        turn = Turn(
            draft=self._draft(), hot=self._hot, loaded=loaded, plans=self._plans,
            full=frozenset(self._usher.runs),
        )  # fmt: skip
        until = self._clock.monotonic() + MOST_SECONDS
        later: list[Envelope] = []
        for number, envelope in enumerate(batch):
            if envelope.run in turn.births:
                later.append(envelope)  # whether the run will be there is not known yet
            else:
                turn.take(envelope)
            if number % 32 == 31 and self._clock.monotonic() > until:
                self._mailbox.extendleft(reversed(batch[number + 1 :]))
                del batch[number + 1 :]
                break
        if later:
            self._mailbox.extendleft(reversed(later))
            batch[:] = [envelope for envelope in batch if envelope not in later]
        commit = turn.draft.finish()
        commit.beats = self._crew.pulses.take()
        slots = self._crew.slots
        slots.limits.declare(commit)
        if slots.wants_announcing():
            slots.announce(commit, self._plans.stored)
        commit.claim = slots.claim()
        return turn

    def _draft(self) -> Draft:
        self.batches += 1
        owner = self._crew.incarnation
        self._crew.slots.refresh()
        return Draft(
            batch=(owner << 32) | self.batches,
            now=self._clock.now(),
            owner=owner,
            reserve=self._crew.slots.reserve,
            regain=self._crew.slots.regain,
        )

    def _settle(self, batch: list[Envelope], turn: Turn, committed: Committed) -> None:
        """Now that the commit is known, answer, begin what was born claimed, forget what rests."""
        passed = committed.moved | committed.born
        again: list[Envelope] = list(turn.unsure)
        self._usher.look(committed, passed)
        for run, envelopes in turn.of_moved():
            if run in passed:
                turn.answer(run)
            else:
                again.extend(self._usher.staying(run, envelopes) or [Poke(run)])
        again += self._settle_births(turn, committed)
        for envelope in again:
            envelope.again = True
        for envelope in set(batch).difference(again) if again else batch:
            self._let_go(envelope)
        for job in committed.claimed:
            if (hot := self._hot.get(job.run)) is not None:
                hot.tokens[job.step] = job.token
        self._note(turn.commit, committed)
        self._crew.begin(turn.draft, passed, committed.claimed)
        self._rest(turn, passed, committed.again)
        turn.answer_quiet()
        if turn.commit.mail or committed.told:
            mail = (row.to for row in turn.commit.mail if row.run in passed)
            self._mailbox.extend(Poke(run) for run in dict.fromkeys((*mail, *committed.told)))
        self._mailbox.extend(self._more(turn, committed, passed))
        self._mailbox.extendleft(reversed(again))

    def _settle_births(self, turn: Turn, committed: Committed) -> list[Birth]:
        """Answer who wanted runs made; return the births that are to be tried again."""
        again = []
        for run, birth in turn.births.items():
            if run in committed.born:
                self._plans.stored.add(birth.plan.hash)
            elif committed.doubtful:
                if birth.born.parent is None:  # a child comes again with its parent's report
                    again.append(birth)
                continue
            elif self._usher.is_full(run):
                again += [birth] if self._usher.stands(birth) else []
                continue
            turn.answer_birth(run, made=run in committed.born)
        return again

    def _more(self, turn: Turn, committed: Committed, passed: frozenset[str]) -> list[Poke]:
        """Have the runs go on that had more to do than one advance may."""
        if not turn.more:
            return []
        left = [Poke(run, more=number) for run, number in committed.accepted]
        seen = {poke.run for poke in left}
        return left + [Poke(run) for run in {*turn.more} & passed - seen]

    def _note(self, commit: Commit, committed: Committed) -> None:
        """Tell the crew what became of its heartbeats, and of what it announced."""
        if commit.beats and not committed.doubtful:
            self._crew.beaten(commit.beats, committed.stale)
        if commit.limits and not committed.doubtful:
            self._crew.slots.limits.declared()
        if (commit.revisions or commit.unstranded) and not committed.doubtful:
            self._crew.slots.revisions.announced(commit, committed)

    def _rest(self, turn: Turn, passed: frozenset[str], again: float | None) -> None:
        """Forget runs at rest, tell who waits for an end, and when something is due."""
        for hot in turn.touched():
            run = hot.run
            if run.id in passed and run.ended:
                self.on_ended(hot, turn.draft.now)
            if run.id not in passed or run.ended or not self._crew.holds(run.id):
                self._hot.pop(run.id, None)
            else:
                self._hot[run.id] = hot
        for looked_at in turn.looked_at():
            if not self._crew.holds(looked_at):
                self._hot.pop(looked_at, None)
        for due in (turn.next_due(), again):
            if due is not None:
                self.on_due(due)

    def _refuse_births(self, batch: list[Envelope], error: StoreFullError) -> list[Envelope]:
        """Without room no run is begun; what runs already are told is kept."""
        for envelope in batch:
            if isinstance(envelope, Birth) and envelope.reply is not None:
                self._hot.pop(envelope.run, None)
                envelope.reply(Answer(error=error))
        return [envelope for envelope in batch if not isinstance(envelope, Birth)]

    def _isolate(self, batch: list[Envelope], error: Exception, *, wait: bool) -> None:
        """Something in this batch is refused: halve it until that is alone, apply all the rest."""
        parts = self._halves(batch, error)
        while parts:
            part = parts.pop()
            try:
                self._apply(part, wait=wait)
            except StoreRefusedError as again:
                parts += self._halves(part, again)
            except BaseException as again:
                if isinstance(again, StoreError) or not isinstance(again, Exception):
                    self._put_back([*part, *chain.from_iterable(reversed(parts))])
                    raise
                parts += self._halves(part, again)

    def _halves(self, batch: list[Envelope], error: Exception) -> list[list[Envelope]]:
        """Return the halves of a batch, the first one last; refuse a message that is alone."""
        if not batch:
            raise error  # it was the claim
        for envelope in batch:
            self._hot.pop(envelope.run, None)
        self._crew.slots.release()
        if len(batch) > 1:
            middle = len(batch) // 2
            return [batch[middle:], batch[:middle]]
        for envelope in batch:
            self._refuse(envelope, error)
        return []

    def _refuse(self, envelope: Envelope, error: Exception) -> None:
        """Answer a message with the error; an attempt whose result cannot be kept has failed."""
        if isinstance(envelope, Told) and not envelope.refused and envelope.done is not None:
            self._mailbox.appendleft(refused(envelope, envelope.done, error))
            return
        self._let_go(envelope)
        if envelope.reply is not None:
            envelope.reply(Answer(error=error))
        else:
            log.error("run %s: a message was refused", envelope.run, exc_info=error)


def _looks(envelope: Told | Poke) -> bool:
    """Whether an envelope asks for a look at the rows, whatever is in memory."""
    return isinstance(envelope, Poke) and envelope.more is None
