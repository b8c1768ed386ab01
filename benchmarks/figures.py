"""Every figure that is measured: by which samples, beside what, and the mark it has to reach.

A case is measured in rounds: in each, the raw rate first, then its samples, then the peers, one
process after another. A figure is the median over the rounds; a ratio is taken inside each round.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

RAW = "raw.commits_per_second"


@dataclass(frozen=True, slots=True)
class Sample:
    """One script with its numbers; a quick run replaces some of them."""

    name: str
    script: str
    numbers: Mapping[str, int] = field(default_factory=dict)
    quick: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: `sample.metric`, divided by `per` where that is given."""

    label: str
    value: str
    unit: str = ""
    per: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def metric(self) -> str:
        """Return the metric's name, by which the peers give theirs."""
        return self.value.split(".")[1]

    def met(self, value: float) -> bool | None:
        """Return whether a value reaches the mark; None where there is no mark."""
        if self.at_least is None and self.at_most is None:
            return None
        low = self.at_least is None or value >= self.at_least
        return low and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Case:
    """Samples that belong together, the figures they make, and what the peers are asked."""

    name: str
    title: str
    samples: tuple[Sample, ...]
    figures: tuple[Figure, ...]
    peers: Mapping[str, int] | None = None  # numbers for the peers' scripts; None: not for them
    note: str = ""


THROUGHPUT = Case(
    "throughput",
    "1,000 runs of 5 steps, started at once",
    (
        Sample("throughput", "throughput.py", {"runs": 1000}, {"runs": 200}),
        Sample("busy", "throughput.py", {"runs": 1000, "busy": 1, "switch_us": 500}, {"runs": 200}),
        Sample("busy-default", "throughput.py", {"runs": 1000, "busy": 1}, {"runs": 200}),
        Sample("same-rows", "same_rows.py", {"runs": 1000}, {"runs": 200}),
    ),
    (
        Figure("steps a second", "throughput.steps_per_second", at_least=6000),
        Figure("over raw", "throughput.steps_per_second", per=RAW, at_least=1.6),
        Figure("beside a busy thread, steps a second", "busy.steps_per_second", at_least=3000),
        Figure("beside it, over raw", "busy.steps_per_second", per=RAW, at_least=0.8),
        Figure(
            "beside a busy thread, share of without",
            "busy.steps_per_second",
            per="throughput.steps_per_second",
            at_least=0.5,
        ),
        Figure(
            "the same with Python's own switch interval",
            "busy-default.steps_per_second",
            per="throughput.steps_per_second",
        ),
        Figure("CPU a step", "throughput.cpu_us_per_step", "µs", at_most=250),
        Figure(
            "raw apsw, same rows and transactions, steps a second", "same-rows.raw_steps_per_second"
        ),
        Figure(
            "share of that",
            "throughput.steps_per_second",
            per="same-rows.raw_steps_per_second",
        ),
        Figure("rows changed a step", "same-rows.rows_per_step"),
        Figure("steps a transaction", "same-rows.steps_per_transaction"),
    ),
    peers={"throughput": 1, "runs": 200, "steps": 5},
    note="The peers ran 200 runs of 5 steps. Beside the busy thread, the switch interval is 0.5 ms, "
    "which perdure's own processes set (`perdure worker`), and then Python's 5 ms.",
)

PARTS = Case(
    "parts",
    "CPU a step, by part (1,000 runs of 5 steps, with timers wrapped around the parts)",
    (Sample("parts", "parts.py", {"runs": 1000}, {"runs": 200}),),
    (
        Figure("kernel", "parts.kernel_us", "µs"),
        Figure("effects and JSON", "parts.effects_us", "µs"),
        Figure("SQL", "parts.sql_us", "µs"),
        Figure("invoke", "parts.invoke_us", "µs"),
        Figure("queue", "parts.queue_us", "µs"),
        Figure("starting runs and reading results", "parts.caller_us", "µs"),
        Figure("all else: event loop, ledger, threads", "parts.rest_us", "µs"),
        Figure("together", "parts.total_us", "µs"),
    ),
    note="The timers cost CPU too, so the sum is above the figure of the throughput case.",
)

FORCED = Case(
    "forced",
    "Forced writes (fsync, fdatasync), counted from outside",
    (
        Sample("forced", "forced.py", {"runs": 1000}, {"runs": 200}),
        Sample("forced-one", "forced.py", {"runs": 1, "steps": 1000}, {"steps": 200}),
    ),
    (
        Figure("a step, 1,000 runs of 5", "forced.forced_per_step", at_most=0.1),
        Figure("a step, one run of 1,000", "forced-one.forced_per_step", at_most=1.05),
    ),
    note="Checkpoints are counted too: at one commit a step they add the part over 1.",
)

SEQUENTIAL = Case(
    "sequential",
    "One run of 1,000 steps, one after another",
    (Sample("sequential", "sequential.py", {"steps": 1000}, {"steps": 200}),),
    (
        Figure("steps a second", "sequential.steps_per_second"),
        Figure("share of raw", "sequential.steps_per_second", per=RAW, at_least=0.4),
        Figure("CPU a step", "sequential.cpu_us_per_step", "µs"),
    ),
    peers={"sequential": 1, "steps": 1000},
)

LATENCY = Case(
    "latency",
    "One-step runs, one after another, from start to result",
    (Sample("latency", "latency.py", {"runs": 1000}, {"runs": 200}),),
    (
        Figure("p50", "latency.p50_ms", "ms", at_most=1.2),
        Figure("p99", "latency.p99_ms", "ms", at_most=4),
        Figure("p50 of a raw commit", "raw.p50_ms", "ms"),
        Figure("p99 of a raw commit", "raw.p99_ms", "ms"),
    ),
    peers={"latency": 1, "runs": 300},
    note="The peers ran 300 runs.",
)

WIDE = Case(
    "wide",
    "One run of parallel steps and a join",
    (
        Sample("wide", "wide.py", {"width": 500, "times": 5}, {"width": 100}),
        Sample("wide-threads", "wide.py", {"width": 500, "threads": 1}, {"width": 100}),
        Sample("wide-50", "wide.py", {"width": 50, "times": 100}, {"times": 10}),
        Sample("wide-5000", "wide.py", {"width": 5000, "times": 3}, {"width": 500}),
    ),
    (
        Figure("500 wide", "wide.seconds", "s", at_most=0.12),
        Figure("500 wide, the first run, whose plan is stored", "wide.first_seconds", "s"),
        Figure("500 wide, plain functions in threads", "wide-threads.seconds", "s"),
        Figure("50 wide, a step", "wide-50.us_per_step", "µs"),
        Figure("5,000 wide, a step", "wide-5000.us_per_step", "µs"),
        Figure(
            "5,000 over 50 wide, a step",
            "wide-5000.us_per_step",
            per="wide-50.us_per_step",
            at_most=1.2,
        ),
        Figure(
            "the same in CPU",
            "wide-5000.cpu_us_per_step",
            per="wide-50.cpu_us_per_step",
            at_most=1.2,
        ),
        Figure("500 wide, CPU a step", "wide.cpu_us_per_step", "µs"),
        Figure("5,000 wide, bytes written a step", "wide-5000.bytes_per_step"),
    ),
    peers={"wide": 1, "width": 500},
    note="A run's time is from start to result, its plan known to the store.",
)

ITEMS = Case(
    "items",
    "One parallel loop over many trivial items",
    (Sample("items", "items.py", {"items": 10_000}, {"items": 500}),),
    (
        Figure("items a second", "items.items_per_second", at_least=4000),
        Figure("memory that it adds", "items.memory_mib", "MiB", at_most=64),
        Figure("CPU an item", "items.cpu_us_per_item", "µs"),
        Figure("bytes written an item", "items.bytes_per_item"),
    ),
    note="Sixteen items are open at a time, each in a thread.",
)

DEFINITIONS = Case(
    "definitions",
    "A definition of 1,000 steps, each needing five before it",
    (Sample("definitions", "definitions.py", {"steps": 1000}, {"steps": 100, "times": 1}),),
    (
        Figure("validated", "definitions.validate_seconds", "s", at_most=0.3),
        Figure("validated and compiled", "definitions.load_seconds", "s"),
    ),
)

PARKED = Case(
    "parked",
    "Runs parked on a signal, then woken",
    (Sample("parked", "parked.py", {"runs": 10_000}, {"runs": 1000}),),
    (
        Figure("10,000 started and parked", "parked.park_seconds_10k", "s", at_most=3),
        Figure(
            "10,000 woken by one broadcast, completed", "parked.wake_seconds_10k", "s", at_most=3
        ),
    ),
    peers={"parked": 1, "runs": 500},
    note="The peers parked 500 runs; their times are scaled to 10,000. DBOS was sent all "
    "messages in one transaction; LangGraph has no broadcast and was resumed run by run.",
)

HELD = Case(
    "held",
    "100,000 runs parked: what they hold and what they cost while nothing happens",
    (Sample("held", "held.py", {"runs": 100_000}, {"runs": 5000}),),
    (
        Figure("memory that they added", "held.grown_mib", "MiB", at_most=16),
        Figure("Python objects that stayed, a run", "held.blocks_per_run"),
        Figure(
            "memory that the store takes when opened anew, over an empty one",
            "held.reopened_mib",
            "MiB",
            at_most=16,
        ),
        Figure("CPU while idle, over an empty store", "held.idle_cpu_ms_per_second", "ms/s"),
        Figure("SQL statements a second while idle", "held.idle_statements_per_second"),
        Figure("the same over an empty store", "held.empty_statements_per_second"),
    ),
    note="Started 1,000 at a time. What the process grows by is SQLite's page cache and what a call "
    "of start_many needs meanwhile, so it does not grow with the number that are parked.",
)


DUE = Case(
    "due",
    "20,000 timers due at one moment",
    (Sample("due", "due.py", {"runs": 20_000}, {"runs": 2000}),),
    (
        Figure("until the last run has ended", "due.seconds", "s"),
        Figure("fired more than once", "due.fired_more_than_once", at_most=0),
        Figure("fired before their time", "due.fired_early", at_most=0),
        Figure("how late, in the median", "due.median_late_seconds", "s"),
    ),
)

BROADCAST = Case(
    "broadcast",
    "A broadcast to 10,000 waiting runs",
    (Sample("broadcast", "broadcast.py", {"runs": 10_000}, {"runs": 1000}),),
    (
        Figure("until the last run has ended", "broadcast.seconds", "s"),
        Figure("until its sender has the answer", "broadcast.until_told_seconds", "s"),
        Figure("the longest slice", "broadcast.longest_slice_seconds", "s", at_most=0.05),
        Figure("not reached", "broadcast.not_reached", at_most=0),
    ),
)

LONG = Case(
    "long",
    "A run of 20,000 steps beside runs of 200",
    (
        Sample("short", "long.py", {"runs": 50, "steps": 200}, {"runs": 2}),
        Sample("long", "long.py", {"runs": 1, "steps": 20_000}, {"steps": 2000}),
    ),
    (
        Figure("CPU a step", "long.cpu_us", "µs"),
        Figure("CPU, 20,000 over 200", "long.cpu_us", per="short.cpu_us", at_most=1.2),
        Figure(
            "CPU of its last 200 steps, over runs of 200",
            "long.last_cpu_us",
            per="short.cpu_us",
            at_most=1.2,
        ),
        Figure("rows changed a step", "long.rows"),
        Figure("rows, 20,000 over 200", "long.rows", per="short.rows", at_most=1.2),
        Figure("bytes written a step", "long.bytes"),
        Figure("bytes, 20,000 over 200", "long.bytes", per="short.bytes", at_most=1.2),
    ),
)

SHARED = Case(
    "shared",
    "Two processes on one file, each 3,000 runs of 5 steps",
    (
        Sample("alone", "shared.py", {"processes": 1, "runs": 3000}, {"runs": 200}),
        Sample("two", "shared.py", {"processes": 2, "runs": 3000}, {"runs": 200}),
    ),
    (
        Figure("one process, steps a second", "alone.steps_per_second"),
        Figure("two together, steps a second", "two.steps_per_second"),
        Figure("two over one", "two.steps_per_second", per="alone.steps_per_second", at_least=0.9),
        Figure("p99 of a commit's wait and work", "two.p99_ms", "ms", at_most=50),
    ),
)

COLD = Case(
    "cold",
    "From nothing",
    (Sample("cold", "cold.py"),),
    (
        Figure("import perdure", "cold.import_seconds", "s", at_most=0.13),
        Figure("import of every public name", "cold.names_seconds", "s"),
        Figure("a fresh process and store to a result", "cold.seconds", "s", at_most=0.35),
        Figure("perdure --help", "cold.help_seconds", "s", at_most=0.5),
    ),
    peers={"cold": 1},
)

CASES = (
    THROUGHPUT,
    PARTS,
    FORCED,
    SEQUENTIAL,
    LATENCY,
    WIDE,
    ITEMS,
    DEFINITIONS,
    PARKED,
    HELD,
    DUE,
    BROADCAST,
    LONG,
    SHARED,
    COLD,
)
