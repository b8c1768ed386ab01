"""DBOS on SQLite under the cases that it can be put through.

Call: `python dbos_cases.py DIRECTORY CASE=1 name=number ...`; a case is a key of `CASES`. Each is
written in the colour that was quicker here: plain functions, but `async def` for the parallel
steps of one run and for the many runs that wait (a plain one holds a thread while it waits).
`wal=1` switches the file to WAL first, which DBOS itself does not do and which helps it.
"""

import asyncio
import sqlite3
import time
from pathlib import Path

from dbos import DBOS, DBOSConfig, SendMessage, SetWorkflowID

from benchmarks.harness.sample import Answer, Options, age, run, spread

PATIENCE = 600.0  # seconds a parked workflow waits for its message
arrived: list[int] = []  # one entry for each workflow that came to its wait


@DBOS.step()
def trivial(number: int) -> int:
    """Do next to nothing."""
    return number + 1


@DBOS.workflow()
def chain(steps: int) -> int:
    """Run steps one after another."""
    number = 0
    for _ in range(steps):
        number = trivial(number)
    return number


@DBOS.step()
async def branch(number: int) -> int:
    """Do next to nothing, beside others."""
    return number + 1


@DBOS.workflow()
async def fan(width: int) -> int:
    """Run steps beside each other and add up what they return."""
    return sum(await asyncio.gather(*(branch(number) for number in range(width))))


@DBOS.workflow()
async def parked() -> str:
    """Wait for a message and return it."""
    arrived.append(1)
    return str(await DBOS.recv_async("go", timeout_seconds=PATIENCE))


def throughput(options: Options) -> dict[str, float]:
    """Start many short workflows at once and wait for all."""
    runs, steps = options.number("runs", 200), options.number("steps", 5)
    began = time.perf_counter()
    handles = [DBOS.start_workflow(chain, steps) for _ in range(runs)]
    assert all(handle.get_result() == steps for handle in handles)
    seconds = time.perf_counter() - began
    return {"steps_per_second": runs * steps / seconds}


def sequential(options: Options) -> dict[str, float]:
    """Run one workflow of many steps."""
    steps = options.number("steps", 1000)
    began = time.perf_counter()
    assert chain(steps) == steps
    return {"steps_per_second": steps / (time.perf_counter() - began)}


def latency(options: Options) -> dict[str, float]:
    """Run workflows of one step, one after another."""
    times = []
    for _ in range(options.number("runs", 300)):
        began = time.perf_counter()
        assert DBOS.start_workflow(chain, 1).get_result() == 1
        times.append(time.perf_counter() - began)
    return spread(times)


def wide(options: Options) -> dict[str, float]:
    """Run one workflow of many parallel steps and a join."""
    width = options.number("width", 500)
    began = time.perf_counter()
    assert asyncio.run(fan(width)) == width * (width + 1) // 2
    return {"seconds": time.perf_counter() - began}


def park(options: Options) -> dict[str, float]:
    """Park many workflows on a message, then send all of them theirs in one transaction."""
    return asyncio.run(_park(options.number("runs", 500)))


async def _park(runs: int) -> dict[str, float]:
    began = time.perf_counter()
    handles = []
    for number in range(runs):
        with SetWorkflowID(f"parked-{number}"):
            handles.append(await DBOS.start_workflow_async(parked))
    while len(arrived) < runs:  # noqa: ASYNC110 - one look a millisecond disturbs less than events
        await asyncio.sleep(0.001)
    sent = time.perf_counter()
    await DBOS.send_bulk_async(
        [SendMessage(destination_id=f"parked-{n}", message="go", topic="go") for n in range(runs)]
    )
    for handle in handles:
        assert await handle.get_result() == "go"
    woken = time.perf_counter() - sent
    scale = 10_000 / runs
    return {"park_seconds_10k": (sent - began) * scale, "wake_seconds_10k": woken * scale}


def cold(_: Options) -> dict[str, float]:
    """Run one workflow of one step in a new process and store."""
    assert chain(1) == 1
    return {"seconds": age()}


CASES = {
    "throughput": throughput,
    "sequential": sequential,
    "latency": latency,
    "wide": wide,
    "parked": park,
    "cold": cold,
}


def measure(options: Options) -> Answer:
    """Run one case on a new store."""
    path = options.directory / "dbos.sqlite"
    if options.number("wal", 0):
        sqlite3.connect(path).execute("PRAGMA journal_mode=WAL").close()
    url = f"sqlite:///{path}"
    DBOS(config=DBOSConfig(name="bench", system_database_url=url, log_level="WARNING"))
    DBOS.launch()
    case = next(CASES[name] for name in options.numbers if name in CASES)
    metrics = case(options)
    DBOS.destroy(workflow_completion_timeout_sec=0)
    return Answer(metrics, settings(path))


def settings(path: Path) -> dict[str, str]:
    """Say how the store is written: DBOS leaves SQLite's defaults in force, also in this one."""
    connection = sqlite3.connect(path)
    journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
    level = connection.execute("PRAGMA synchronous").fetchone()[0]
    connection.close()
    return {
        "journal_mode": str(journal),
        "synchronous": {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}[level],
        "sqlite": sqlite3.sqlite_version,
    }


if __name__ == "__main__":
    run(measure)
