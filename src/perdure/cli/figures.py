"""`perdure analytics` and `perdure usage`: how workflows have done, and what they have used."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from perdure.app.clock import SystemClock
from perdure.app.figures.analytics import Analytics, analyse
from perdure.app.figures.frames import Frame, frame_of
from perdure.app.figures.gathering import gather
from perdure.app.figures.statistics import Figure
from perdure.app.figures.usage import Usage, use
from perdure.cli import output
from perdure.cli.columns import print_columns
from perdure.cli.opening import Common, reading
from perdure.cli.spans import iso
from perdure.errors import ConfigError
from perdure.ports.rows import RunFilter
from perdure.wire.spans import HOUR, duration

NONE = "-"
STEPS = ("STEP", "SUCCESS", "MEAN", "95 %", "ATTEMPTS", "COST")
SHARES = ("RUNS", "ATTEMPTS", "CPU", "COST")


def analytics(
    workflow: str,
    /,
    *,
    timeframe: str = "last_30_days",
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Say how a workflow has done: how long its runs took, how often they succeeded, what they cost.

    Parameters
    ----------
    workflow
        The workflow's name.
    timeframe
        Count runs that began in it: last_24_hours, last_7_days, last_week, last_30_days,
        last_90_days, all, or FROM..TO, two moments such as 2026-11-01.
    json
        Print one JSON document.
    """
    frame = _frame(timeframe)
    with reading(common or Common()) as store:
        found = analyse(gather(store, frame, RunFilter(workflow=workflow)), frame)
    if json:
        output.document({"workflow": workflow, **analytics_document(found)})
    else:
        _print_analytics(workflow, found)


def usage(
    *,
    timeframe: str = "last_7_days",
    by: str = "workflow",
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Say what runs have used of machines, and what their models' answers cost.

    Parameters
    ----------
    timeframe
        Count runs that began in it, written as for `perdure analytics`.
    by
        What to group by: workflow, version, step, model, status or day.
    json
        Print one JSON document.
    """
    frame = _frame(timeframe)
    with reading(common or Common()) as store:
        shares = use(gather(store, frame), by)
    if json:
        groups = {name: usage_document(share) for name, share in shares.items()}
        output.document({**_frame_document(frame), "group_by": by, "groups": groups})
    else:
        _print_usage(shares, by)


def analytics_document(found: Analytics) -> dict[str, Any]:
    """Return analytics as a document; each figure has its value, basis and samples."""
    return {
        **_frame_document(found.frame),
        "runs": {"begun": found.begun, **found.counts},
        "avg_duration_seconds": asdict(found.seconds),
        "median_duration_seconds": asdict(found.median),
        "p95_duration_seconds": asdict(found.slow),
        "success_rate": asdict(found.success),
        "avg_cost": asdict(found.cost),
        "steps": {
            name: {
                "avg_duration_seconds": asdict(step.seconds),
                "p95_duration_seconds": asdict(step.slowest),
                "success_rate": asdict(step.success),
                "avg_attempts": asdict(step.attempts),
                "avg_cost": asdict(step.cost),
            }
            for name, step in found.steps.items()
        },
    }


def usage_document(share: Usage) -> dict[str, Any]:
    """Return a share as a document. No executor measures memory or GPUs."""
    nothing = asdict(Figure())
    return {
        "runs": share.runs,
        "attempts": share.attempts,
        "cpu_hours": asdict(share.cpu_hours),
        "ram_gb_hours": nothing,
        "gpu_hours": nothing,
        "total_cost": asdict(share.cost),
    }


def _frame(said: str) -> Frame:
    now = SystemClock().now()
    if ".." not in said:
        return frame_of(said, now)
    begin, _, end = said.partition("..")
    ends = {name: moment for name, moment in (("from", begin), ("to", end)) if moment}
    if not ends:
        raise ConfigError("--timeframe: '..' has neither a beginning nor an end")
    return frame_of(ends, now)


def _frame_document(frame: Frame) -> dict[str, Any]:
    ends = frame.until if frame.until != float("inf") else None
    return {"timeframe": frame.name, "from": iso(frame.since), "to": iso(ends)}


def _print_analytics(workflow: str, found: Analytics) -> None:
    counted = ", ".join(f"{count} {name}" for name, count in found.counts.items() if count)
    runs = "1 run" if found.begun == 1 else f"{found.begun} runs"
    output.say(f"{workflow}: {runs}" + (f" ({counted})" if counted else ""))
    facts = (
        ("mean", _seconds(found.seconds)),
        ("median", _seconds(found.median)),
        ("95 %", _seconds(found.slow)),
        ("success", _percent(found.success)),
        ("cost", _dollars(found.cost)),
    )
    for name, told in facts:
        output.say(f"{name:<8} {told}")
    if found.steps:
        output.say("")
        rows = [
            (
                output.safe(name),
                _percent(step.success),
                _seconds(step.seconds),
                _seconds(step.slowest),
                _number(step.attempts),
                _dollars(step.cost),
            )
            for name, step in found.steps.items()
        ]
        print_columns(output.console(), STEPS, rows, shrinks=(0,))


def _print_usage(shares: Mapping[str, Usage], by: str) -> None:
    if not shares:
        output.note("No run began in this timeframe.")
        return
    rows = [
        (
            output.safe(name),
            str(share.runs),
            str(share.attempts),
            _hours(share.cpu_hours),
            _dollars(share.cost),
        )
        for name, share in shares.items()
    ]
    print_columns(output.console(), (by.upper(), *SHARES), rows, shrinks=(0,))


def _seconds(figure: Figure) -> str:
    return NONE if figure.value is None else duration(figure.value)


def _hours(figure: Figure) -> str:
    return NONE if figure.value is None else duration(figure.value * HOUR)


def _percent(figure: Figure) -> str:
    return NONE if figure.value is None else f"{figure.value:.1f} %"


def _number(figure: Figure) -> str:
    return NONE if figure.value is None else f"{figure.value:.2f}"


def _dollars(figure: Figure) -> str:
    return NONE if figure.value is None else f"${figure.value:.4f}"
