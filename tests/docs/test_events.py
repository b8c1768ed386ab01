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
    script, said, _loader = blocks_of(PAGE)
    (tmp_path / script.file).write_text(script.text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, script.file], cwd=tmp_path, env={**os.environ},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, said.text), done.stderr
