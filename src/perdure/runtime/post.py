"""The mailbox of real processes: reports go to the ledger, and an idle executor turns it."""

from collections.abc import Callable

from perdure.ports.executor import Done
from perdure.runtime.crew import Crew
from perdure.runtime.ledger import Ledger


class Post:
    """Takes reports from executors of one process. Made before the crew; `connect` joins them."""

    def __init__(self) -> None:
        self._crew: Crew | None = None
        self._ledger: Ledger | None = None
        self._drive: Callable[[], None] = lambda: None

    def connect(self, crew: Crew, ledger: Ledger, drive: Callable[[], None]) -> None:
        """Say who takes reports, and who turns the ledger when an executor is idle."""
        self._crew = crew
        self._ledger = ledger
        self._drive = drive

    def put(self, done: Done) -> None:
        """Leave a report for the ledger; one that is not wanted any more frees its slot only."""
        assert self._crew is not None
        assert self._ledger is not None
        if (told := self._crew.done(done)) is not None:
            self._ledger.put(told)

    def idle(self) -> None:
        """Commit what was put, here and now, unless another thread does."""
        self._drive()
