"""Who starts runs and tells them something: with keys, twice, too early, and again where in doubt."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from perdure.app.addresses import Addressee, address
from perdure.app.signal_starts import signal_with_start
from perdure.app.signals import SignalAnswer
from perdure.app.transactions import block
from perdure.authoring.plans import dump
from perdure.authoring.registry import Workflow
from perdure.kernel import messages
from perdure.ports.commit import Born, InboxMade
from perdure.runtime.bundles import SignalStart
from perdure.runtime.envelopes import Answer, Birth, Envelope, Poke, Told
from perdure.runtime.records import dump_message
from perdure.testing.simulation.callers import AGAIN_SECONDS, Callers
from perdure.testing.simulation.node import SimProcess
from perdure.testing.simulation.queueing import fair_key
from perdure.testing.simulation.world import Violation
from perdure.wire.encoding import encode

TELLS: tuple[messages.Message, ...] = (
    messages.Cancel("someone"),
    messages.CancelNow("someone"),
    messages.Pause("someone"),
    messages.Resume("someone"),
    messages.Resume("someone"),
    messages.Retry("someone"),
    messages.Retry("someone"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run that somebody wants started, and how. `replaces` who has its unique key."""

    flow: Workflow
    context: str
    key: str | None = None
    unique: str | None = None
    delay: float | None = None
    deadline: float | None = None
    replaces: bool = False


class Clients(Callers):
    """All callers of a history. Each request goes to some process that lives."""

    # -- what is asked for -------------------------------------------------------------------
    def plan(self, seconds: float) -> None:
        """Decide what is asked for in these seconds, and when."""
        chance = self._chance
        for place, (name, context) in enumerate(self._workload.starts):
            flow = self._workload.registry.get(name)
            wanted = Wanted(
                flow,
                context,
                key=f"key-{place}" if chance.random() < 0.7 else None,
                unique="mine" if chance.random() < 0.25 else None,
                delay=chance.choice((None, None, None, None, None, 0.0, 1.0, 6.0)),
                deadline=chance.choice((*[None] * 12, 4.0, 30.0)),
                replaces=chance.random() < 0.5,
            )
            at = chance.choice((0.0, 0.0, 1.0, 5.0))
            for _ in range(2 if wanted.key and chance.random() < 0.3 else 1):
                self._begin(at, f"start {name} {wanted.key}", partial(self._start, wanted))
        for _ in range(chance.choice((0, 0, 1, 2, 4))):
            message = chance.choice(TELLS)
            tell = partial(self._tell, message)
            self._begin(seconds * chance.random(), f"tell {message}", tell)
        for _ in range(chance.choice((0, 2, 6, 14)) if self._workload.signals else 0):
            act = self._broadcast() if chance.random() < 0.4 else self._signal()
            self._begin(seconds * chance.random(), "signal", act)
        for _ in range(chance.choice((0, 0, 0, 2)) if self._workload.signals else 0):
            self._begin(seconds * chance.random(), "signal with start", self._with_start())

    # -- starts ------------------------------------------------------------------------------
    def _start(self, wanted: Wanted) -> None:
        """Start a run; where nobody can say whether it was, start it again under its key."""
        key = wanted.key

        def again() -> None:
            self._start(wanted)

        life = self._mates.any()
        if life is None:
            self._again("start", again)
            return
        birth = self.birth(life, wanted)

        def answered(answer: Answer) -> None:
            if answer.error is not None:
                self._again("refused start", again)
            elif answer.found:
                self._started(birth.run, key)
            elif wanted.unique is None:
                self._taken(life, birth, key, again)
            else:
                self._world.trace.sometimes("a start found a run that has its unique key")
                self._known += self._holders(wanted.unique)  # it may be one of our own, born unseen
                self._done()

        doubtful = again if key is not None else self._done
        if wanted.replaces and (holder := self._holder(wanted.unique)) is not None:
            self.open += 1
            self._put(life, Told(holder, messages.Cancel("a start")), self._told, self._done)
            self._world.trace.sometimes("a start replaced a run")
        self._put(life, birth, answered, doubtful)
        if self._chance.random() < 0.1:  # told in the same breath, before it is known to be there
            self.open += 1
            self._put(life, Told(birth.run, self._chance.choice(TELLS)), self._told, self._done)
            self._world.trace.sometimes("a run was told something with its birth")
        life.drive()

    def _holders(self, unique: str | None) -> list[str]:
        """Return the runs, ended or not, that were born with this unique key."""
        tracks = self._witness.tracks
        return [run for run, key in self._witness.unique.items() if key == unique and run in tracks]

    def _holder(self, unique: str | None) -> str | None:
        tracks = self._witness.tracks
        return next((run for run in self._holders(unique) if not tracks[run].run.ended), None)

    def birth(self, life: SimProcess, wanted: Wanted) -> Birth:
        """Return the birth of a run, of which one may talk from now on."""
        self._number += 1
        flow, now = life.registry.get(wanted.flow.name), life.process.clock.now()
        plan = flow.plan
        run = f"run-{self._number}"
        if wanted.unique is not None:
            self._witness.unique[run] = wanted.unique
        if wanted.key is None or self._chance.random() < 0.3:
            self._known.append(run)  # one may talk of a run of which nobody knows if it is there
        born = Born(
            run=run, seq=0, namespace="default", workflow=plan.workflow, version=plan.version,
            plan=plan.hash, status="running", cursor=None, marks="", visits="",
            priority=self._chance.choice((0, 0, 5)), created_at=now,
            ended_at=None, error=None, start_key=wanted.key, unique_key=wanted.unique,
            deadline=wanted.deadline, fair=fair_key(run),
        )  # fmt: skip
        at = None if wanted.delay is None else now + wanted.delay
        return Birth(born, plan, dump(plan), wanted.context, start=messages.Start(at))

    def _started(self, run: str, key: str | None) -> None:
        self._known.append(run)
        if run not in self._witness.tracks:
            raise Violation("I10", f"the start of {run} was acknowledged and it is not there")
        if self._by_key.get(key or "") in self._witness.forgotten.runs:
            del self._by_key[key or ""]
        if key is not None and self._by_key.setdefault(key, run) != run:
            raise Violation("I10", f"{key} started {self._by_key[key]} and {run}")
        self._done()

    def _taken(
        self, life: SimProcess, birth: Birth, key: str | None, again: Callable[[], None]
    ) -> None:
        """Take the first run of the key for the answer."""
        if key is None:
            raise Violation("I10", f"{birth.run} was refused, though it has no key")

        def look() -> None:
            found = life.store.by_start_key(key)
            if found is None and self._witness.forgotten.runs:
                again()
                return
            if found is None:
                raise Violation("I10", f"{birth.run} was refused for {key}, which nobody has")
            self._world.trace.sometimes("a start found its key taken")
            self._started(found, key)

        self._guarded(life, look, again)

    # -- messages ----------------------------------------------------------------------------
    def _tell(self, message: messages.Message) -> None:
        life, run = self._mates.any(), self.some_run()
        if life is None or run is None:
            self._again(f"tell {message}", lambda: self._tell(message))
            return
        self._put(life, Told(run, message), self._told, lambda: self._tell(message))
        life.drive()

    def _told(self, answer: Answer) -> None:
        if answer.events:
            self._world.trace.sometimes(f"told and heard: {type(answer.events[0]).__name__}")
        self._done()

    def _signal(self) -> Callable[[], None]:
        """Return the sending of a signal to one run, under an idempotency key or without."""
        name, key, payload = self._words()
        unique = encode(payload) if self._chance.random() < 0.7 else None
        twice = unique is not None and self._chance.random() < 0.3

        def send() -> None:
            life, run = self._mates.any(), self.some_run()
            if life is None or run is None:
                self._again("signal", send)
                return
            message = dump_message(messages.Signal(id=0, name=name, key=key, addressed=True))
            row = InboxMade(run, message, encode(payload), unique)
            self._accept(life, row)
            if twice:
                self.open += 1
                self._accept(life, row)

        return send

    def _accept(self, life: SimProcess, row: InboxMade) -> None:
        def put() -> None:
            (number,) = life.store.put([row])
            if number is None:
                self._world.trace.sometimes("a signal's key had been used")
            else:
                self._witness.accepted(row.run, number)
                if not self._world.hits(self._world.faults.deaf):
                    life.process.ledger.put(Poke(row.run))
            life.drive()
            self._done()

        def again() -> None:
            if row.key is None:
                self._done()
            elif (other := self._mates.any()) is not None:
                self._accept(other, row)
            else:
                self._again("signal", again)

        self._guarded(life, put, lambda: self._again("signal", again))

    def _with_start(self) -> Callable[[], None]:
        """Return the sending of a signal that starts its run if none has the key."""
        name, _, payload = self._words()
        flow_name, context = self._chance.choice(self._workload.starts)
        wanted = Wanted(self._workload.registry.get(flow_name), context, key="with-start")
        text = encode(payload)
        in_block = self._chance.random() < 0.3

        def send() -> None:
            life = self._mates.any()
            if life is None:
                self._again("signal with start", send)
                return

            def put(to: Addressee) -> SignalAnswer:
                row = address(name, text, to, life.process.clock.now())
                assert isinstance(row, InboxMade)
                (number,) = life.store.put([row])
                if number is not None:
                    self._witness.accepted(row.run, number)
                    life.process.ledger.put(Poke(row.run))
                return SignalAnswer(kept=(row.run,))

            def ask() -> None:
                to = Addressee(idempotency_key=text)
                if in_block:
                    made = self._in_block(life, wanted, name, to)
                else:
                    made = signal_with_start(
                        life.process, lambda: self.birth(life, wanted), put, name, text, to
                    )
                self._check_start(made, text)
                life.drive()
                self._done()

            self._guarded(life, ask, lambda: self._again("signal with start", send))

        return send

    def _in_block(self, life: SimProcess, wanted: Wanted, name: str, to: Addressee) -> SignalAnswer:
        """Have a transaction send the signal, and return who has it then."""
        birth = self.birth(life, wanted)
        row = address(name, to.idempotency_key, to._replace(run=birth.run), birth.born.created_at)
        assert isinstance(row, InboxMade)
        with block(life.process.bundles, life.drive) as made:
            made.signal_start(SignalStart(birth, row))
        self._world.trace.sometimes("a transaction signalled with start")
        run = life.store.by_start_key("with-start")
        return SignalAnswer(kept=(run or birth.run,), started=run if run == birth.run else None)

    def _check_start(self, made: SignalAnswer, payload: str) -> None:
        """Hold a signal that was acknowledged to being with the one run of its key."""
        run = made.started or made.kept[0]
        if self._by_key.get("with-start") in self._witness.forgotten.runs:
            del self._by_key["with-start"]  # its key is free again
        if self._by_key.setdefault("with-start", run) != run:
            raise Violation("S1", f"one key started {self._by_key['with-start']} and {run}")
        inbox = self._witness.tracks[run].inbox.values()
        if payload not in [row.payload for row in inbox]:
            raise Violation("S1", f"{run} has not the signal that it was started with: {payload}")
        if made.started is not None:
            self._world.trace.sometimes("a signal started its run")
        self._known.append(run)

    # -- how it goes -------------------------------------------------------------------------
    def _put(
        self,
        life: SimProcess,
        envelope: Envelope,
        answered: Callable[[Answer], None],
        doubtful: Callable[[], None],
    ) -> None:
        """Put an envelope into a ledger, and look after it until it is answered or in doubt."""
        state = {"open": True}

        def reply(answer: Answer) -> None:
            if state["open"]:
                state["open"] = False
                self._world.after(0.0, "is answered", lambda: answered(answer))
                self._check(envelope, answer)

        def look() -> None:
            if not state["open"]:
                return
            if life.dead:
                state["open"] = False
                self._world.trace.sometimes("a caller never got an answer")
                doubtful()
            else:
                self._world.after(AGAIN_SECONDS, "looks for its answer", look)
                if life.can_be_called:
                    life.drive()

        envelope.reply = reply
        life.process.ledger.put(envelope)
        self._world.after(AGAIN_SECONDS, "looks for its answer", look)

    def _check(self, envelope: Envelope, answer: Answer) -> None:
        """Hold an answer to what is durable at this moment, not some time later."""
        if isinstance(envelope, Birth):
            self._witness.places.answered(envelope, answer)
        if isinstance(envelope, Birth) and answer.found and answer.error is None:
            if envelope.run not in self._witness.tracks:
                raise Violation("I10", f"the start of {envelope.run} was answered too early")
        elif answer.events:
            self._witness.answered(envelope.run, answer.events)
