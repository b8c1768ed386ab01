"""A definition of many steps: how long its validation takes, and that it is compiled once."""

import statistics
import time
from typing import Any

from benchmarks.harness.sample import Answer, Options, run
from perdure.authoring.graphs.loader import check_definition, load_definition


def measure(options: Options) -> Answer:
    """Validate and load one definition some times; each step needs up to five before it."""
    definition = _definition(options.number("steps", 1_000))
    times = options.number("times", 5)
    assert not check_definition(definition)
    return Answer(
        {
            "validate_seconds": _median(times, lambda: check_definition(definition)),
            "load_seconds": _median(times, lambda: load_definition(definition)),
        }
    )


def _definition(count: int) -> dict[str, Any]:
    steps = []
    for number in range(count):
        earlier = " ".join(f"${{s{other}.result}}" for other in range(max(number - 5, 0), number))
        material = earlier or "${workflow.input.text}"
        steps.append(
            {
                "id": f"s{number}",
                "type": "data_processing",
                "function": "clean_text",
                "input": material,
            }
        )
    return {"name": "many", "steps": steps}


def _median(times: int, act: Any) -> float:
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


if __name__ == "__main__":
    run(measure)
