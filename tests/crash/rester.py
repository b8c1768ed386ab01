"""A process that waits, sleeps and has runs of its own: `python -m tests.crash.rester STORE JOURNAL KILL`.

Each call of the function is a line in the journal before it is done; the process kills itself at the
line of this number, counted from its own start, and never where that is 0.
"""

import sys
from pathlib import Path

from perdure.app.engine import Engine
from perdure.authoring.functions import function
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry
from tests.crash.lives import Journal

COUNT = 12
PATIENCE = 60.0


def main(store: str, journal: str, kill: int) -> None:
    lines = Journal(journal, kill)

    @function("crash_rested")
    def rested(number: int) -> int:
        """Return twice the number."""
        lines.note(number)
        return 2 * number

    child = {
        "name": "child",
        "steps": [
            {"id": "nap", "type": "sleep", "seconds": 0.01},
            {
                "id": "double", "type": "python", "function": "crash_rested",
                "input": "${workflow.input.n}", "depends_on": ["nap"],
            },
        ],
        "output": "${double.result}",
    }  # fmt: skip
    definition = {
        "name": "resting",
        "steps": [
            {
                "id": "each", "type": "loop", "iterate_over": list(range(COUNT)), "parallel": True,
                "max_parallel": 3,
                "step": {
                    "type": "workflow", "workflow": child, "inputs": {"n": "${loop.current_item}"},
                },
            },
            {"id": "ok", "type": "wait", "signal": "ok", "depends_on": ["each"]},
        ],
        "output": ["${each.result}", "${ok.result.n}"],
        "error_handling": {"max_retries": 1000},
    }  # fmt: skip
    flow, _ = load_definition(definition)
    with Engine(Path(store), registry=Registry()) as engine:
        run = engine.start(flow, idempotency_key="the only one")
        engine.signal("ok", {"n": 7}, run_id=run.id, idempotency_key="once")
        sys.stdout.write(f"{run.result(PATIENCE)}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
