"""One seed, one simulated history: the real engine under virtual time, crashes and delays.

Read `history` first (one history from its seed to its verdict), then `world` (time, and who runs
when), `node` (a simulated machine and the processes that live and die on it), `store` (the real
store with everything that can go wrong at it), `witness` with `track` (what must hold after every
transaction), `quiet` (what must hold at the end), `blocks` (callers with transactions),
`happenings` with `eventful` (callers who tell events, and what must hold of those), `releases` with
`revising` (code that is deployed and rolled back, and what must hold of runs then). `campaigns`
runs many seeds.
"""

from perdure.testing.simulation.campaigns import Campaign, campaign
from perdure.testing.simulation.history import Verdict, simulate
from perdure.testing.simulation.workload import Workload

__all__ = ["Campaign", "Verdict", "Workload", "campaign", "simulate"]
