"""The page on queues: its blocks are one program, which runs as printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of

PAGE = Path(__file__).parents[2] / "docs" / "queues.md"
pytestmark = pytest.mark.docs


def test_the_programs_of_the_page_run(tmp_path):
    environment = {**os.environ, "PERDURE_STORE": str(tmp_path / "perdure.db")}
    blocks = [block.text for block in blocks_of(PAGE) if block.language == "python"]
    (tmp_path / "page.py").write_text("\n".join(blocks), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "page.py"], cwd=tmp_path, env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert len(blocks) == 3
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
