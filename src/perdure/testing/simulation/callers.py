"""What all callers of a history share: who serves them, and what they do where they are in doubt."""

import random
from collections.abc import Callable, Mapping

from perdure.app.addresses import Addressee, address
from perdure.errors import LimitReachedError, RunNotFoundError, StoreError
from perdure.ports.rows import Announced
from perdure.runtime.bundles import Bundle
from perdure.testing.simulation.node import Mates, SimProcess
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.workload import Workload
from perdure.testing.simulation.world import CHILD, Died, World
from perdure.wire.encoding import encode

AGAIN_SECONDS = 1.0

Act = Callable[[], object]


class Callers:
    """They tell signals to all who wait, and ask again where they have no answer."""

    def __init__(
        self, *, world: World, mates: Mates, witness: Witness, workload: Workload,
        chance: random.Random,
    ) -> None:  # fmt: skip
        self._world = world
        self._mates = mates
        self._witness = witness
        self._workload = workload
        self._chance = chance
        self._number = 0
        self._known: list[str] = []
        self._by_key: dict[str, str] = {}
        self.open = 0

    def _begin(self, seconds: float, what: str, act: Act) -> None:
        self.open += 1
        self._world.after(seconds, what, act)

    def _again(self, what: str, act: Act) -> None:
        self._world.after(AGAIN_SECONDS, f"again: {what}", act)

    # -- broadcasts ---------------------------------------------------------------------------
    def _broadcast(self) -> Callable[[], None]:
        """Return the sending of a signal to all, under an idempotency key or without."""
        name, key, payload = self._words()
        unique = encode(payload) if self._chance.random() < 0.4 else None
        wants = self._chance.randint(1, self._number) if self._chance.random() < 0.2 else None
        match = encode({f"said-{wants}": wants}) if wants is not None else None
        to = Addressee(key=key, match=match, keep=self._chance.choice((2.0, 1e6)))

        def send() -> None:
            life = self._mates.any()
            if life is None:
                self._again("broadcast", send)
                return
            made = address(name, encode(payload), to, life.process.clock.now())
            assert isinstance(made, Announced)

            def proclaim() -> None:
                self._proclaim(life, made, unique)
                life.drive()
                self._done()

            doubtful = self._done if unique is None else lambda: self._again("broadcast", send)
            self._guarded(life, proclaim, doubtful)

        return send

    def _proclaim(self, life: SimProcess, made: Announced, unique: str | None) -> None:
        """Have a broadcast brought to who waits; with a key of its own, once."""
        process, sometimes = life.process, self._world.trace.sometimes
        if unique is None:
            heard = process.herald.proclaim(made)
        else:
            numbers = process.bundles.write(Bundle(keyed={unique: made})).broadcasts
            if not numbers:
                sometimes("a broadcast's key had been used")
                return
            heard = process.herald.deliver(numbers[0])
        if heard.runs:
            sometimes("a broadcast reached somebody")
        if heard.refused:
            sometimes("a broadcast was refused")
        if heard.mailed and made.payload is not None:
            sometimes("a broadcast went to the mailbox")
            if made.until is not None and made.until > made.at + 1e5:
                self._witness.mail.kept.add(made.payload)

    def _words(self) -> tuple[str, str | None, Mapping[str, int]]:
        self._number += 1
        return (
            self._chance.choice(self._workload.signals),
            self._chance.choice(self._workload.keys),
            {f"said-{self._number}": self._number},
        )

    def some_run(self) -> str | None:
        """Return a run that one may talk of, or that nobody knows yet; None without any."""
        children = [run for run in self._witness.tracks if CHILD in run]
        if children and self._chance.random() < 0.4:
            return self._chance.choice(children)
        return self._chance.choice(self._known) if self._known else None

    # -- how it goes -------------------------------------------------------------------------
    def _guarded(
        self, life: SimProcess, act: Callable[[], None], doubtful: Callable[[], None]
    ) -> None:
        """Do something in a process; it may die in it, or the store may refuse."""
        try:
            act()
        except (RunNotFoundError, LimitReachedError):
            self._done()
        except StoreError:
            doubtful()
        except Died as died:
            if died.life is not life:
                raise
            doubtful()

    def _done(self) -> None:
        self.open -= 1
