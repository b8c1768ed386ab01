"""The page on events works as printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
pytestmark = pytest.mark.docs


def test_the_script_of_the_page_says_what_is_printed(tmp_path):
    script, said, commands, _loader = blocks_of(PAGE)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    (tmp_path / script.file).write_text(script.text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, script.file], cwd=tmp_path, env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, said.text), done.stderr
    told = subprocess.run(
        ["bash", "-ec", commands.text], cwd=tmp_path, env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    lines = told.stdout.splitlines()
    assert told.returncode == 0, told.stderr
    assert lines[0] == "Remind is to start at 2099-05-01T14:00:00+00:00"
    assert lines[-1] == "withdrew appointment_due"
