"""The page on functions is that of the functions that there are, and its programs run."""

import os
import subprocess
import sys

import pytest

from tests.docs.blocks import blocks_of
from tests.docs.functions_page import HEAD, PAGE, made


def test_the_reference_is_made_from_the_registry():
    assert PAGE.read_text(encoding="utf-8") == made(), (
        "write it anew: .venv/bin/python -m tests.docs.functions_page"
    )


def test_every_function_has_a_summary_on_its_first_line():
    entries = made().partition(HEAD)[2].split("\n### ")[1:]

    assert entries
    assert all(entry.split("\n")[4].endswith((".", ":", ",")) for entry in entries)


@pytest.mark.docs
def test_the_programs_of_the_page_run(tmp_path):
    environment = {**os.environ, "PERDURE_STORE": str(tmp_path / "perdure.db")}
    blocks = [b.text for b in blocks_of(PAGE) if b.language == "python" and b.file is None]
    (tmp_path / "page.py").write_text("\n".join(blocks), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "page.py"], cwd=tmp_path, env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert len(blocks) == 2
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
