"""The page on secrets: its blocks are one program, which runs as printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of

PAGE = Path(__file__).parents[2] / "docs" / "secrets.md"
pytestmark = pytest.mark.docs


def test_the_programs_of_the_page_run(tmp_path):
    environment = {**os.environ, "PERDURE_STORE": str(tmp_path / "perdure.db")}
    blocks = blocks_of(PAGE)
    for block in (block for block in blocks if block.file is not None):
        (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    programs = [block.text for block in blocks if block.language == "python"]
    (tmp_path / "page.py").write_text("\n".join(programs), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "page.py"], cwd=tmp_path, env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert len(programs) == 3
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
