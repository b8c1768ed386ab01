"""`perdure queues`: what waits in each queue, and its limits."""

from collections.abc import Iterator
from typing import Any

from cyclopts import App

from perdure.app.clock import SystemClock
from perdure.app.doctor import living
from perdure.app.queues import Keep, Queues, QueueView
from perdure.app.serving import serves
from perdure.cli import output
from perdure.cli.columns import print_columns
from perdure.cli.opening import Common, engine_of, reading
from perdure.cli.spans import iso
from perdure.errors import ConfigError, InvalidValueError
from perdure.wire.spans import duration

NONE = "none"
HEADER = ("QUEUE", "WAITING", "RUNNING", "LONGEST WAIT", "CONCURRENCY", "RATE", "WORKERS")

app = App(name="queues", version_flags=[], help_epilogue="")


@app.default
def queues(*, json: bool = False, common: Common | None = None) -> None:
    """List the queues that have jobs or limits: what waits, what runs, since when, the limits.

    Parameters
    ----------
    json
        Print one JSON document.
    """
    clock = SystemClock()
    with reading(common or Common()) as store:
        found = Queues(store, clock, _nobody_to_wake).list()
        workers = living(store, clock.now())
    counts = [sum(serves(worker, queue.name) for worker in workers) for queue in found]
    if json:
        pairs = zip(found, counts, strict=True)
        output.document({"queues": [_document(queue, count) for queue, count in pairs]})
        return
    if not found:
        output.note('no queue has jobs or limits. A step is put on one by: @step(queue="...")')
        return
    rows = [
        [*_row(queue, clock.now()), str(count)] for queue, count in zip(found, counts, strict=True)
    ]
    print_columns(output.console(), HEADER, rows, shrinks=(0,))


@app.command(name="set")
def set_limits(
    name: str,
    /,
    *,
    concurrency: str | None = None,
    rate: str | None = None,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Limit a queue from now on, in every process. What is not named stays as it is.

    Parameters
    ----------
    name
        The queue's name.
    concurrency
        How many of its attempts may be under way at a time; 0 holds the queue, `none` lifts this.
    rate
        How many may be begun in which time, such as 100/min, 5/s, 10/30s; `none` lifts this.
    json
        Print one JSON document: the queue.
    """
    if concurrency is None and rate is None:
        raise ConfigError("nothing to set. Give --concurrency NUMBER, --rate COUNT/TIME, or both")
    limits: dict[str, Any] = {"concurrency": _number(concurrency), "rate": _rate(rate)}
    with engine_of(common or Common(), worker=False, create=False) as engine:
        queue = engine.queues.set(name, **limits)
        workers = living(engine.store, engine.process.clock.now())
    if json:
        count = sum(
            serves(worker, name)
            for worker in workers
            if worker.id != engine.process.crew.incarnation
        )
        output.document({"queue": _document(queue, count)})
        return
    output.say(f"{name}: {', '.join(_limits(queue))}")


def _nobody_to_wake() -> None:
    """Do nothing: a command that only reads has nothing to claim."""


def _number(text: str | None) -> int | Keep | None:
    if text is None:
        return ...
    if text == NONE:
        return None
    if not text.isdecimal():
        raise InvalidValueError(f"{text!r} is neither a number nor {NONE!r}", "--concurrency")
    return int(text)


def _rate(text: str | None) -> str | Keep | None:
    return ... if text is None else None if text == NONE else text


def _limits(queue: QueueView) -> Iterator[str]:
    if queue.paused:
        yield "held, nothing of it is begun"
    elif queue.concurrency is not None:
        yield f"at most {queue.concurrency} at a time"
    if queue.rate is not None:
        yield f"at most {queue.rate}"
    if queue.concurrency is None and queue.rate is None:
        yield "no limits"


def _row(queue: QueueView, now: float) -> Iterator[str]:
    yield output.safe(queue.name)
    yield str(queue.waiting)
    yield str(queue.running)
    since = queue.waiting_since
    yield duration(now - since.timestamp()) if since is not None else "-"
    yield "held" if queue.paused else "-" if queue.concurrency is None else str(queue.concurrency)
    yield queue.rate or "-"


def _document(queue: QueueView, workers: int) -> dict[str, Any]:
    since = queue.waiting_since
    return {
        "name": queue.name,
        "waiting": queue.waiting,
        "running": queue.running,
        "waiting_since": iso(since.timestamp()) if since is not None else None,
        "concurrency": queue.concurrency,
        "rate": queue.rate,
        "begun": queue.begun,
        "workers": workers,
    }
