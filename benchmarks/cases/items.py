"""A loop over many items that do next to nothing: how fast they go, and how much memory that takes."""

import resource
import time

from benchmarks.cases import subject
from benchmarks.harness.process import usage
from benchmarks.harness.sample import Answer, Options, run
from perdure import Engine
from perdure.authoring.functions import function
from perdure.authoring.graphs.loader import load_definition


@function("benchmark_next")
def following(number: int) -> int:
    """Return the next number."""
    return number + 1


def measure(options: Options) -> Answer:
    """Go over a short list first, then over the long one: what that adds to memory is its own."""
    count = options.number("items", 10_000)
    with subject.opened(options.directory) as engine:
        _go_over(engine, 100)
        before, memory = usage(), _peak()
        began = time.perf_counter()
        _go_over(engine, count)
        seconds = time.perf_counter() - began
        used = usage().since(before)
    return Answer(
        {
            "seconds": seconds,
            "items_per_second": count / seconds,
            "cpu_us_per_item": used.cpu_seconds / count * 1e6,
            "bytes_per_item": used.bytes_written / count,
            "memory_mib": _peak() - memory,
        }
    )


def _go_over(engine: Engine, count: int) -> None:
    each = {
        "id": "each",
        "type": "parallel_processing",
        "function": "benchmark_next",
        "input": "${workflow.input.numbers}",
        "max_iterations": count,
    }
    output = f"${{each.result[{count - 1}]}}"
    flow, _ = load_definition({"name": f"items {count}", "steps": [each], "output": output})
    run_ = engine.start(flow, numbers=list(range(count)))
    assert run_.result(timeout=subject.PATIENCE) == count


def _peak() -> float:
    """Return the most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    run(measure)
