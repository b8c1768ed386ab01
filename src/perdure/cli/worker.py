"""`perdure worker`: execute runs until told to stop."""

import logging
import sys
from collections import Counter
from dataclasses import replace
from typing import Annotated

from cyclopts import Parameter

from perdure.app.engine import Engine
from perdure.app.queues import check_queue
from perdure.authoring.functions import load_packs
from perdure.cli import output
from perdure.cli.interrupts import Interrupts
from perdure.cli.opening import Common, engine_of
from perdure.cli.targets import import_code
from perdure.kernel.plan import Plan, PlanKind
from perdure.ports.rows import RunFilter

MOST_RUNS = 10_000
LOOK = 0.5


def worker(
    *module: str,
    queue: tuple[str, ...] = (),
    grace: Annotated[float, Parameter(show_default=True)] = 10.0,
    common: Common | None = None,
) -> int:
    """Execute runs until told to stop by Ctrl-C or SIGTERM.

    It hosts definitions, and the workflows of the modules that are named. When it is told to stop
    it begins nothing more, waits for what runs, and hands back the rest, uncounted. A second
    signal ends it at once; that is safe too.

    Parameters
    ----------
    module
        Modules (orders) or files (orders.py) with workflows.
    queue
        Serve this queue, and no other that is not named too. Without it, all are served.
    grace
        How many seconds to wait for what runs when it is told to stop.
    """
    _log()
    sys.setswitchinterval(0.0005)  # beside a busy thread the ledger would wait 5 ms at each turn
    for name in module:
        import_code(name)
    load_packs()
    for name in queue:
        check_queue(name, "--queue")
    common = replace(common or Common(), queues=queue)
    # A step may have begun before the engine is there: who stops it then is heard, too.
    with Interrupts() as stop, engine_of(common, worker=True, create=True) as engine:
        _tell_hosted(engine)
        while not stop.wait(LOOK):
            engine.store.change()  # one that was lost says so here
        assert stop.caught is not None
        output.note(f"{stop.caught.name}: nothing more begins; waiting for what runs")
        left = _drain(engine, grace)
        output.note(f"handed back {left} attempt(s)" if left else "nothing was left running")
    return 0


def _drain(engine: Engine, grace: float) -> int:
    """Begin no more, and wait for what runs; return how many attempts are still there."""
    crew, clock = engine.process.crew, engine.process.clock
    crew.slots.accepts = False
    until = clock.monotonic() + grace
    with Interrupts() as pause:
        while crew.holding() and clock.monotonic() < until:
            if pause.wait(0.05):
                break
    return len(crew.holding())


def _tell_hosted(engine: Engine) -> None:
    names = engine.registry.names()
    hosted = ", ".join(["definitions", *names])
    served = engine.config.served
    only = "" if served is None else f"; serves queue {', '.join(served)} alone"
    output.note(f"worker on {engine.config.store}: hosts {hosted}{only}")
    for (plan, why), count in sorted(_strange(engine).items()):
        runs = "1 live run" if count == 1 else f"{count} live runs"
        output.warn(f"{runs} of {plan} {why}")


def _strange(engine: Engine) -> Counter[tuple[str, str]]:
    """Count the live runs whose code is not here, or was another when they began: what, and why."""
    rows = engine.store.find(RunFilter(live=True, limit=MOST_RUNS))
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        plan = engine.process.plans.get(row.plan)
        if plan.kind is PlanKind.MACHINE and (why := _lack(engine, plan)):
            found[why] += 1
    return found


def _lack(engine: Engine, plan: Plan) -> tuple[str, str] | None:
    flow = engine.registry.find(plan.workflow)
    if flow is None:
        return repr(plan.workflow), (
            "cannot go on here: this worker does not have its code. Name its module too, or start "
            "another worker with it"
        )
    if plan.version not in (flow.plan.version, *flow.migrates):
        return f"{plan.workflow!r} (version {plan.version!r})", (
            f"cannot go on here: this worker has version {flow.plan.version!r}. Start another "
            f"worker with the older code, or write @workflow(migrate={{{plan.version!r}: function}})"
        )
    if plan.hash != flow.plan.hash:
        return repr(plan.workflow), (
            "began by other code: what fits this code goes on by it. Whether a run does, and if "
            "not why: perdure doctor RUN"
        )
    return None


def _log() -> None:
    """Write what happens to standard error, a line for each thing, tracebacks with failures."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("perdure").setLevel(logging.INFO)
