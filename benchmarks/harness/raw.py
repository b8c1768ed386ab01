"""The raw rate: single-row commits of apsw with WAL and `synchronous=FULL`.

Call: `python raw.py DIRECTORY [commits=N]`. One row of 100 bytes a commit, one connection, one
thread, SQLite's default checkpointing: what a store on this disk can do at most, one write at
a time. Every figure that is given as a share of raw uses the sample taken just before it.
"""

import time
from pathlib import Path

import apsw

from benchmarks.harness.sample import Answer, Options, run, spread


def connect(path: Path) -> apsw.Connection:
    """Open a new file with the settings of full durability, and check that they are in force."""
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == 2
    return connection


def measure(options: Options) -> Answer:
    """Commit rows, one each time."""
    commits = options.number("commits", 1500)
    connection = connect(options.directory / "raw.sqlite")
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    body, times = "x" * 100, []
    began = time.perf_counter()
    for _ in range(commits):
        before = time.perf_counter()
        connection.execute("INSERT INTO rows (body) VALUES (?)", (body,))
        times.append(time.perf_counter() - before)
    seconds = time.perf_counter() - began
    connection.close()
    found = {"journal_mode": "wal", "synchronous": "FULL", "sqlite": apsw.sqlite_lib_version()}
    return Answer({"commits_per_second": commits / seconds, **spread(times)}, found)


if __name__ == "__main__":
    run(measure)
