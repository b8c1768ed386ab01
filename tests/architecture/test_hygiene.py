"""What is committed names no machine of ours and no secret."""

import re
import subprocess

import pytest

from tests.architecture.tree import ROOT

BANNED = {
    "a path of one machine": r"(?<![\w.$}])/(?:work|root|home/\w+)/",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "an access key": r"\b(?:AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|sk-[A-Za-z0-9]{40,})\b",
}
EXPRESSIONS = {what: re.compile(pattern) for what, pattern in BANNED.items()}
HERE = "tests/architecture/test_hygiene.py"


def texts():
    """Yield the path and the text of every file that is, or could be, committed."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: nothing tells what is committed")
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.split("\0"):
        path = ROOT / name
        if name == HERE or not path.is_file():
            continue
        try:
            yield name, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a PDF


@pytest.mark.parametrize("what", BANNED)
def test_no_file_names(what):
    found = [
        f"{path}: {hit[0]}" for path, text in texts() if (hit := EXPRESSIONS[what].search(text))
    ]

    assert not found


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a path of one machine", "open('/wo" + "rk/main/x')"),
        ("a private key", "-----BEGIN EC PRIV" + "ATE KEY-----"),
        ("an access key", "AKIA" + "A1B2" * 4),
    ],
)
def test_it_would_be_seen(what, text):
    assert EXPRESSIONS[what].search(text)


def test_paths_within_the_project_are_not_taken_for_one_machines():
    assert not EXPRESSIONS["a path of one machine"].search("benchmarks/work/x and $DIR/work/y")
