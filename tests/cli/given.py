"""The command line, in this process or in one of its own, and steps to run with it."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from perdure.app.clock import SystemClock
from perdure.app.virtual import VirtualClock
from perdure.cli import main

MATERIAL = str(Path(__file__).with_name("material.py"))


@dataclass(frozen=True)
class Said:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self):
        return json.loads(self.out)


class CommandLine:
    """The command line in a folder of its own."""

    def __init__(self, folder, capsys, monkeypatch, name):
        self.folder = folder
        self.name = name
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *words):
        """Run a command in this process."""
        self._capsys.readouterr()
        code = main([str(word) for word in words])
        out, err = self._capsys.readouterr()
        return Said(code, out, err)

    def spawn(self, *words, **options):
        """Begin a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "perdure", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            **options,
        )

    def definition(self, *steps, file="flow.json", **more):
        """Write a definition; its name is the test's, for a process knows each name once."""
        path = self.folder / file
        body = {"name": self.name, "steps": list(steps), **more}
        path.write_text(json.dumps(body), encoding="utf-8")
        return path

    def runs(self):
        """Return what the store has, newest first; nothing if there is no store."""
        said = self("runs", "--json")
        return said.document["runs"] if said.code == 0 else []

    def later(self, seconds):
        """Let the commands of this process believe that so much time has passed."""
        clock = SystemClock()
        self._monkeypatch.setattr(
            "perdure.cli.doctor.SystemClock", lambda: VirtualClock(clock.now() + seconds)
        )

    def parked(self, parcel="p1"):
        """Start a parcel, which comes to wait for its courier, and return the run's id."""
        said = self("run", f"{MATERIAL}:Parcel", "--input", f"parcel={parcel}", "--json")
        assert said.document["waiting_for"] == "courier"
        return said.document["id"]


def clean(name, text):
    """Return a step that cleans a text."""
    return {"id": name, "type": "data_processing", "function": "clean_text", "input": text}


def call(name, function, text):
    """Return a step that calls one of the material's functions."""
    return {"id": name, "type": "data_processing", "function": function, "input": text}


def join(name, **inputs):
    """Return a step that puts results under names."""
    return {"id": name, "type": "aggregation", "function": "combine_results", "inputs": inputs}


def wait_for_file(path):
    """Wait until another process has made a file."""
    wait_until(path.exists)


def wait_until(condition):
    """Wait until something holds that another process brings about."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.005)
