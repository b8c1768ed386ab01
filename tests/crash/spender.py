"""A process that asks a model that costs something, in a loop, under a budget.

`python -m tests.crash.spender FOLDER MAX_COST COUNT`. The run is started once, by its key; a
process that is begun again goes on with it.
"""

import os
import sys
import time
from pathlib import Path

from perdure import Engine
from perdure.authoring.graphs.loader import load_definition
from tests.packs.inference.hosted.servers import KEY

RUN_KEY = "the-one"
PRICE = 1000.0  # US dollars per million tokens, so that an answer of 15 tokens costs 1.5 cents
CENTS = 15 * PRICE / 1e6


def definition(max_cost, count, **more):
    inner = {
        "type": "inference",
        "model": "local/m",
        "input": "Number ${loop.current_item}",
        "parameters": {"max_tokens": 20},
    }
    each = {"id": "each", "type": "loop", "iterate_over": "${workflow.input.all}", "step": inner}
    patient = {"retry_policy": {"max_retries": 1000, "retry_delay_seconds": 0}}
    return {
        "name": "spender",
        "steps": [{**each, "parallel": True, "max_parallel": 4}],
        "error_handling": patient,
        "budget": {"max_cost": max_cost, **more},
    }


def settle_in(folder, url, **more):
    """Write the settings of a local service whose tokens have a price."""
    lines = [
        *("[models.local]", 'api = "openai"', f'base_url = "{url}"', 'key_env = "A_KEY"'),
        f"price = {{input = {PRICE}, output = {PRICE}}}",
        *(f"{name} = {value}" for name, value in more.items()),
    ]
    (Path(folder) / "perdure.toml").write_text("\n".join(lines))


def main(folder, max_cost, count):
    os.environ["A_KEY"] = KEY
    os.chdir(folder)
    flow, _ = load_definition(definition(float(max_cost), int(count)))
    with Engine(Path(folder) / "perdure.db") as engine:
        inputs = {"all": list(range(int(count)))}
        run = engine.start(flow, inputs=inputs, idempotency_key=RUN_KEY)
        sys.stdout.write(f"{run.id}\n")
        sys.stdout.flush()
        while (view := run.refresh()).status == "running" and not view.paused:
            time.sleep(0.01)
        sys.stdout.write("over\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
