"""One turn of the ledger: envelopes in, a draft and who is to be answered out. In memory only."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from perdure.kernel import history, messages
from perdure.kernel.advance import advance
from perdure.kernel.directives import Wait
from perdure.kernel.run import Run
from perdure.ports.commit import Commit
from perdure.ports.rows import Loaded
from perdure.runtime import line
from perdure.runtime.beside import settled_context
from perdure.runtime.draft import Draft
from perdure.runtime.effects import CONTINUE, Cause, write
from perdure.runtime.envelopes import Answer, Birth, Envelope, Told
from perdure.runtime.fitting import fitted, fitted_outcome
from perdure.runtime.hotrun import HotRun, kin_of, restore
from perdure.runtime.plans import Plans
from perdure.runtime.records import dump_message, load_message


@dataclass(slots=True, kw_only=True)
class Turn:
    """What has been advanced and not committed. `hot` is the ledger's own cache.

    Runs in `full` were to begin, and found no place: they wait in line instead.
    """

    draft: Draft
    hot: dict[str, HotRun]
    loaded: dict[str, Loaded]
    plans: Plans
    full: Collection[str] = ()
    births: dict[str, Birth] = field(default_factory=dict)
    more: list[str] = field(default_factory=list)
    unsure: list[Envelope] = field(default_factory=list)
    _told: dict[str, list[tuple[Envelope, list[history.Event]]]] = field(default_factory=dict)
    _quiet: list[tuple[Envelope, Answer]] = field(default_factory=list)

    @property
    def commit(self) -> Commit:
        """The commit as far as it is gathered."""
        return self.draft.commit

    def take(self, envelope: Envelope) -> None:
        """Advance the envelope's run."""
        if isinstance(envelope, Birth):
            self._bear(envelope)
            return
        hot = self._find(envelope.run)
        if hot is None:
            self._quiet.append((envelope, Answer(found=False)))
            return
        events: list[history.Event] = []
        if isinstance(envelope, Told):
            events = self._tell(hot, envelope)
        elif envelope.run not in self.loaded and envelope.more is not None:
            events = self._go_on(hot, envelope.more)
        if not events and envelope.run not in self.loaded:
            self.unsure.append(envelope)  # what is in memory may be old: look at the rows
            return
        self._told.setdefault(envelope.run, []).append((envelope, events))

    def _find(self, run: str) -> HotRun | None:
        """Return the run as it stands; one that was just loaded has its inbox applied first."""
        if (hot := self.hot.get(run)) is not None:
            return hot
        if (loaded := self.loaded.get(run)) is None:
            return None
        hot = self.hot[run] = restore(loaded, self.plans.get(loaded.row.plan))
        for row in loaded.inbox:
            message = self._or_line(load_message(row.message, row.id), hot.run)
            message = fitted(hot, message, row.payload)
            result = advance(hot.plan, hot.run, message, self.draft.now)
            if result.events:
                cause = Cause(row.message, inbox=row.id, payload=row.payload)
                self._write(hot, result.events, cause, more=result.more)
            else:
                self.commit.inbox_done.append(row.id)
        return hot

    def _tell(self, hot: HotRun, envelope: Told) -> list[history.Event]:
        tried = isinstance(envelope.message, messages.Adopt)  # told twice it would be judged twice
        if (envelope.again or tried) and _is_fenced(hot, envelope):
            return []
        message = self._or_line(envelope.message, hot.run)
        if hot.run.kept:
            message = _fitted(hot, message, envelope)
        result = advance(hot.plan, hot.run, message, self.draft.now)
        if result.events:
            told = dump_message(message)
            plan = message.plan if isinstance(message, messages.Adopt) else None
            cause = Cause(told, envelope.done, envelope.token, payload=envelope.payload, plan=plan)
            self._write(hot, result.events, cause, more=result.more)
        return result.events

    def _or_line(self, message: messages.Message, run: Run) -> messages.Message:
        """Return what the run is told; one that is in line by now was admitted where it begins."""
        return line.instead(message) if run.id in self.full and not run.in_line else message

    def _go_on(self, hot: HotRun, more: int) -> list[history.Event]:
        result = advance(hot.plan, hot.run, messages.Continue(), self.draft.now)
        if result.events:
            self._write(hot, result.events, Cause(CONTINUE, inbox=more), more=result.more)
        return result.events

    def _write(self, hot: HotRun, events: list[history.Event], cause: Cause, *, more: bool) -> None:
        write(self.draft, hot, events, cause, more=more)
        if self.draft.offspring:
            births, self.draft.offspring = self.draft.offspring, []
            for birth in births:
                self._bear(birth)
        if more:
            self.more.append(hot.run.id)

    def _bear(self, birth: Birth) -> None:
        born = birth.born
        run = Run(id=born.run, allowance=born.deadline)
        hot = HotRun(run=run, plan=birth.plan, seq=0, context=birth.context, priority=born.priority)
        hot.kin = kin_of(born)
        hot.fair = born.fair
        if hot.kin is None:
            self.hot[run.id] = hot  # a child is kept once it is known to be there
        self.births[run.id] = birth
        self.draft.born[run.id] = (hot, born)
        self.draft.contexts[run.id] = birth.context
        self.commit.labels += birth.labels
        self.commit.steps += birth.copied
        if birth.data_key is not None:
            self.commit.data_keys.append(birth.data_key)
        if birth.scheduled is not None:
            self.commit.scheduled.append(birth.scheduled)
        if birth.plan.hash not in self.plans.stored:
            plan = birth.plan
            self.commit.plans.append((plan.hash, plan.workflow, plan.version, birth.body))
            self.plans.keep(plan)
        begins = birth.fork or self._or_line(birth.start, run)
        result = advance(birth.plan, run, begins, self.draft.now)
        self._write(
            hot,
            result.events,
            Cause(dump_message(begins), payload=birth.payload),
            more=result.more,
        )

    # -- when the commit is known ------------------------------------------------------------
    def of_moved(self) -> Iterator[tuple[str, list[Envelope]]]:
        """Yield the runs that the commit was to move, with their envelopes."""
        for run in self.draft.moved:
            yield run, [envelope for envelope, _ in self._told.get(run, ())]

    def touched(self) -> Iterator[HotRun]:
        """Yield the runs that were in this turn, moved, born, or only looked at."""
        for hot, _ in self.draft.moved.values():
            yield hot
        for hot, _ in self.draft.born.values():
            yield hot

    def looked_at(self) -> Iterable[str]:
        """Return the runs to which nothing was to be written."""
        return [run for run in self._told if run not in self.draft.moved]

    def answer(self, run: str) -> None:
        """Answer everybody who told this run something."""
        for envelope, events in self._told.get(run, ()):
            _reply(envelope, Answer(tuple(events)))

    def answer_birth(self, run: str, *, made: bool) -> None:
        """Answer who wanted this run made."""
        _reply(self.births[run], Answer(found=made, in_line=made and run in self.full))

    def answer_quiet(self) -> None:
        """Answer those whose messages meant nothing, or whose run nobody knows."""
        for run in self.looked_at():
            self.answer(run)
        for envelope, answer in self._quiet:
            _reply(envelope, answer)

    def next_due(self) -> float | None:
        """Return when the first timer or attempt of this batch is due; None without any."""
        timers = (made.due for made in self.draft.timers.values())
        queued = (due for _, due in self.draft.queued)
        return min((*timers, *queued), default=None)


def _fitted(hot: HotRun, message: messages.Message, envelope: Told) -> messages.Message:
    """Return a message with what of the wait that it asks for does not fit what was kept."""
    match message:
        case messages.Report() if envelope.done is not None:
            return fitted_outcome(hot, message, envelope.done.result.context)
        case messages.Settle(outcome=Wait()):
            left = settled_context(hot, message.step, envelope.payload)
            return fitted_outcome(hot, message, left)
        case _:
            return message


def _is_fenced(hot: HotRun, envelope: Told) -> bool:
    """Whether somebody has claimed the job since: the token on a freshly read row is newer."""
    if envelope.token is None:
        return False
    message = envelope.message
    if isinstance(message, messages.Report | messages.Lost | messages.Adopt):
        return hot.tokens.get(message.step) != envelope.token
    return True


def _reply(envelope: Envelope, answer: Answer) -> None:
    if envelope.reply is not None:
        envelope.reply(answer)
