"""A file that is written is whole, whenever its writer is killed: the old one, or the new one."""

import random
import subprocess
import sys
import time

import pytest

from tests.architecture.tree import ROOT
from tests.crash.scribe import SIZE

pytestmark = pytest.mark.crash
KILLS = 20


def test_a_file_is_never_seen_in_part(tmp_path):
    path = tmp_path / "letters.txt"
    chance = random.Random(4)
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.scribe", str(path)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        process.stdout.readline()
        time.sleep(chance.random() * 0.05)
        process.kill()
        process.communicate()
        text = path.read_text()
        assert (len(text), len(set(text))) == (SIZE, 1)
    left = [name.name for name in tmp_path.iterdir() if name != path]

    assert all(name.startswith(".letters.txt.") and name.endswith(".part") for name in left)
