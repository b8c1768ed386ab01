"""In a test session nothing touches a developer's store."""

import os
import subprocess
import sys
from datetime import timedelta

from perdure import complete, get_context, sleep, step, workflow


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


@workflow("plugin_reminder")
class Reminder:
    @step(start=True)
    def remind(self):
        sent = get_context().model_extra.get("sent", 0)
        return complete() if sent else sleep(timedelta(days=3), then=self.end)

    @step()
    def end(self):
        return complete(sent=1)


def test_the_fixtures_put_the_shared_engine_under_virtual_time(perdure_engine, perdure_clock):
    from perdure import engine

    assert perdure_engine is engine
    run = engine.start("plugin_reminder")
    assert run.refresh().status == "waiting"
    perdure_clock.advance(days=3)
    assert run.result() == {"sent": 1}


def test_each_test_has_an_empty_store(perdure_engine):
    assert perdure_engine.runs() == []
