"""Stories of changed code, with real processes: a worker is killed, and another one starts."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import cached_property
from pathlib import Path

import pytest

from perdure.app.shown import show
from perdure.cli.documents import run_document
from perdure.kernel import history
from perdure.ports.rows import RunFilter
from perdure.runtime.records import load_events
from perdure.stores.sqlite import SqliteStore

pytestmark = pytest.mark.crash

PATIENCE = 120.0

HEAD = """
from pydantic import BaseModel
from perdure import Retry, complete, get_context, goto, step, workflow
"""
BROKEN = (
    HEAD
    + """
@workflow("order", default_retry=Retry(max_attempts=500, base_delay=0.3, backoff_factor=1))
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
@workflow("order", default_retry=Retry(max_attempts=500, base_delay=0.3, backoff_factor=1))
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
GROWN = MENDED.replace(
    "get_context().paid = True\n        return goto(self.ship)",
    'raise RuntimeError("the new shop is away")\n        return goto(self.ship)',
)
ROLLED_BACK = BROKEN.replace(
    'raise RuntimeError("the shop is away")', "return complete(by=get_context().item)"
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
        self.path = folder / "p.db"
        self.env = {**kept, "PERDURE_STORE": str(self.path), "PYTHONDONTWRITEBYTECODE": "1"}

    @cached_property
    def store(self) -> SqliteStore:
        return SqliteStore(self.path)

    @cached_property
    def run(self) -> str:
        return self.store.find(RunFilter())[0].id

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "perdure", *words],
            cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip

    def deploy(self, code: str) -> None:
        """Kill the worker, change the code, and start another one."""
        self.kill()
        self.write(code)
        self.work()

    def write(self, code: str) -> None:
        (self.folder / "orders.py").write_text(code, encoding="utf-8")

    def work(self) -> subprocess.Popen[str]:
        """Start a worker beside those that there are."""
        worker = subprocess.Popen(
            [sys.executable, "-m", "perdure", "worker", "orders.py"],
            cwd=self.folder, env=self.env, text=True, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def kill(self) -> None:
        for worker in self.workers:
            worker.send_signal(signal.SIGKILL)
            worker.communicate(timeout=PATIENCE)
        self.workers.clear()

    def start(self) -> None:
        script = "import orders; from perdure import engine; engine.start('order', item='book')"
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=self.folder, env=self.env | {"PERDURE_WORKER": "off"}, timeout=PATIENCE, check=True,
        )  # fmt: skip

    def shown(self) -> dict:
        """Return the only run, as `perdure show --json` does, read without a process of its own."""
        return run_document(show(self.store, self.run))

    def told(self) -> list[history.Event]:
        """Return the events of the run's history."""
        rows = self.store.history(self.run, 0, 100_000)
        return [event for row in rows for event in load_events(row.events)]

    def of_kind(self, kind: type) -> list:
        return [event for event in self.told() if isinstance(event, kind)]

    def errors(self) -> list[str]:
        """Return what the run's attempts failed with, in their order."""
        return [event.error for event in self.of_kind(history.AttemptFailed)]

    def until(self, is_so) -> dict:
        end = time.monotonic() + PATIENCE
        while not is_so(shown := self.shown()):
            assert time.monotonic() < end, shown
            time.sleep(0.05)
        return shown

    def until_done(self) -> dict:
        return self.until(lambda run: run["status"] == "completed")

    def until_stranded(self) -> str:
        self.until(lambda run: run["stranded"])
        return " ".join(self.call("doctor", "last").stdout.split())

    def until_error(self, words: str) -> list[str]:
        self.until(lambda _run: (errors := self.errors()) and words in errors[-1])
        return self.errors()


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path)
    try:
        made.deploy(BROKEN)
        made.start()
        made.until_error("the shop is away")
        yield made
    finally:
        made.kill()
        made.store.close()


def test_a_retrying_step_goes_on_by_the_code_that_was_mended(shop):
    shop.deploy(MENDED)

    done = shop.until_done()

    assert "shipped" in json.dumps(done)


def test_a_run_whose_step_was_removed_waits_until_it_is_there_again(shop):
    shop.deploy(WITHOUT)
    said = shop.until_stranded()
    shop.deploy(MENDED)

    shop.until_done()

    assert "'pay' is open, and is not there any more" in said


def test_a_run_that_lacks_a_field_waits_until_it_is_migrated(shop):
    shop.deploy(STRICT)
    said = shop.until_stranded()
    shop.deploy(MIGRATING)

    done = shop.until_done()

    assert "email" in said
    assert "a@b.c" in json.dumps(done)


def test_a_deploy_can_be_asked_about_before_and_after_it(shop):
    """The same question, of the fix, and of the code that strands."""
    shop.write(WITHOUT)
    bad = shop.call("upgrade", "--plan", "orders.py")
    shop.write(MENDED)
    good = shop.call("upgrade", "--plan", "orders.py", "--json")
    shop.deploy(MENDED)

    shop.until_done()

    assert bad.returncode == 1
    assert "write @step(formerly='pay') above 'charge'" in bad.stdout
    assert good.returncode == 0
    (upgrade,) = json.loads(good.stdout)["upgrades"]
    assert upgrade["runs"] == {"safe": 1, "migration": 0, "stranded": 0}
    assert upgrade["changed_bodies"] == [{"step": "pay", "runs": 1}]


def test_a_rollback_takes_back_the_runs_that_the_new_code_has_adopted(shop):
    shop.deploy(GROWN)
    shop.until_error("the new shop is away")
    shop.deploy(ROLLED_BACK)

    done = shop.until_done()

    adopted = shop.of_kind(history.PlanAdopted)
    assert done["context"] == {"item": "book", "by": "book"}
    assert len({event.plan for event in adopted}) == 2, "there, and back again"


def test_of_two_workers_the_one_that_was_started_last_works_and_the_other_when_it_dies(shop):
    """Both are on one file. What the dead had announced does not stay."""
    shop.write(GROWN)
    newer = shop.work()
    shop.until_error("the new shop is away")
    began = len(shop.errors())
    shop.until(lambda _run: len(shop.errors()) >= began + 4)
    errors = shop.errors()
    newer.send_signal(signal.SIGKILL)
    newer.communicate(timeout=PATIENCE)

    after = shop.until_error("the shop is away")

    assert all("the new shop" in error for error in errors[began - 1 :]), "the older one waits"
    assert after[: len(errors)] == errors


def test_each_save_of_a_file_restarts_the_worker_and_the_last_one_counts(shop):
    """As autoreload does it: an orderly stop and another start, also of code that cannot be read."""
    shop.kill()
    shop.write(BROKEN)
    with Reloader(shop) as reloader:
        shop.until_error("the shop is away")
        for code in (GROWN, "def half_written(", BROKEN, GROWN, MENDED):
            reloader.saved(code)

        done = shop.until_done()

    attempts = [event.attempt for event in shop.of_kind(history.AttemptFailed)]
    assert done["context"]["shipped"] is True
    assert attempts == list(range(1, len(attempts) + 1)), "no restart has cost an attempt"


class Reloader:
    """Runs a worker, and another one each time that its file was saved."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def __enter__(self):
        self._worker = self._shop.work()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def saved(self, code: str) -> None:
        """Save the file; what ran is told to stop, and does, before the next one starts."""
        self._shop.write(code)
        self._stop()
        self._worker = self._shop.work()
        time.sleep(0.7)  # it may be at its import, or at work

    def _stop(self) -> None:
        if self._worker.poll() is None:
            self._worker.send_signal(signal.SIGTERM)
        self._worker.communicate(timeout=PATIENCE)
