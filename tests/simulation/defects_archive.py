"""Defects of what forgets runs that are over."""

from perdure.runtime.pruner import Pruner
from tests.simulation.defects import defect, reword


@defect
def runs_forgotten_too_soon(patch):
    """A run is forgotten as soon as it has ended, though it is to be kept."""
    patch.setattr(Pruner, "_is_old", lambda _self, run, made: run.ended_at <= made.now)


@defect
def later_runs_never_forgotten(patch):
    """Only the first runs of a store are looked at, again and again."""
    walk = Pruner.walk
    patch.setattr(Pruner, "walk", lambda self, made, **how: walk(self, made, **how) and False)


@defect
def histories_are_cut_too_short(patch):
    """Of a long history nothing is left but its newest message."""
    reword(patch, "archive/until", "r.seq - :keep", "r.seq - 1")
