"""Stories of changed code, with real processes: a worker is killed, and another one starts."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.crash

HEAD = """
from pydantic import BaseModel
from perdure import Retry, complete, get_context, goto, step, workflow
"""
BROKEN = (
    HEAD
    + """
@workflow("order", default_retry=Retry(max_attempts=50, base_delay=0.3, backoff_factor=1))
class Order:
    class Context(BaseModel):
        item: str

    @step(start=True)
    def pay(self):
        raise RuntimeError("the shop is away")
"""
)
MENDED = (
    HEAD
    + """
@workflow("order", default_retry=Retry(max_attempts=50, base_delay=0.3, backoff_factor=1))
class Order:
    class Context(BaseModel):
        item: str
        paid: bool = False

    @step(start=True)
    def pay(self):
        get_context().paid = True
        return goto(self.ship)

    @step
    def ship(self):
        return complete(shipped=True)
"""
)
WITHOUT = MENDED.replace("def pay(self)", "def charge(self)")
STRICT = MENDED.replace("item: str", "item: str\n        email: str")
MIGRATING = STRICT.replace(
    '@workflow("order",',
    '@workflow("order", version="2", migrate={"1": lambda c: {**c, "email": "a@b.c"}},',
)


class Shop:
    """A folder with a module and a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[str]] = []
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PERDURE_")}
        self.env = {**kept, "PERDURE_STORE": str(folder / "p.db"), "PYTHONDONTWRITEBYTECODE": "1"}

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "perdure", *words],
            cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def deploy(self, code: str) -> None:
        """Kill the worker, change the code, and start another one."""
        self.kill()
        (self.folder / "orders.py").write_text(code, encoding="utf-8")
        self.workers.append(
            subprocess.Popen(
                [sys.executable, "-m", "perdure", "worker", "orders.py"],
                cwd=self.folder, env=self.env, text=True, stderr=subprocess.PIPE,
            )
        )  # fmt: skip

    def kill(self) -> None:
        for worker in self.workers:
            worker.send_signal(signal.SIGKILL)
            worker.communicate(timeout=20)
        self.workers.clear()

    def start(self) -> None:
        script = "import orders; from perdure import engine; engine.start('order', item='book')"
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=self.folder, env=self.env | {"PERDURE_WORKER": "off"}, timeout=60, check=True,
        )  # fmt: skip

    def shown(self) -> dict:
        return json.loads(self.call("show", "last", "--json").stdout)

    def until(self, is_so, seconds: float = 30.0) -> dict:
        end = time.monotonic() + seconds
        while not is_so(shown := self.shown()):
            assert time.monotonic() < end, shown
            time.sleep(0.3)
        return shown

    def until_doctor_says(self, words: str, seconds: float = 30.0) -> str:
        end = time.monotonic() + seconds
        while words not in (said := self.call("doctor", "last").stdout):
            assert time.monotonic() < end, said
            time.sleep(0.3)
        return said


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path)
    try:
        made.deploy(BROKEN)
        made.start()
        made.until(lambda run: "shop is away" in json.dumps(run))
        yield made
    finally:
        made.kill()


def test_a_retrying_step_goes_on_by_the_code_that_was_mended(shop):
    shop.deploy(MENDED)

    done = shop.until(lambda run: run["status"] == "completed")

    assert "shipped" in json.dumps(done)


def test_a_run_whose_step_was_removed_waits_until_it_is_there_again(shop):
    shop.deploy(WITHOUT)
    said = shop.until_doctor_says("stranded")
    shop.deploy(MENDED)

    shop.until(lambda run: run["status"] == "completed")

    assert "'pay' is open, and is not there any more" in " ".join(said.split())


def test_a_run_that_lacks_a_field_waits_until_it_is_migrated(shop):
    shop.deploy(STRICT)
    said = shop.until_doctor_says("stranded")
    shop.deploy(MIGRATING)

    done = shop.until(lambda run: run["status"] == "completed")

    assert "email" in said
    assert "a@b.c" in json.dumps(done)
