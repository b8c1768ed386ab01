"""The commands that the pages show work as printed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = pytest.mark.docs


def test_the_simulator_is_run_as_the_page_on_testing_says(tmp_path):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    said = [
        subprocess.run(
            ["bash", "-c", block.text], cwd=tmp_path, env=environment,
            capture_output=True, text=True, timeout=120, check=True,
        ).stdout
        for block in blocks_of(DOCS / "testing.md")
        if block.language == "bash"
    ]  # fmt: skip

    assert "100 histories" in said[0]
    assert "no violation" in said[0]
    assert said[1].startswith("seed 4711: ")


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=str)
def test_links_within_the_repository_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []
