"""Pages whose blocks are files, commands, and what the commands print."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.budgets import record_count
from tests.docs.blocks import blocks_of

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (
    "definitions.md",
    "figures.md",
    "functions.md",
    "guide.md",
    "howto.md",
    "models.md",
    "patterns.md",
    "pictures.md",
    "sdk.md",
    "signals.md",
    "versions.md",
)
pytestmark = pytest.mark.docs


def run(command, folder):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("PERDURE_STORE", None)
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_the_page_works_as_printed(name, tmp_path):
    """A `text said` block is what the commands before it print, in that order."""
    began = time.monotonic()
    blocks = blocks_of(DOCS / name)
    said: list[str] = []
    for block in blocks:
        if block.file == "said":
            assert block.text in "".join(said), f"line {block.line}"
            said.clear()
        elif block.file is not None:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "bash":
            for command in block.text.strip().splitlines():
                result = run(command, tmp_path)
                assert result.returncode == 0, f"line {block.line}: {result.stderr}"
                said.append(result.stdout)
    record_count("documents", len(blocks), time.monotonic() - began)

    assert any(block.file == "said" for block in blocks)
