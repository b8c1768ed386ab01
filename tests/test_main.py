"""`python -m perdure` is the command line."""

import subprocess
import sys


def test_the_module_is_the_command_line():
    command = [sys.executable, "-m", "perdure", "--version"]

    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("perdure ")
