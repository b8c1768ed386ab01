"""A process of its own, and its limits."""

import resource
import subprocess
import sys

import pytest

from perdure.packs.functions import bounded


def test_the_process_gets_what_it_needs_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET", "hush")
    (tmp_path / "in").write_bytes(b"no document")
    seen = {}

    def run(command, **options):
        seen.update(options, command=command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(bounded.subprocess, "run", run)
    with (tmp_path / "in").open("rb") as file:
        bounded.run_alone("docx_child", file, (1, "x"), seconds=3, secrets={"KEY": "k"})

    assert seen["command"][-2:] == ["1", "x"]
    assert (seen["timeout"], seen["env"]["KEY"]) == (3, "k")
    assert "AWS_SECRET" not in seen["env"]
    assert "hush" not in str(seen["command"])


def test_memory_and_time_are_limited(monkeypatch):
    limits = {}
    monkeypatch.setattr(resource, "setrlimit", lambda which, bounds: limits.update({which: bounds}))

    bounded.bound(2**30, 9)

    assert limits[resource.RLIMIT_AS] == (2**30, 2**30)
    assert limits[resource.RLIMIT_CPU] == (9, 10)


def test_where_there_are_no_such_limits_it_goes_without(monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)

    assert bounded.bound(1, 1) is None


def test_a_process_that_takes_too_long_is_ended(tmp_path):
    (tmp_path / "in").write_bytes(b"")
    with (tmp_path / "in").open("rb") as file, pytest.raises(subprocess.TimeoutExpired):
        bounded.run_alone("docx_child", file, (2**30, 9), seconds=0.001, secrets={})
