"""What a hundred thousand parked runs hold in memory, and what they cost while nothing happens."""

import gc
import json
import subprocess
import sys
import time

import apsw

from benchmarks.cases import subject
from benchmarks.harness.process import MIB, resident, usage
from benchmarks.harness.sample import Answer, Options, run

WATCHED = 3.0  # seconds of doing nothing
SLICE = 1000  # runs started by one call; the handles are let go after it


class Statements:
    """Counts the SQL statements that this process begins."""

    def __init__(self) -> None:
        self.count = 0
        apsw.connection_hooks.append(self._listen)

    def _listen(self, connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_STMT, self._add, id=self)

    def _add(self, _: dict[str, object]) -> None:
        self.count += 1


def measure(options: Options) -> Answer:
    """Park the runs, look at memory before and after, watch; then have the store opened anew."""
    runs = options.number("runs", 100_000)
    if options.number("again", 0):
        return _opened_anew(options, runs)
    statements = Statements()
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        empty = idle(statements)
        before, blocks = resident(), sys.getallocatedblocks()
        for begun in range(0, runs, SLICE):
            engine.start_many("parked", [{} for _ in range(min(SLICE, runs - begun))])
            subject.until_parked(options.directory, min(begun + SLICE, runs))
        parked = idle(statements)
        grown = resident() - before
        stayed = sys.getallocatedblocks() - blocks
    command = [sys.executable, __file__, str(options.directory), "again=1", f"runs={runs}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    again = json.loads(said.rstrip().rsplit("\n", 1)[-1])["metrics"]
    return Answer(
        {
            "grown_mib": grown / MIB,
            "blocks_per_run": stayed / runs,
            "reopened_mib": again["grown_mib"],
            "idle_cpu_ms_per_second": (parked[0] - empty[0]) * 1e3,
            "idle_statements_per_second": parked[1],
            "empty_statements_per_second": empty[1],
        }
    )


def _opened_anew(options: Options, runs: int) -> Answer:
    """Open an empty store, close it, and see what the one with the parked runs takes on top."""
    empty = options.directory / "empty"
    empty.mkdir()
    with subject.opened(empty) as engine:
        subject.warm(engine)
    gc.collect()
    before = resident()
    with subject.opened(options.directory):
        time.sleep(WATCHED)
        grown = resident() - before
        assert subject.parked(options.directory) == runs
    return Answer({"grown_mib": grown / MIB})


def idle(statements: Statements) -> tuple[float, float]:
    """Do nothing for a while; return CPU seconds and statements used in each second of it."""
    time.sleep(
        3.0
    )  # let the last commits and checkpoints end, and the looks at the store slow down
    before, count = usage(), statements.count
    time.sleep(WATCHED)
    used = usage().since(before)
    return used.cpu_seconds / used.seconds, (statements.count - count) / used.seconds


if __name__ == "__main__":
    run(measure)
