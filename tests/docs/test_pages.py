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
    for block in blocks_of(DOCS / "testing.md"):
        if block.file is not None:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    said = [
        subprocess.run(
            ["bash", "-c", block.text], cwd=tmp_path, env=environment,
            capture_output=True, text=True, timeout=120, check=True,
        ).stdout
        for block in blocks_of(DOCS / "testing.md")
        if block.language == "bash"
    ]  # fmt: skip

    assert said[0] == "shop: 100 histories, nothing broken\n"
    assert "100 histories" in said[1]
    assert "no violation" in said[1]
    assert said[2].startswith("seed 4711: ")


def test_the_tests_on_the_page_on_testing_pass(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PERDURE_")}
    for block in blocks_of(DOCS / "testing.md"):
        if block.file is not None:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout


def test_the_script_on_the_page_on_django_ai_runs_as_printed(tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PERDURE_")}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    (script, command) = blocks_of(DOCS / "django-ai.md")
    (tmp_path / script.file).write_text(script.text, encoding="utf-8")

    done = subprocess.run(
        ["bash", "-c", command.text], cwd=tmp_path, env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.stdout.splitlines() == [
        "running send_welcome_email",
        "onboarding {'user_id': 123, 'email_sent': True}",
    ], done.stderr


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=str)
def test_links_within_the_repository_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []
