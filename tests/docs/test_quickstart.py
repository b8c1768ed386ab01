"""The quickstart, as a reader goes through it: save the files, run the commands."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.budgets import record_count
from tests.docs.blocks import blocks_of

PAGE = Path(__file__).parents[2] / "docs" / "quickstart.md"
pytestmark = pytest.mark.docs


def test_every_block_of_the_quickstart_works_as_printed(tmp_path):
    """Files are saved under the names that the page gives, commands run in the same folder."""
    began = time.monotonic()
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("PERDURE_STORE", None)
    said: list[str] = []
    done = 0
    for block in blocks_of(PAGE):
        if block.file is not None:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "bash":
            for command in block.text.strip().splitlines():
                result = subprocess.run(
                    ["bash", "-c", command], cwd=tmp_path, env=environment,
                    capture_output=True, text=True, timeout=60, check=False,
                )  # fmt: skip
                assert result.returncode == 0, f"line {block.line}: {result.stderr}"
                said.append(result.stdout)
        done += 1
    record_count("documents", done, time.monotonic() - began)

    assert "'paid': True" in said[0]
    assert "'note': 'thank you'" in said[0]
    assert "POSITIVE" in "".join(said)
    assert (tmp_path / ".perdure" / ".gitignore").read_text() == "*\n"


def test_the_python_of_the_concepts_page_names_only_what_exists():
    """Every `word` of the concepts page that looks like a name of ours is one."""
    import perdure

    text = (PAGE.parent / "concepts.md").read_text(encoding="utf-8")
    named = [
        name for name in ("goto", "sleep", "wait", "complete", "fail", "Retry") if name in text
    ]

    assert named
    assert all(hasattr(perdure, name) for name in named)
