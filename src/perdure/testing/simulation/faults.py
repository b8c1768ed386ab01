"""What goes wrong in one history: each sort of fault is on or off by the seed, then by chance."""

import random
from dataclasses import dataclass

RATES = (0.0, 0.0, 0.02, 0.06, 0.15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How likely each fault is, at each place where it can happen; 0 switches it off.

    `interleave`: others run while a process is at the store. `crash`: a process dies before or
    after a commit. `unknown`: a commit, done or not, is answered with "unknown". `busy`, `full`:
    nothing was done. `stall`: a process freezes past its lease. `late`: a report takes its time.
    `twice`: it comes again, also through another process, also after its worker's death. `deaf`:
    a hint to look at something is lost. `leaves`: a process goes in good order. `jumps`: the wall
    clock is set. `locked`: a dead process is seen by its lock, not only by the end of its lease.
    `slow`: every look at the clock takes time. `lease` is in seconds. `brittle`: a
    child process dies, hangs, answers late or twice.
    """

    interleave: float
    crash: float
    unknown: float
    busy: float
    full: float
    stall: float
    late: float
    twice: float
    deaf: float
    leaves: float
    jumps: float
    locked: bool
    slow: bool
    lease: float
    brittle: float = 0.0


def draw_faults(chance: random.Random) -> Faults:
    """Draw the faults of one history: many histories lack most sorts, so that each is seen alone."""
    pick = chance.choice
    return Faults(
        interleave=pick((0.0, 0.1, 0.3, 0.5)),
        crash=pick(RATES) / 2,
        unknown=pick(RATES),
        busy=pick(RATES),
        full=pick((0.0, 0.0, 0.0, 0.05)),
        stall=pick((0.0, 0.0, 0.02, 0.06)),
        late=pick((0.0, 0.1, 0.5)),
        twice=pick((0.0, 0.0, 0.2, 0.5)),
        deaf=pick((0.0, 0.0, 0.3, 1.0)),
        leaves=pick((0.0, 0.0, 1.0)),
        jumps=pick((0.0, 0.0, 0.0, 0.3)),
        locked=pick((True, False)),
        slow=pick((False, False, False, True)),
        lease=pick((3.0, 6.0, 12.0)),
        brittle=pick((0.0, 0.2, 0.5)),
    )


CALM = Faults(
    interleave=0.0, crash=0.0, unknown=0.0, busy=0.0, full=0.0, stall=0.0, late=0.0, twice=0.0,
    deaf=0.0, leaves=0.0, jumps=0.0, locked=True, slow=False, lease=4.0,
)  # fmt: skip
"""Nothing goes wrong."""
