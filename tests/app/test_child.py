"""The process in which attempts run: what it finds, and that it dies with its parent."""

import os
import signal
import subprocess
import sys
import types

import pytest

from perdure.app import child
from perdure.authoring.registry import Registry
from perdure.errors import DefinitionError
from perdure.executors.frames import Origin
from tests.runtime.scenes import machine, workflow

PLAN = machine("a", name="order")
WORK = types.SimpleNamespace(workflow="order", plan=PLAN, step=PLAN.step("a"))


@pytest.fixture
def registry(monkeypatch):
    made = Registry()
    monkeypatch.setattr(child, "default_registry", lambda: made)
    monkeypatch.setattr(child, "import_origin", lambda _origin: None)
    return made


def test_code_is_looked_up_by_workflow_and_step(registry):
    flow = workflow(PLAN)
    registry.add(flow)

    assert child.find(Origin("orders"), WORK) is flow.bodies["a"]


@pytest.mark.parametrize(
    ("origin", "where"),
    [(Origin("orders"), "orders"), (Origin("__main__", "/there/flows.py"), "/there/flows.py")],
)
def test_a_module_without_the_step_is_named_with_what_to_do(registry, origin, where):
    with pytest.raises(DefinitionError, match=f"{where} declares no such step.*top of a module"):
        child.find(origin, WORK)


DIES = """
import os, sys, time
from perdure.app.child import die_with_parent
die_with_parent(int(sys.argv[1]))
print("up", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
def test_the_kernel_ends_it_when_the_other_end_of_its_pipe_is_closed():
    watched, life = os.pipe()
    command = [sys.executable, "-c", DIES, str(watched)]
    with subprocess.Popen(
        command, pass_fds=[watched], start_new_session=True, stdout=subprocess.PIPE
    ) as process:
        os.close(watched)
        process.stdout.readline()
        os.close(life)

        assert process.wait(20) == -signal.SIGKILL


def test_where_the_kernel_cannot_the_line_alone_tells(monkeypatch):
    monkeypatch.delattr(child.fcntl, "F_SETSIG", raising=False)

    child.die_with_parent(-1)  # a descriptor that is none would be refused
