"""The page on effects: its program runs as printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of

PAGE = Path(__file__).parents[2] / "docs" / "effects.md"
pytestmark = pytest.mark.docs


def test_the_programs_of_the_page_work_as_printed(tmp_path):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("PERDURE_STORE", None)
    said: list[str] = []
    for block in blocks_of(PAGE):
        if block.file is not None:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "bash":
            result = subprocess.run(
                ["bash", "-c", block.text], cwd=tmp_path, env=environment,
                capture_output=True, text=True, timeout=60, check=True,
            )  # fmt: skip
            said.append(result.stdout)

    assert "{'item': 'book', 'number': 1, 'confirmed': True}" in said[0]
    assert "{'charge': 'ch_1', 'shipped': True}" in said[1]
    assert "{'item': 'book', 'sent': True}" in said[2]
