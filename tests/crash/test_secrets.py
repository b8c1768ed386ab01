"""Secrets survive `kill -9`, and are in no file at any moment; nor is a key lost in a rotation."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest

from perdure.app.clock import SystemClock
from perdure.app.engine import Engine
from perdure.app.sealing import Secrets
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry
from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from perdure.wire.sealed import has_vault
from tests.architecture.tree import ROOT
from tests.crash.lives import begin, kill
from tests.crash.secretive import COUNT

pytestmark = pytest.mark.crash

CANARY = "c4n4ry-of-the-crash"
KILLS = (1, 1, 3, 7, 12, 2)


def live(folder, kill_at):
    """Have a process work on the run until it kills itself, or ends; return what ended it."""
    command = [sys.executable, "-m", "tests.crash.secretive", str(folder / "p.db"), str(kill_at)]
    done = subprocess.run(
        command, cwd=ROOT, check=False, timeout=120, capture_output=True, text=True,
        env={**os.environ, "CANARY": CANARY},
    )  # fmt: skip
    assert CANARY not in done.stdout + done.stderr
    return done.returncode, done.stdout


def leaks(folder):
    """Return the files in which the secret stands."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return [file.name for file in files if CANARY.encode() in file.read_bytes()]


def keys(folder):
    """Return whether each run with a vault has its key."""
    with closing(SqliteStore(folder / "p.db")) as store:
        loaded = store.load([row.id for row in store.find(RunFilter())])
        return [
            has_vault(each.context) and store.data_keys.get(run).wrapped is not None
            for run, each in loaded.items()
        ]


def test_a_run_with_a_secret_goes_on_after_every_kill_and_the_secret_is_nowhere(tmp_path):
    for number in KILLS:
        code, _ = live(tmp_path, number)

        assert code == -signal.SIGKILL
        assert leaks(tmp_path) == []
        assert keys(tmp_path) == [True]
    code, said = live(tmp_path, 0)

    assert code == 0
    assert said == f"{ {'them': [len(CANARY) + number for number in range(COUNT)]} }\n"
    assert leaks(tmp_path) == []
    assert keys(tmp_path) == [False]


def test_no_key_is_lost_however_often_a_rotation_is_cut_off(tmp_path):
    flow, _ = load_definition(
        {
            "name": "kept",
            "steps": [
                {
                    "id": "a",
                    "type": "data_processing",
                    "function": "clean_text",
                    "input": "${workflow.input.key}",
                    "declassify": True,
                }
            ],
        }
    )
    path, chance = tmp_path / "p.db", random.Random(4)
    with Engine(path, registry=Registry(), worker=False) as engine:
        runs = [
            engine.start(flow, key={"type": "secret", "value": f"key {number}"})
            for number in range(30)
        ]
    for _ in range(6):
        process = begin("rotor", path)
        assert process.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.05))
        kill(process)
        with Engine(path, registry=Registry(), worker=False) as engine:
            runs.append(engine.start(flow, key={"type": "secret", "value": f"key {len(runs)}"}))

    with closing(SqliteStore(path)) as store:
        _, count = Secrets(store, path, SystemClock()).rotate()
        assert list(store.data_keys.masters().values()) == [len(runs)]
    with Engine(path, registry=Registry()) as engine:
        told = [engine.run(run.id).result(60.0) for run in runs]
    assert told == [f"key {number}" for number in range(len(runs))]
