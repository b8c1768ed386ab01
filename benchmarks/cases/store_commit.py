"""The SQLite store alone: what a message costs in commits of 1, 10, 50, 100 and 250.

A message is what the end of a step writes: the run, its old job and its new one, its context, the
ended visit and the history, on 1,000 runs. Beside it, in turn, single rows committed raw, for the
disk is not the same from one second to the next.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness.process import usage
from benchmarks.harness.raw import connect
from benchmarks.harness.sample import Answer, Options, run
from perdure.ports.commit import Born, Commit, JobGone, JobMade, Moved, StepEnded, Written
from perdure.stores.sqlite import SqliteStore

NOW = 1_700_000_000.123456
CONTEXT = '{"customer":"c-1","amount":12.5,"state":"paid","items":[1,2,3]}'
EVENTS = '[["StepSucceeded","step_a",1,1],["StepScheduled","step_b",1,1,1700000000.12]]'
PAGE = 4120  # a page and its head in the log


def births(owner: int, runs: list[str]) -> Commit:
    """Return the commit that brings runs about, each at its first step."""
    commit = Commit(batch=owner << 32, now=NOW)
    commit.plans.append(("plan", "order", "1", "{}"))
    for name in runs:
        commit.born.append(
            Born(
                name, 1, "default", "order", "1", "plan", "running", "step_0", "", "", 0, NOW,
                None, None, None, None, None,
            )
        )  # fmt: skip
        commit.contexts.append((name, CONTEXT))
        commit.jobs_made.append(_job(name, 0, owner))
        commit.history.append(Written(name, 1, NOW, '["Start"]', EVENTS))
    return commit


def step_ends(owner: int, batch: int, runs: list[str], number: int) -> Commit:
    """Return the commit of one message to each run: its step ended, and the next one begins."""
    commit = Commit(batch=(owner << 32) + batch, now=NOW)
    old = f"step_{number - 1}"
    for name in runs:
        commit.moved.append(
            Moved(name, number, number + 1, "running", 0, f"step_{number}", "", "", None, None)
        )
        commit.jobs_gone.append(JobGone(name, old, 1, 1))
        commit.jobs_made.append(_job(name, number, owner))
        commit.contexts.append((name, CONTEXT))
        commit.steps.append(
            StepEnded(name, old, 1, 1, "completed", NOW, NOW, '{"ok":true}', None, None)
        )
        commit.history.append(Written(name, number + 1, NOW, f'["Report","{old}",1,1]', EVENTS))
    return commit


def _job(name: str, number: int, owner: int) -> JobMade:
    step = f"step_{number}"
    return JobMade(name, step, 1, 1, 1, owner, NOW, "default", 0, "main:order", None)


def commits(owner: int, runs: list[str], size: int, steps: int) -> Iterator[Commit]:
    """Yield the commits in which all runs take their steps, so many messages in each."""
    batch = 0
    for number in range(1, steps + 1):
        for place in range(0, len(runs), size):
            batch += 1
            yield step_ends(owner, batch, runs[place : place + size], number)


def batches(path: Path, size: int, *, runs: int, steps: int) -> dict[str, float]:
    """Measure commits of one size in a new store."""
    store = SqliteStore(path)
    owner = store.join("benchmark", 1, NOW, 3600.0).id
    names = [f"run_{number:026d}" for number in range(runs)]
    with store.transaction() as first:
        first.apply(births(owner, names))
    made = list(commits(owner, names, size, steps))
    log = store.info()["log_bytes"]
    before = usage()
    for commit in made:
        with store.transaction() as open_:
            open_.apply(commit)
    used = usage().since(before)
    messages = runs * steps
    grown = store.info()["log_bytes"] - log
    store.close()
    return {
        f"us_per_message_{size}": used.seconds / messages * 1e6,
        f"cpu_us_per_message_{size}": used.cpu_seconds / messages * 1e6,
        f"log_bytes_per_message_{size}": grown / messages,
        f"pages_per_commit_{size}": grown / PAGE / len(made),
    }


def singles(path: Path, rounds: int = 5, commits_each: int = 200) -> dict[str, float]:
    """Measure one message a commit on one run, in turn with single rows committed raw."""
    raw = connect(path.with_suffix(".raw"))
    raw.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    store = SqliteStore(path)
    owner = store.join("benchmark", 1, NOW, 3600.0).id
    name = f"run_{0:026d}"
    with store.transaction() as first:
        first.apply(births(owner, [name]))
    ours = theirs = 0.0
    made = commits(owner, [name], 1, rounds * commits_each)
    for _ in range(rounds):
        some = [next(made) for _ in range(commits_each)]
        began = time.perf_counter()
        for commit in some:
            with store.transaction() as open_:
                open_.apply(commit)
        between = time.perf_counter()
        for _ in some:
            raw.execute("INSERT INTO rows (body) VALUES (?)", ("x" * 100,))
        ours += between - began
        theirs += time.perf_counter() - between
    raw.close()
    store.close()
    count = rounds * commits_each
    return {
        "raw_commits_per_second": count / theirs,
        "single_commits_per_second": count / ours,
        "single_share_of_raw": theirs / ours,
    }


def measure(options: Options) -> Answer:
    """Measure every size."""
    runs, steps = options.number("runs", 1000), options.number("steps", 5)
    found = singles(options.directory / "single.db")
    for size in (10, 50, 100, 250):
        found |= batches(options.directory / f"{size}.db", size, runs=runs, steps=steps)
    return Answer(found)


if __name__ == "__main__":
    run(measure)
