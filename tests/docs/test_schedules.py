"""The page on schedules works as printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of

PAGE = Path(__file__).parents[2] / "docs" / "schedules.md"
pytestmark = pytest.mark.docs


def test_the_block_of_the_page_runs(tmp_path):
    (block,) = [block for block in blocks_of(PAGE) if block.language == "python"]
    (tmp_path / "page.py").write_text(block.text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "page.py"], cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PERDURE_STORE"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
