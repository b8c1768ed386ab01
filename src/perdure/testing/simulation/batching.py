"""Who tells many runs the same, in slices, through any process; one that is cut off is begun anew.

A batch that has come to its end has told every run that it was for (`B1`), and counted them (`B2`).
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from perdure.app.batches import WANTED, Asked, Batch, tell_many
from perdure.errors import StoreError
from perdure.kernel import history, messages
from perdure.kernel.run import Status
from perdure.runtime.envelopes import Answer, Envelope, Ticket
from perdure.testing.simulation.node import Mates, SimProcess
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.world import Died, Violation, World

AGAIN_SECONDS = 1.0
TRIES = 20
"""So often a process is driven that has not answered; then the batch is begun anew by another."""

KINDS: tuple[type[Asked], ...] = (
    messages.Cancel, messages.Pause, messages.Pause, messages.Resume, messages.Resume,
    messages.Retry, messages.Retry, messages.Retry,
)  # fmt: skip
_CHANGES = (
    history.RunPaused, history.RunResumed, history.RunRetried, history.RunRewound,
    history.CancelRequested, history.CancelForced, history.RunStarted, *history.ENDINGS,
)  # fmt: skip
"""What may have come between: who was told this, or was not there at first, need not be told more."""


class _CutOffError(Exception):
    """The process has not answered."""


class Batches:
    """Tells all runs, or those of one workflow, to end, to hold, or to go on."""

    def __init__(
        self, *, world: World, mates: Mates, witness: Witness, names: Sequence[str],
        chance: random.Random,
    ) -> None:  # fmt: skip
        self._world = world
        self._mates = mates
        self._witness = witness
        self._names = names
        self._chance = chance
        self._number = 0
        self.open = 0

    def plan(self, seconds: float) -> None:
        """Decide how often, and when."""
        for _ in range(self._chance.choice((0, 0, 0, 1, 1, 2))):
            self.open += 1
            kind = self._chance.choice(KINDS)
            name = self._chance.choice((None, *self._names))
            at = seconds * self._chance.random()
            self._world.after(at, "a batch", partial(self._begin, kind, name))

    def _begin(self, kind: type[Asked], name: str | None) -> None:
        """Tell all of them; where that is cut off, begin anew."""
        life = self._mates.any()
        try:
            if life is not None:
                self._tell(life, kind, name)
                self.open -= 1
                return
        except (StoreError, _CutOffError):
            self._world.trace.sometimes("a batch was cut off")
        except Died as died:
            if died.life is not life:
                raise
            self._world.trace.sometimes("a batch was cut off")
        self._world.after(AGAIN_SECONDS, "a batch again", partial(self._begin, kind, name))

    def _tell(self, life: SimProcess, kind: type[Asked], name: str | None) -> None:
        self._number += 1
        message = kind(f"batch-{self._number}")
        tracks = self._witness.tracks
        meant = {
            run: track.seq
            for run, track in tracks.items()
            if name in (None, track.plan.workflow) and _is_meant(kind, track)
        }
        refused: set[str] = set()
        query = replace(WANTED[kind], workflow=name)
        done = tell_many(life.store, lambda asked: self._ask(life, asked, refused), message, query)
        self._world.trace.sometimes("somebody told many runs the same")
        for run, seq in meant.items():
            if run in tracks and run not in refused:
                _check(kind, tracks[run], seq, message.by)
        self._count(done, message.by)

    def _ask(
        self, life: SimProcess, envelopes: list[Envelope], refused: set[str]
    ) -> Sequence[Answer]:
        """Tell one slice, and return its answers."""
        tickets = []
        for each in envelopes:
            each.reply = ticket = Ticket()
            tickets.append(ticket)
        life.process.ledger.put_all(envelopes)
        for _ in range(TRIES):
            life.drive()
            answers = [ticket.answer for ticket in tickets if ticket.answer is not None]
            if len(answers) == len(tickets):
                refused |= {
                    each.run
                    for each, answer in zip(envelopes, answers, strict=True)
                    if answer.error is not None
                }
                return answers
        raise _CutOffError

    def _count(self, done: Batch, by: str) -> None:
        """Hold what a batch says it has changed to the histories. Raises Violation."""
        told = sum(
            any(getattr(event, "by", "") == by for event in track.events())
            for track in self._witness.tracks.values()
        )
        if told != done.changed and not self._witness.forgotten.runs:
            raise Violation("B2", f"{by} says that it has changed {done}, and {told} were told")


def _is_meant(kind: type[Asked], track: Track) -> bool:
    """Whether a batch of this kind is for a run as it stands."""
    run = track.run
    if kind is messages.Retry:
        return run.status is Status.FAILED
    if run.ended or (kind is messages.Cancel and run.status is Status.CANCELLING):
        return False
    return kind is messages.Cancel or run.paused is (kind is messages.Resume)


def _check(kind: type[Asked], track: Track, seq: int, by: str) -> None:
    """Hold a run that was meant to having been told, unless it has changed in between."""
    since = [event for written, events in track.written if written.seq > seq for event in events]
    if any(isinstance(event, _CHANGES) for event in since):
        return
    if _is_meant(kind, track):
        raise track.broken("B1", f"{by} was to {kind.__name__} it, and it was told {since}")
