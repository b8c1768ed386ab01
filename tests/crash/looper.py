"""A process that goes over a list: `python -m tests.crash.looper STORE JOURNAL KILL`.

Each item is a line in the journal before it is done; the process kills itself at the line of this
number, counted from its own start, and never where that is 0.
"""

import sys
from pathlib import Path

from perdure.app.engine import Engine
from perdure.authoring.functions import function
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry
from tests.crash.lives import Journal

COUNT = 40
PATIENCE = 60.0


def main(store: str, journal: str, kill: int) -> None:
    lines = Journal(journal, kill)

    @function("crash_double")
    def double(number: int) -> int:
        """Return twice the number."""
        lines.note(number)
        return 2 * number

    definition = {
        "name": "double",
        "error_handling": {"max_retries": 1000},  # a kill is not an item's fault
        "steps": [
            {
                "id": "each",
                "type": "parallel_processing",
                "function": "crash_double",
                "input": "${workflow.input.numbers}",
                "max_parallel": 4,
            }
        ],
    }
    flow, _ = load_definition(definition)
    with Engine(Path(store), registry=Registry()) as engine:
        items = list(range(COUNT))
        run = engine.start(flow, numbers=items, idempotency_key="the only one")
        sys.stdout.write(f"{run.result(PATIENCE)}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
