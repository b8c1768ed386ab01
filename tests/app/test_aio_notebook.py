"""A real notebook: its kernel runs an event loop of its own, in which each cell is run."""

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.slow

CELLS = [
    """
from pydantic import BaseModel

from perdure import aio, complete, engine, get_context, step, wait, workflow

@workflow("order")
class Order:
    class Context(BaseModel):
        number: int = 0

    @step(start=True)
    async def ask(self):
        get_context().number += 1
        return wait.for_signal("paid", then="ship")

    @step
    def ship(self):
        return complete(shipped=True)
""",
    """
first = engine.start("order")
engine.signal("paid", {}, run_id=first.id)
first.result(timeout=20)
""",
    """
second = await aio.engine.start(Order, number=7)
await aio.engine.signal("paid", {}, run_id=second.id)
await second.result(20)
""",
]


# the kernel's protocol goes over loopback, which it says each time that it is started
@pytest.mark.filterwarnings("ignore")
def test_runs_are_started_signalled_and_awaited_in_a_notebook(tmp_path, monkeypatch):
    monkeypatch.delenv("PERDURE_STORE", raising=False)
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])

    NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()

    last = [cell.outputs[-1]["data"]["text/plain"] for cell in notebook.cells[1:]]
    assert last == ["{'number': 1, 'shipped': True}", "{'number': 8, 'shipped': True}"]
    assert list(tmp_path.glob(".perdure/*.db"))
