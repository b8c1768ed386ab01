"""What must hold of idempotency keys: an attempt has its visit's, and a run that goes back keeps them.

`K1`: what an attempt is told is what the history says. `K2`: the visit that a run goes back to comes
again under the key that it had, or its retry, if keys are kept, and under its own if they are not.
"""

from collections.abc import Sequence

from perdure.kernel import history
from perdure.kernel.keys import number_of
from perdure.ports.executor import Work, visit_key
from perdure.testing.simulation.track import Track

Visit = tuple[str, str, int]


class KeyRules:
    """The numbers that the keys of visits are made of, as histories tell them."""

    def __init__(self) -> None:
        self._numbers: dict[Visit, int] = {}
        self._wanted: dict[tuple[str, str], int | None] = {}
        self._failed: dict[str, dict[str, int]] = {}
        self._retried: dict[str, dict[str, int]] = {}
        self._heirs: dict[Visit, int] = {}

    def happened(self, track: Track, events: Sequence[history.Event]) -> None:
        """Hold what a run has gone back to, and comes to, to its keys. Raises Violation."""
        for event in events:
            match event:
                case history.StepFailed(step, visit) | history.AttemptStopped(step, visit):
                    self._failed.setdefault(track.id, {})[step] = visit
                case history.RunRecovered():
                    self._failed.pop(track.id, None)  # what comes then is no retry
                case history.RunRetried():
                    self._retried[track.id] = self._failed.pop(track.id, {})
                case history.RunRewound(step, visit):
                    self._goes_back(track, step, visit, keeps=event.keys is not None)
                case history.StepScheduled(step, visit, 1):
                    self._comes(track, step, visit)
                case _:
                    pass

    def _goes_back(self, track: Track, step: str, visit: int, *, keeps: bool) -> None:
        for earlier in (self._failed, self._retried):
            earlier.pop(track.id, None)
        while (track.id, step, visit) in self._heirs:
            visit = self._heirs[track.id, step, visit]
        self._wanted[track.id, step] = self._numbers[track.id, step, visit] if keeps else None

    def _comes(self, track: Track, step: str, visit: int) -> None:
        number = number_of(track.run.keys, step, visit)
        self._numbers[track.id, step, visit] = number
        if (failed := self._retried.get(track.id, {}).pop(step, None)) is not None:
            self._heirs[track.id, step, failed] = visit
        if (track.id, step) in self._wanted:
            wanted = self._wanted.pop((track.id, step))
            if number != (visit if wanted is None else wanted):
                raise track.broken("K2", f"{step}#{visit} has the key of {number}, not {wanted}")

    def begins(self, track: Track, work: Work) -> None:
        """Hold what an attempt is told to its history. Raises Violation."""
        number = number_of(track.run.keys, work.path, work.visit)
        if work.key != visit_key(track.id, work.path, number):
            raise track.broken("K1", f"{work.path}#{work.visit} has not the key of {number}")
