"""A process with a secret: `python -m tests.crash.secretive STORE KILL`; CANARY is the secret.

Its run reads it in each step. The process kills itself at the call of this number, counted from its
own start, and never where that is 0.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

from perdure.app.engine import Engine
from perdure.authoring.functions import function
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry

COUNT = 20
PATIENCE = 60.0


def main(store: str, kill: int) -> None:
    numbers = count(1)  # whose next is one thread's alone

    @function("crash_unlock")
    def unlock(key: str, *, number: int = 0) -> int:
        """Return how long the key is, and a number more."""
        if next(numbers) == kill:
            os.kill(os.getpid(), signal.SIGKILL)
        return len(key) + number

    step = {"type": "data_processing", "function": "crash_unlock", "input": "${workflow.input.key}"}
    definition = {
        "name": "unlock",
        "steps": [
            {**step, "id": "first"},
            {
                "id": "each",
                "type": "loop",
                "iterate_over": list(range(COUNT)),
                "parallel": True,
                "max_parallel": 4,
                "depends_on": ["first"],
                "step": {**step, "parameters": {"number": "${loop.current_item}"}},
            },
            {
                "id": "told",
                "type": "aggregation",
                "inputs": {"them": "${each.result}"},
                "declassify": True,
            },
        ],
    }
    flow, _ = load_definition(definition)
    key = {"type": "secret", "value": os.environ["CANARY"]}
    with Engine(Path(store), registry=Registry()) as engine:
        run = engine.start(
            flow,
            inputs={"key": key},
            security_config={"secure_deletion": True},
            idempotency_key="the only one",
        )
        sys.stdout.write(f"{run.result(PATIENCE)}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
