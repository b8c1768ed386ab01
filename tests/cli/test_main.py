"""The commands by name; what becomes of errors; what is imported for help."""

import subprocess
import sys
from pathlib import Path

import pytest

from perdure.cli import main as package
from perdure.cli.main import main
from perdure.cli.opening import Common
from perdure.errors import (
    ConfigError,
    PerdureError,
    RunFailedError,
    StoreBusyError,
    StoreMissingError,
)

COMMANDS = (
    *("run", "resume", "runs", "show", "signal", "emit", "withdraw", "events"),
    *("triggers", "pause", "cancel", "retry"),
    *("validate", "graph", "schema", "functions", "models", "worker", "doctor"),
)
SCHEDULES = ("list", "create", "pause", "resume", "delete", "run", "backfill", "next")


def test_the_package_gives_the_same_function():
    assert package is main


def test_help_names_every_command(cli):
    said = cli("--help")

    assert said.code == 0
    assert all(f" {name} " in said.out for name in COMMANDS)


def test_without_a_command_help_is_shown(cli):
    assert cli().out == cli("--help").out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_the_store_in_it(cli, command):
    said = cli(command, "--help")

    assert said.code == 0
    assert f"Usage: perdure {command}" in said.out
    assert "--store" in said.out


@pytest.mark.parametrize("command", SCHEDULES)
def test_each_command_of_schedules_has_help(cli, command):
    said = cli("schedules", command, "--help")

    assert said.code == 0
    assert f"Usage: perdure schedules {command}" in said.out
    assert f" {command} " in cli("schedules", "--help").out


def test_the_version_is_told(cli):
    assert cli("--version").out.startswith("perdure ")


def test_an_unknown_command_is_told_with_the_nearest_one(cli):
    said = cli("rum")

    assert said.code == 2
    assert 'Did you mean "run"' in said.err
    assert "See: perdure --help" in said.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), 2),
        (StoreMissingError("x"), 2),
        (PerdureError("x"), 2),
        (StoreBusyError("x"), 1),
        (RunFailedError("run_1", {"type": "T", "message": "m"}), 1),
    ],
)
def test_an_error_is_one_message_and_an_exit_code(cli, monkeypatch, error, code):
    """Whoever raises it: the function behind the command is put in the place of another."""
    error.add_note("a hint")

    def raising(*, common: Common | None = None):
        raise error

    monkeypatch.setattr("perdure.cli.runs.runs", raising)

    said = cli("runs")

    assert said.code == code
    assert said.err == f"error: {error}\na hint\n"
    with pytest.raises(type(error)):
        cli("runs", "--debug")


def test_ctrl_c_before_anything_was_opened_is_130(cli, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("perdure.cli.runs.runs", interrupted)

    said = cli("runs")

    assert (said.code, said.err) == (130, "interrupted\n")


def test_a_reader_that_has_seen_enough_is_no_error():
    """As with `perdure functions --json | head -1`."""
    command = f"{sys.executable} -m perdure functions --json | true"

    said = subprocess.run(
        command, shell=True, capture_output=True, text=True, check=True, timeout=60
    )

    assert said.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_an_output_that_is_full_is_an_error():
    command = f"{sys.executable} -m perdure functions --json > /dev/full"

    said = subprocess.run(
        command, shell=True, capture_output=True, text=True, check=False, timeout=60
    )

    assert said.returncode == 1
    assert said.stderr == "error: [Errno 28] No space left on device\n"


def test_help_imports_no_engine_no_store_and_no_validator():
    script = (
        "import sys; from perdure.cli import main; main(['--help']); "
        "print([name for name in ('apsw', 'pydantic', 'perdure.app.engine', 'perdure.stores') "
        "if name in sys.modules])"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )

    assert said.stdout.splitlines()[-1] == "[]"
