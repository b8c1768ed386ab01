"""One run as its history tells it, and the rules that each event of it is held to."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, ClassVar

from perdure.kernel import history
from perdure.kernel.evolve import evolve
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import MIN_LOST_ATTEMPTS, Plan, PlanKind
from perdure.kernel.run import Joining, Mark, Run, Status, Waiting
from perdure.kernel.ways import Way
from perdure.ports.commit import Written
from perdure.ports.events import SIGN
from perdure.ports.rows import InboxRow
from perdure.testing.simulation.earlier import Earlier, Stand
from perdure.testing.simulation.hooks import HookRules
from perdure.testing.simulation.world import Violation
from perdure.wire.encoding import decode

Visit = tuple[str, int]

News = Sequence[tuple[Written, list[history.Event]]]
"""The messages that were applied since the last look, with their events."""

Begins = (
    history.RunStarted
    | history.RunRetried
    | history.RunRecovered
    | history.RunRewound
    | history.RunForked
)


class Track:
    """What is known of a run from its history alone: folded with the kernel's `evolve`."""

    def __init__(self, run: str, plan: Plan, plans: Callable[[str], Plan] | None = None) -> None:
        self.plan = self.first = plan  # it may adopt another one
        self._plans = plans
        self.run = Run(id=run)
        self.seq = 0
        self.written: list[tuple[Written, list[history.Event]]] = []
        self.succeeded: list[Visit] = []
        self.ended: dict[Visit, history.Event] = {}
        self.end: history.Event | None = None
        self.cancelled = False
        self.taken: list[int] = []
        self.kept: set[int] = set()
        self.dropped: set[int] = set()
        self.inbox: dict[int, InboxRow] = {}
        self.open_inbox: set[int] = set()
        self.payloads: set[str | None] = set()
        self.tokens: dict[Visit, tuple[int, int, int | None]] = {}  # token, attempt, owner
        self.claims: dict[tuple[str, int, int, int], int] = {}  # step visit attempt token: owner
        self.begun: Counter[tuple[str, int, int, int]] = Counter()
        self._visits: dict[str, int] = {}
        self._attempts: dict[Visit, int] = {}
        self._unknown: dict[Visit, int] = {}
        self._not_done: dict[Visit, int] = {}
        self._due: dict[tuple[str, int, str], float] = {}
        self._rested: set[Visit] = set()
        self._joined_broods: set[int] = set()
        self._order: dict[tuple[str, str | None], int] = {}
        self.allowance: float | None = plan.deadline
        self.hooks = HookRules()
        self.earlier = Earlier()
        self.source: Track | None = None

    @property
    def id(self) -> str:
        """The run's id."""
        return self.run.id

    @property
    def held(self) -> bool:
        """Whether a pause holds the run: no attempt of it begins."""
        return self.run.paused and self.run.status is not Status.CANCELLING

    def events(self) -> Iterator[history.Event]:
        """Yield all that its history tells."""
        return chain.from_iterable(events for _, events in self.written)

    def broken(self, rule: str, message: str) -> Violation:
        """Return the violation of a rule by this run, to be raised."""
        return Violation(rule, f"run {self.id} at {self.seq}: {message}")

    def add(self, written: Written, events: Sequence[history.Event]) -> None:
        """Hold one applied message to the rules, and fold it in. Raises Violation."""
        if written.seq != self.seq + 1:
            raise self.broken("I1", f"event number {written.seq} follows {self.seq}")
        self.seq = written.seq
        if not events:
            raise self.broken("I1", "a message without events was recorded")
        self.written.append((written, list(events)))
        self._not_too_soon(written, events[0])
        for event in events:
            self._check(event, written.at)
            if wrong := self.hooks.check(self.plan, event, cancelled=self.cancelled):
                raise self.broken("hook", wrong)
            try:
                evolve(self.plan, self.run, event)
            except (KeyError, IndexError) as error:
                raise self.broken("I21", f"{event} does not fit what came before") from error

    def _not_too_soon(self, written: Written, first: history.Event) -> None:
        """Hold the beginning of a run to the time that was said."""
        told = decode(written.message)
        at = told[1] if told[:1] == ["Start"] and len(told) > 1 else None
        if at is not None and at > written.at and first != history.RunDelayed(at):
            raise self.broken("I9", f"{first} at {written.at}, and it was to begin at {at}")

    def _check(self, event: history.Event, at: float) -> None:
        again = history.RunRetried | history.RunRewound
        if self.end is not None and not isinstance(event, again):
            raise self.broken("I2", f"{event} after the end {self.end}")
        if (rule := self._RULES.get(type(event))) is not None:
            rule(self, event, at)

    def _delayed(self, event: history.RunDelayed, _at: float) -> None:
        self._due["", 0, "start"] = event.due

    def _lined_up(self, _event: history.RunLinedUp, at: float) -> None:
        self._due["", 0, "line"] = at

    def _started(self, event: Begins, at: float) -> None:
        wanted = at + self.allowance if self.allowance is not None else None
        if event.deadline != wanted:
            raise self.broken("I9", f"{event} has not {self.allowance} s from {at} on")
        if event.deadline is not None:
            self._due["", 0, "deadline"] = event.deadline

    def _rewound(self, event: history.RunRewound, at: float) -> None:
        if self.run.status in (Status.PENDING, Status.CANCELLING):
            raise self.broken("rewind", f"{event} of a run that is {self.run.status}")
        self.end = None
        self.cancelled = False
        self.succeeded = self.earlier.goes_back((event.step, event.visit))
        self._started(event, at)

    def _recovered(self, event: history.RunRecovered, at: float) -> None:
        if event.deadline is not None:  # it may end at once
            self._started(event, at)

    def _scheduled(
        self, event: history.StepScheduled | history.VerifyScheduled, _at: float
    ) -> None:
        step, visit = event.step, event.visit
        if event.attempt == 1:
            if visit <= self._visits.get(step, 0):
                raise self.broken("I2", f"visit {visit} of {step} is not new")
            self._visits[step] = visit
            self._may_begin(step)
            self.earlier.begins((step, visit), self.succeeded)
        elif event.attempt != self._attempts.get((step, visit), 0) + 1:
            raise self.broken("I6", f"attempt {event.attempt} of {step}#{visit} out of order")
        self._may_run(event)
        policy = self.plan.step(plan_name(step)).retry
        most = max(policy.max_attempts, MIN_LOST_ATTEMPTS)
        if event.attempt > most and self._not_done.get((step, visit)) != event.attempt - 1:
            raise self.broken("I6", f"attempt {event.attempt} of {step}#{visit}, of {most} allowed")
        self._attempts[step, visit] = event.attempt

    def _may_run(self, event: history.StepScheduled | history.VerifyScheduled) -> None:
        """Let what is run at most once run again only after it was asked, or was not done."""
        plan = self.plan.step(plan_name(event.step))
        asks = isinstance(event, history.VerifyScheduled)
        not_done = self._not_done.get((event.step, event.visit)) == event.attempt - 1
        again = plan.at_most_once and event.attempt > 1
        if asks > plan.verify or (again and not asks and not not_done):
            raise self.broken("once", f"{event} of a step that is run at most once")

    def _unknown_outcome(self, event: history.OutcomeUnknown, _at: float) -> None:
        visit = (event.step, event.visit)
        if visit in self.ended or self._attempts.get(visit) != event.attempt:
            raise self.broken("I4", f"{event} is not of the newest attempt")
        if not self.plan.step(plan_name(event.step)).at_most_once:
            raise self.broken("once", f"{event} of a step that can be run again")
        self._unknown[visit] = event.attempt

    def _tried(self, event: history.PlanAdopted | history.RunStranded, _at: float) -> None:
        """Let the newest attempt go on by another plan, before anything came of it."""
        visit = (event.step, event.visit)
        if visit in self.ended or self._attempts.get(visit) != event.attempt:
            raise self.broken("revision", f"{event} is not of the newest attempt")
        if isinstance(event, history.PlanAdopted) and self._plans is not None:
            self.plan = self._plans(event.plan)

    def _settled(self, event: history.OutcomeSettled, _at: float) -> None:
        visit = (event.step, event.visit)
        if self._unknown.pop(visit, None) != event.attempt:
            raise self.broken("once", f"{event} of what was not unknown")
        if event.outcome == "not_done":
            self._not_done[visit] = event.attempt

    def _may_begin(self, step: str) -> None:
        if self.held:
            raise self.broken("pause", f"step {step} was scheduled while the run is paused")
        if self.cancelled and step != self.plan.on_cancel:
            raise self.broken("I11", f"step {step} was scheduled after a cancel")
        if self.plan.kind is PlanKind.GRAPH:
            self._needs_ended(step, "scheduled")

    def _needs_ended(self, step: str, what: str) -> None:
        number = self.plan.index[plan_name(step)]
        marks = {
            self.plan.steps[need].name: self.run.marks[need] for need in self.plan.needs[number]
        }
        if Mark.PENDING in marks.values() or (
            what == "scheduled" and Mark.BROKEN in marks.values()
        ):
            raise self.broken("I3", f"{step} was {what} while what it needs is {marks}")

    def _skipped(self, event: history.StepSkipped, _at: float) -> None:
        self._needs_ended(event.step, "skipped")

    def _attempt_ended(
        self,
        event: (
            history.AttemptFailed
            | history.StepSucceeded
            | history.StepFailed
            | history.AttemptStopped
        ),
        _at: float,
    ) -> None:
        visit = (event.step, event.visit)
        if visit in self.ended:
            raise self.broken("I2", f"{visit} had ended with {self.ended[visit]}")
        if self._attempts.get(visit) != event.attempt:
            raise self.broken("I4", f"attempt {event.attempt} of {visit} is not the newest")
        if not isinstance(event, history.AttemptFailed):
            self.ended[visit] = event
        if isinstance(event, history.StepSucceeded):
            self.succeeded.append(visit)

    def _stopped(self, event: history.AttemptStopped, at: float) -> None:
        if event.attempt:
            self._attempt_ended(event, at)
        else:
            self._rest_ended((event.step, event.visit))

    def _sleep(self, event: history.SleepBegun, _at: float) -> None:
        self._due[event.step, event.visit, "sleep"] = event.due

    def _wait(self, event: history.WaitBegun, _at: float) -> None:
        if event.due is not None:
            self._due[event.step, event.visit, "wait"] = event.due

    def _children(self, event: history.ChildrenStarted, _at: float) -> None:
        if event.brood in self._joined_broods:
            raise self.broken("C1", f"{event}, and that brood was waited for")

    def _join(self, event: history.JoinBegun, _at: float) -> None:
        self._joined_broods.add(event.brood)
        if event.due is not None:
            self._due[event.step, event.visit, "children"] = event.due

    def _await(self, event: history.ChildrenAwaited, _at: float) -> None:
        self._joined_broods.add(event.brood)

    def _joined(self, event: history.JoinEnded, _at: float) -> None:
        self._rest_ended((event.step, event.visit))
        entry = self.run.open.get(event.step)
        way = entry.children if isinstance(entry, Waiting) else entry
        is_met = isinstance(way, Joining | Way) and self._is_enough(way.need)
        if event.met and not is_met:
            raise self.broken("C1", f"{event}, and the children are {self.run.brood}")

    def _is_enough(self, need: int | None) -> bool:
        brood = self.run.brood
        ended = sum(brood.ended >> place & 1 for place in range(brood.total))
        if need is None:
            return ended == brood.total
        return ended - brood.failed >= need or brood.total - brood.failed < need

    def _child(self, event: history.ChildEnded, _at: float) -> None:
        brood = self.run.brood
        is_new = event.place < brood.total and not brood.ended >> event.place & 1
        if event.brood != brood.number or not is_new:
            raise self.broken("C1", f"{event} counts twice, or not among {self.run.brood}")

    def _rest_ended(self, visit: Visit) -> None:
        if visit in self._rested:
            raise self.broken("I8", f"the wait of {visit} ended twice")
        self._rested.add(visit)

    def _timer(self, event: history.TimerEnded, at: float) -> None:
        due = self._due.pop((event.step, event.visit, event.kind), None)
        if due is None:
            raise self.broken("I9", f"{event} without a timer")
        if event.fired:
            if at < due:
                raise self.broken("I9", f"{event} at {at}, {due - at} s before its time")
            if event.step:
                self._rest_ended((event.step, event.visit))

    def _signal(
        self, event: history.SignalTaken | history.SignalKept | history.SignalDropped, _at: float
    ) -> None:
        number = event.signal
        if number in self.taken or number in self.dropped:
            raise self.broken("I7", f"{event} of a signal that was taken or dropped")
        if isinstance(event, history.SignalKept):
            if number in self.kept:
                raise self.broken("I7", f"signal {number} was kept twice")
            self.kept.add(number)
        elif isinstance(event, history.SignalDropped):
            self.dropped.add(number)
        else:
            self._rest_ended((event.step, event.visit))
            self.taken.append(number)
            line = (event.name, self.key_of(number))
            self.earlier.takes(self.inbox[number])
            self._about(event)
            if number < self._order.get(line, 0):
                raise self.broken("I7", f"signal {number} was taken after a later one")
            self._order[line] = number

    def _about(self, event: history.SignalTaken) -> None:
        """Let a wait for an event about an entity be ended by one about it alone."""
        payload = self.inbox[event.signal].payload or ""
        if event.key is not None and payload.startswith(SIGN):
            *_, body = decode(payload)
            if str(decode(body)["entity_id"]) != event.key:
                raise self.broken("E8", f"{event}, and that is about another entity: {body}")

    def key_of(self, signal: int) -> str | None:
        """Return the correlation key that a signal of this run came with."""
        row = self.inbox.get(signal)
        if row is None:
            raise self.broken("I7", f"signal {signal} was never accepted")
        key = decode(row.message)[3]
        return str(key) if key is not None else None

    def inherit(self, other: "Track", visit: Visit) -> None:
        """Begin as another run stood before a visit."""
        self.source = other
        self.earlier.stands[visit] = other.earlier.stands.get(visit, Stand())
        self.succeeded = self.earlier.goes_back(visit)

    def _cancel(self, _event: history.CancelRequested, _at: float) -> None:
        self.cancelled = True

    def _end(self, event: history.Event, _at: float) -> None:
        if self.cancelled != isinstance(event, history.RunCancelled):
            raise self.broken("I12", f"{event}, and cancelled is {self.cancelled}")
        self.end = event

    def _retried(self, event: history.RunRetried, at: float) -> None:
        if not isinstance(self.end, history.RunFailed):
            raise self.broken("I2", f"a retry of a run that ended with {self.end}")
        self.end = None
        self._started(event, at)

    _RULES: ClassVar[dict[type, Callable[["Track", Any, float], None]]] = {
        history.RunDelayed: _delayed,
        history.RunLinedUp: _lined_up,
        history.RunStarted: _started,
        history.StepScheduled: _scheduled,
        history.VerifyScheduled: _scheduled,
        history.OutcomeUnknown: _unknown_outcome,
        history.OutcomeSettled: _settled,
        history.PlanAdopted: _tried,
        history.RunStranded: _tried,
        history.StepSucceeded: _attempt_ended,
        history.StepFailed: _attempt_ended,
        history.AttemptFailed: _attempt_ended,
        history.StepSkipped: _skipped,
        history.AttemptStopped: _stopped,
        history.SleepBegun: _sleep,
        history.WaitBegun: _wait,
        history.TimerEnded: _timer,
        history.ChildrenStarted: _children,
        history.JoinBegun: _join,
        history.ChildrenAwaited: _await,
        history.JoinEnded: _joined,
        history.ChildEnded: _child,
        history.SignalTaken: _signal,
        history.SignalKept: _signal,
        history.SignalDropped: _signal,
        history.CancelRequested: _cancel,
        history.RunCompleted: _end,
        history.RunFailed: _end,
        history.RunCancelled: _end,
        history.RunRetried: _retried,
        history.RunRecovered: _recovered,
        history.RunRewound: _rewound,
        history.RunForked: _started,
    }
