"""A page, as a reader goes through it: save the files, run the commands, compare what they print."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.budgets import record_count
from tests.docs.blocks import blocks_of

DOCS = Path(__file__).parents[2] / "docs"
OURS = Path(sys.executable).parent


def run(command: str, folder: Path, programs: Path = OURS) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder, with the programs of an environment before all others."""
    environment = {k: v for k, v in os.environ.items() if k != "PERDURE_STORE"}
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def walk(name: str, folder: Path, programs: Path = OURS) -> list[str]:
    """Go through a page in a folder; return what each of its commands printed.

    A `text said` block is what the commands before it print, in that order.
    """
    began = time.monotonic()
    blocks = blocks_of(DOCS / name)
    said: list[str] = []
    told = 0
    for block in blocks:
        if block.file == "said":
            assert block.text in "".join(said[told:]), f"line {block.line}"
            told = len(said)
        elif block.file is not None:
            (folder / block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "bash":
            for command in block.text.strip().splitlines():
                result = run(command, folder, programs)
                assert result.returncode == 0, f"line {block.line}: {result.stderr}"
                said.append(result.stdout)
    record_count("documents", len(blocks), time.monotonic() - began)
    return said
