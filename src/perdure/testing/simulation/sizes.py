"""Makes the engine's batches, slices and looks small, so that their edges are met often.

And the looks rare: most of a history's time would go into looks that find nothing.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from perdure.app import batches
from perdure.kernel.advance import advance
from perdure.ports import claims
from perdure.runtime import (
    herald,
    ledger,
    process,
    pruner,
    rescuer,
    scheduler,
    timekeeper,
    turn,
    watcher,
)


@contextmanager
def small_sizes(chance: random.Random) -> Iterator[None]:
    """Have some of the sizes be one or two for as long as the block lasts."""
    wanted = [
        (batches, "SLICE", chance.choice((1, 2, 200))),
        (herald, "SLICE", chance.choice((1, 1000))),
        (ledger, "MOST_MESSAGES", chance.choice((1, 2, 256))),
        (timekeeper, "MOST_TIMERS", chance.choice((1, 1000))),
        (rescuer, "MOST_ORPHANS", chance.choice((1, 500))),
        (watcher, "MOST_RUNS", chance.choice((1, 1000))),
        (watcher, "QUICK", chance.choice((0.02, 0.3, 0.3))),
        (watcher, "ROWS", chance.choice((5.0, 20.0))),
        (timekeeper, "POLL_SECONDS", chance.choice((5.0, 20.0))),
        (scheduler, "POLL_SECONDS", chance.choice((5.0, 20.0))),
        (pruner, "FIRST_SECONDS", 1.0),
        (pruner, "LOOK_SECONDS", chance.choice((2.0, 5.0))),
        (pruner, "LOOK", chance.choice((1, 3, 1000))),
        (pruner, "SLICE", chance.choice((1, 100))),
        (pruner, "KEPT", chance.choice((15, 20_000))),
        (pruner, "CUT", chance.choice((1, 500))),
        (process, "MOST_RUNS", chance.choice((1, 1000))),
        (claims, "PRIORITY_SECONDS", chance.choice((60.0, 0.2))),
        (turn, "advance", partial(advance, most=chance.choice((2, 500)))),
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in wanted]
    try:
        for module, name, value in wanted:
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
