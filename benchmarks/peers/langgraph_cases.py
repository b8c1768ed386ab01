"""LangGraph with its SqliteSaver and durability="sync" under the cases it can be put through.

Call: `python langgraph_cases.py DIRECTORY CASE=1 name=number ...`; a case is a key of `CASES`.
A run is a thread (in LangGraph's word), a step a node. "sync" writes each checkpoint before the
next step begins; its default, "async", writes it while the next step runs.
"""

import sqlite3
import time
from operator import add
from typing import Annotated, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, Send, interrupt

from benchmarks.harness.sample import Answer, Options, age, run, spread


class Count(TypedDict):
    """The state of a chain: how many steps were done."""

    number: int


class Gathered(TypedDict):
    """The state of a fan: how many branches there are, and what they returned."""

    width: int
    results: Annotated[list[int], add]


class Told(TypedDict):
    """The state of a parked run: what it was told."""

    answer: str


def trivial(state: Count) -> Count:
    """Do next to nothing."""
    return {"number": state["number"] + 1}


def chain(saver: SqliteSaver, steps: int) -> CompiledStateGraph:
    """Compile a graph of some nodes in a row."""
    graph = StateGraph(Count)
    names = [f"step{number}" for number in range(steps)]
    for name in names:
        graph.add_node(name, trivial)
    for source, target in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(source, target)
    return graph.compile(checkpointer=saver)


def loop(saver: SqliteSaver, steps: int) -> CompiledStateGraph:
    """Compile a graph of one node that is entered again and again."""
    graph = StateGraph(Count)
    graph.add_node("step", trivial)
    graph.add_edge(START, "step")
    graph.add_conditional_edges("step", lambda state: "step" if state["number"] < steps else END)
    return graph.compile(checkpointer=saver)


def config(run_id: int, limit: int = 25) -> RunnableConfig:
    """Name a run, and say how many steps it may have."""
    return {"configurable": {"thread_id": str(run_id)}, "recursion_limit": limit}


def throughput(saver: SqliteSaver, options: Options) -> dict[str, float]:
    """Run many short graphs, one after another: threads beside each other were slower here."""
    runs, steps = options.number("runs", 200), options.number("steps", 5)
    graph = chain(saver, steps)
    began = time.perf_counter()
    for number in range(runs):
        done = graph.invoke({"number": 0}, config(number), durability="sync")
        assert done["number"] == steps
    return {"steps_per_second": runs * steps / (time.perf_counter() - began)}


def sequential(saver: SqliteSaver, options: Options) -> dict[str, float]:
    """Run one graph of many steps."""
    steps = options.number("steps", 1000)
    graph = loop(saver, steps)
    began = time.perf_counter()
    done = graph.invoke({"number": 0}, config(0, steps + 10), durability="sync")
    assert done["number"] == steps
    return {"steps_per_second": steps / (time.perf_counter() - began)}


def latency(saver: SqliteSaver, options: Options) -> dict[str, float]:
    """Run graphs of one step, one after another."""
    graph = chain(saver, 1)
    times = []
    for number in range(options.number("runs", 300)):
        began = time.perf_counter()
        assert graph.invoke({"number": 0}, config(number), durability="sync")["number"] == 1
        times.append(time.perf_counter() - began)
    return spread(times)


def wide(saver: SqliteSaver, options: Options) -> dict[str, float]:
    """Run one graph of many parallel steps and a join."""
    width = options.number("width", 500)
    graph = StateGraph(Gathered)
    graph.add_node("branch", lambda state: {"results": [state["number"] + 1]})
    graph.add_node("join", lambda _: {"width": 0})
    graph.add_conditional_edges(
        START, lambda state: [Send("branch", {"number": n}) for n in range(state["width"])]
    )
    graph.add_edge("branch", "join")
    graph.add_edge("join", END)
    compiled = graph.compile(checkpointer=saver)
    began = time.perf_counter()
    done = compiled.invoke({"width": width, "results": []}, config(0), durability="sync")
    assert sum(done["results"]) == width * (width + 1) // 2
    return {"seconds": time.perf_counter() - began}


def park(saver: SqliteSaver, options: Options) -> dict[str, float]:
    """Bring many graphs to an interrupt, then resume each."""
    runs = options.number("runs", 500)
    graph = StateGraph(Told)
    graph.add_node("ask", lambda _: {"answer": interrupt("go?")})
    graph.add_edge(START, "ask")
    graph.add_edge("ask", END)
    compiled = graph.compile(checkpointer=saver)
    began = time.perf_counter()
    for number in range(runs):
        assert "__interrupt__" in compiled.invoke({"answer": ""}, config(number), durability="sync")
    resumed = time.perf_counter()
    for number in range(runs):
        done = compiled.invoke(Command(resume="go"), config(number), durability="sync")
        assert done["answer"] == "go"
    woken = time.perf_counter() - resumed
    scale = 10_000 / runs
    return {"park_seconds_10k": (resumed - began) * scale, "wake_seconds_10k": woken * scale}


def cold(saver: SqliteSaver, _: Options) -> dict[str, float]:
    """Run one graph of one step in a new process and store."""
    assert chain(saver, 1).invoke({"number": 0}, config(0), durability="sync")["number"] == 1
    return {"seconds": age()}


CASES = {
    "throughput": throughput,
    "sequential": sequential,
    "latency": latency,
    "wide": wide,
    "parked": park,
    "cold": cold,
}


def measure(options: Options) -> Answer:
    """Run one case on a new store."""
    case = next(CASES[name] for name in options.numbers if name in CASES)
    path = str(options.directory / "langgraph.sqlite")
    with SqliteSaver.from_conn_string(path) as saver:
        metrics = case(saver, options)
        level = saver.conn.execute("PRAGMA synchronous").fetchone()[0]
        journal = saver.conn.execute("PRAGMA journal_mode").fetchone()[0]
    return Answer(
        metrics,
        {
            "journal_mode": str(journal),
            "synchronous": {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}[level],
            "durability": "sync",
            "sqlite": sqlite3.sqlite_version,
        },
    )


if __name__ == "__main__":
    run(measure)
