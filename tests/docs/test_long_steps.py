"""The page on steps that take long works as printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of

PAGE = Path(__file__).parents[2] / "docs" / "long-steps.md"
SAYS = {"rows.py": "4950\n"}
pytestmark = pytest.mark.docs


@pytest.mark.parametrize("block", [b for b in blocks_of(PAGE) if b.file], ids=lambda b: b.file)
def test_each_script_of_the_page_runs(block, tmp_path):
    (tmp_path / block.file).write_text(block.text)

    done = subprocess.run(
        [sys.executable, block.file], cwd=tmp_path, env={**os.environ},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, SAYS[block.file]), done.stderr
