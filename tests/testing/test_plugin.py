"""In a test session nothing touches a developer's store."""

import os
import subprocess
import sys


def test_a_test_that_names_no_store_leaves_none_behind(tmp_path):
    """A real session in a folder of its own: the test starts a run on the default engine."""
    (tmp_path / "test_mine.py").write_text(
        "from perdure import complete, engine, step, workflow\n"
        "@workflow('w')\n"
        "class W:\n"
        "    @step(start=True)\n"
        "    def one(self):\n"
        "        return complete(n=1)\n"
        "def test_it():\n"
        "    assert engine.start('w').result(10) == {'n': 1}\n"
        "    engine.close()\n"
    )
    env = {name: text for name, text in os.environ.items() if not name.startswith("PERDURE_")}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    assert not (tmp_path / ".perdure").exists()
