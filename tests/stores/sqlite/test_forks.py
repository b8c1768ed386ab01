"""No connection is carried across a fork."""

import contextlib
import os
import signal
import subprocess
import sys

import pytest

from perdure.errors import StoreLostError
from perdure.stores.sqlite import SqliteStore, forks

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
]

# Both go on; the parent closes first; what the child has committed must be there all the same.
FORK = """
import os, sys, threading
from perdure.errors import StoreLostError
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import apply, born
path = sys.argv[1]
store = SqliteStore(path)
worker = store.join("host", os.getpid(), 1.0, 30.0)
apply(store, born=[born("parent")])
store.load(["parent"])
stop = threading.Event()

def keep_writing():
    number = 0
    while not stop.is_set():
        number += 1
        apply(store, born=[born(f"busy {number}")])
        store.load(["parent"])
        store.checkpoint()

thread = threading.Thread(target=keep_writing)
thread.start()
read, write = os.pipe()
child = os.fork()
if child == 0:
    said = []
    for call in (lambda: store.load(["parent"]), lambda: apply(store, born=[born("no")])):
        try:
            call()
        except StoreLostError:
            said.append("lost")
    store.close()
    mine = SqliteStore(path)
    apply(mine, born=[born("child")])
    said.append("dead" if mine.is_dead(worker) else "alive")
    os.write(write, " ".join(said).encode())
    sys.stdin.read()  # until the parent has closed its own
    apply(mine, born=[born("orphan")])
    os._exit(0)
os.close(0)
print(os.read(read, 100).decode())
apply(store, born=[born("again")])
stop.set()
thread.join()
store.close()
print(child)
"""

# The forking thread itself is writing, so the child must keep off.
WITHIN = """
import os, sys
from perdure.errors import StoreLostError
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import apply, born, commit
store = SqliteStore(sys.argv[1])
with store.transaction() as tx:
    tx.apply(commit(born=[born("parent")]))
    child = os.fork()
    if child == 0:
        try:
            SqliteStore(sys.argv[1])
        except StoreLostError as error:
            os._exit(7 if "spawn" in str(error) else 8)
        os._exit(9)
    _, status = os.waitpid(child, 0)
apply(store, born=[born("later")])
print(os.waitstatus_to_exitcode(status), *sorted(store.load(["parent", "later"])))
"""

# A child outlives its parent: the parent's turn and its lock end all the same.
ORPHAN = """
import os, sys
from perdure.stores.sqlite import SqliteStore
store = SqliteStore(sys.argv[1])
worker = store.join("host", os.getpid(), 1.0, 30.0)
store.transaction().__enter__()
if os.fork() == 0:
    print("born", flush=True)
    os.close(1)
    os.close(2)
    sys.stdin.read()
    sys.exit(0)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def started(path):
    """Start a script in a group of its own; whatever becomes of the test, nothing of it stays."""
    processes = []

    def start(script):
        command = [sys.executable, "-W", "error", "-c", script, str(path)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        processes.append(subprocess.Popen(command, start_new_session=True, **pipes))
        return processes[-1]

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdin.close()
        process.stdout.close()


def wait_for_end(pid):
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return


def test_parent_and_child_go_on_each_with_connections_of_its_own(path, started):
    parent = started(FORK)
    said, child = parent.stdout.readline().split(), int(parent.stdout.readline())
    assert parent.wait() == 0
    parent.stdin.close()  # now the child writes once more, and ends
    wait_for_end(child)

    store = SqliteStore(path)
    kept = store.load(["parent", "child", "again", "orphan", "busy 1", "no"])
    assert said == ["lost", "lost", "alive"]
    assert kept.keys() == {"parent", "child", "again", "orphan", "busy 1"}
    store.close()


def test_a_child_that_was_forked_within_a_transaction_keeps_off_and_harms_nothing(path, run_script):
    said = run_script(WITHIN, path)

    assert said == ["7", "later", "parent"]


def test_a_child_keeps_neither_the_turn_nor_the_lock_of_its_dead_parent(path, started):
    parent = started(ORPHAN)
    assert parent.stdout.readline() == "born\n"
    parent.wait()

    store = SqliteStore(path)
    with store.transaction(wait=False):
        dead = store.is_dead(store.workers()[0])

    assert dead
    store.close()


def test_only_a_tainted_file_is_refused(tmp_path):
    file, other = tmp_path / "file", tmp_path / "other"
    file.write_text("")
    other.write_text("")

    forks.taint(file)

    with pytest.raises(StoreLostError, match="spawn"):
        forks.check(file)
    forks.check(other)
    forks.check(tmp_path / "new")
