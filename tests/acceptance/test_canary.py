"""A secret goes through everything, and is looked for in every file, log, error and output."""

import os
import signal
import subprocess
import sys
from contextlib import closing

import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from tests.architecture.tree import ROOT
from tests.leaks import leaks, spellings

CANARY = 'c4n4ry/Zoë "+&=? Ω%7'
COMMANDS = (
    *(("show", "last"), ("show", "last", "--json"), ("show", "last", "--history")),
    *(("show", "last", "--step", "raise"), ("show", "last", "--step", "raise", "--json")),
    *(("runs", "--json"), ("graph", "last"), ("doctor", "last"), ("keys",)),
)


def run(folder, *words):
    """Run a Python module with the secret in its environment; return what it came to."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, words)], cwd=ROOT, check=False, timeout=120,
        capture_output=True,
        env={
            **os.environ, "CANARY": CANARY, "LOG": str(folder / "log"),
            "KILLED": str(folder / "killed"), "PERDURE_STORE": str(folder / "p.db"),
        },
    )  # fmt: skip


def files(folder):
    return {each.name: each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.mark.crash
def test_a_secret_is_found_nowhere_whatever_was_done_with_it(tmp_path):
    """S004-65, A004-26, A004-27: not after a kill, not after the end, in no spelling."""
    first = run(tmp_path, "tests.acceptance.vaulted", tmp_path / "p.db")
    killed = {**files(tmp_path), "out": first.stdout, "err": first.stderr}
    second = run(tmp_path, "tests.acceptance.vaulted", tmp_path / "p.db")
    said = {f"perdure {' '.join(words)}": run(tmp_path, "perdure", *words) for words in COMMANDS}
    told = {name: done.stdout + done.stderr for name, done in said.items()}
    everything = {**files(tmp_path), "out": second.stdout, "err": second.stderr, **told}

    assert first.returncode == -signal.SIGKILL
    assert second.returncode == 0, second.stderr
    assert {name: done.returncode for name, done in said.items() if done.returncode} == {}
    assert leaks(CANARY, killed) == []
    assert leaks(CANARY, everything) == []
    assert b"<secret>" in everything["log"]
    with closing(SqliteStore(tmp_path / "p.db")) as store:
        (found,) = store.find(RunFilter())
        ended = {step.step: step.status for step in store.steps(found.id)}
    assert found.status in ("completed", "failed")
    assert {ended[name] for name in ("raise", "chain", "refused", "missing", "none")} == {"failed"}
    assert {ended[name] for name in ("log", "post", "kill", "mood", "all", "last")} == {"completed"}


@pytest.mark.parametrize("way", spellings(CANARY))
def test_a_planted_leak_is_seen_in_every_spelling(tmp_path, way):
    """In a file, and in a database that was not closed; also amidst other bytes."""
    planted = spellings(CANARY)[way]
    (tmp_path / "log").write_bytes(b"before" + planted + b"after")
    store = SqliteStore(tmp_path / "p.db")
    with store._writer.writing() as db:
        db.execute("CREATE TABLE leak (text BLOB)")
        db.execute("INSERT INTO leak VALUES (?)", (planted,))

    found = {place for place, _ in leaks(CANARY, files(tmp_path))}
    store.close()

    assert found == {"log", "p.db-wal"}


def test_nothing_is_seen_where_nothing_is():
    assert leaks(CANARY, {"a": b"c4n4ry of another sort", "b": b""}) == []
