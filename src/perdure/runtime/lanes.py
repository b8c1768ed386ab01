"""The slots of executors, and the attempts that fill them."""

from dataclasses import dataclass

from perdure.ports.executor import Executor, Work


@dataclass(slots=True)
class Lane:
    """The slots of one sort of executor. `backlog`: jobs may wait in the store for a slot."""

    executor: Executor
    slots: int
    free: int
    reserved: int = 0
    backlog: bool = True


@dataclass(slots=True)
class Held:
    """An attempt that runs here. `stop` says why it was asked to end, if it was.

    Its time is up at `due` on the monotonic clock, if it has one.
    """

    work: Work
    lane: Lane
    stop: str = ""
    due: float = 0.0
