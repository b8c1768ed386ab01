"""Spreads a long harness's pieces over all cores of the machine."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(do: Callable[[Piece], Answer], pieces: Iterable[Piece]) -> Iterator[Answer]:
    """Yield what `do` makes of each piece, in the order in which they get done.

    `do` stands at the top of a module, and what it takes and gives can be pickled. No more pieces
    are asked for than there are cores, so one that ends when its time is over ends in time. What
    `do` raises is raised here, and what is under way then is not waited for.
    """
    todo = iter(pieces)
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as processes:
        going: set[Future[Answer]] = {processes.submit(do, one) for one in islice(todo, CORES)}
        try:
            while going:
                done, going = wait(going, return_when=FIRST_COMPLETED)
                for each in done:
                    going |= {processes.submit(do, one) for one in islice(todo, 1)}
                    yield each.result()
        finally:
            processes.shutdown(wait=False, cancel_futures=True)
