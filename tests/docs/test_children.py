"""The page on child runs works as printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of

PAGE = Path(__file__).parents[2] / "docs" / "children.md"
pytestmark = pytest.mark.docs


def test_the_script_of_the_page_runs(tmp_path):
    (block,) = [block for block in blocks_of(PAGE) if block.file]
    (tmp_path / block.file).write_text(block.text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, block.file], cwd=tmp_path, env={**os.environ},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "3\n"), done.stderr
