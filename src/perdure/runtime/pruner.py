"""Forgets runs that ended long ago, and how long histories began: a store does not grow for ever."""

import logging
import math
from dataclasses import dataclass

from perdure.ports.archive import Long, Over
from perdure.ports.store import Store
from perdure.runtime.plans import Plans

log = logging.getLogger("perdure.pruner")

FIRST_SECONDS = 60.0  # a script that runs one step has no time for it
LOOK_SECONDS = 3600.0
SOON_SECONDS = 0.05
LOOK = 1000
SLICE = 100
"""So many runs are forgotten in one transaction: others write in between."""

KEPT = 20_000
"""So many of its newest messages a live run of code keeps: two for each of 10,000 visits."""

CUT = 500
"""So many are forgotten of them in one transaction."""


@dataclass(slots=True)
class Round:
    """One walk over the runs that are over, then over long ones: how far it is, and what it came to."""

    now: float
    keep: float | None
    after: int = 0
    found: int = 0
    forgotten: int = 0
    behind: int = 0
    long: Long | None = None


class Pruner:
    """One duty. A run is kept for as long as its plan says, else `keep` seconds; None: for ever."""

    def __init__(self, store: Store, plans: Plans, keep: float | None) -> None:
        self._store = store
        self._plans = plans
        self.keep = keep
        self._next = 0.0
        self._round: Round | None = None

    def tick(self, now: float) -> float:
        """Forget one slice, and return when to go on: soon, or in an hour after the last."""
        if self._next == 0.0:
            self._next = now + FIRST_SECONDS
        if now < self._next:
            return self._next
        self._round = self._round or Round(now, self.keep)
        more = self.walk(self._round) or self._cut(self._round)
        if not more:
            if self._round.forgotten:
                log.info("forgot %d runs that ended long ago", self._round.forgotten)
            self._round = None
        self._next = now + (SOON_SECONDS if more else LOOK_SECONDS)
        return self._next

    def walk(self, made: Round, *, dry_run: bool = False) -> bool:
        """Go one slice further; False where that was the last. A dry run only counts."""
        runs = self._store.archive.over(made.after, LOOK)
        if not runs:
            return False
        old = [run for run in runs if self._is_old(run, made)]
        more = len(old) > SLICE
        del old[SLICE:]
        if old and not dry_run:
            made.forgotten += len(self._store.archive.forget(old))
        made.after = old[-1].n if more else runs[-1].n
        made.found += len(old)
        return more or len(runs) == LOOK

    def _cut(self, made: Round) -> bool:
        """Forget one slice of a long history; False where no live run has one."""
        archive = self._store.archive
        if made.long is None:
            found = archive.long(made.behind, KEPT, 1)
            if not found:
                return False
            (made.long,) = found
        if archive.cut(made.long, KEPT, CUT) < CUT:
            made.behind, made.long = made.long.n, None
        return True

    def _is_old(self, run: Over, made: Round) -> bool:
        said = self._plans.get(run.plan).keep
        keep = made.keep if said is None else said
        return run.ended_at <= made.now - (math.inf if keep is None else keep)
