"""A run as a JSON document, and its result and error as people read them."""

import shlex
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from perdure.app.emitting import EventAnswer, EventView, Scheduled
from perdure.app.shown import FailedAttempt, RunShown, StepShown
from perdure.app.views import RunView
from perdure.cli import output
from perdure.cli.spans import iso
from perdure.kernel.plan import PlanKind
from perdure.kernel.ways import CHILDREN, Way
from perdure.wire.encoding import decode, encode
from perdure.wire.spans import duration

SHORT = 60


def status_of(view: RunView) -> str:
    """Return a run's status as it is shown: `paused`, or `stranded`, or how it stands otherwise."""
    if view.paused and view.ended_at is None:
        return "paused"
    return "stranded" if view.stranded is not None else view.status


def run_document(shown: RunShown) -> dict[str, Any]:
    """Return all of a run. Times are ISO 8601 in UTC, spans in seconds."""
    view = shown.view
    values = "inputs" if shown.plan.kind is PlanKind.GRAPH else "context"
    return {
        **summary_document(view),
        "result": shown.result,
        "error": view.error,
        values: view.data,
        "children": [
            {"id": child.id, "workflow": child.workflow, "status": child.status}
            for child in shown.children
        ],
        "steps": [_step_document(step) for step in shown.steps],
        "total_cost": shown.cost.total,
        "cost_unknown": [{"step": each.step, "model": each.model} for each in shown.cost.unknown],
    }


def summary_document(view: RunView) -> dict[str, Any]:
    """Return what a list of runs says of one."""
    return {
        "id": view.id,
        "workflow": view.name,
        "version": view.version,
        "status": status_of(view),
        "current_step": view.current_step if view.ended_at is None else None,
        "waiting_for": view.waiting_signal,
        "awaits": view.awaits,
        "unsettled": view.unsettled,
        "stranded": view.stranded,
        "in_line": view.in_line,
        "parent": view.parent,
        "wake_at": _iso(view.wake_at),
        "created_at": _iso(view.created_at),
        "ended_at": _iso(view.ended_at),
        "seconds": seconds_of(view),
        "tags": list(view.tags),
        "attributes": view.attributes,
        "secrets": view.secrets,
    }


def seconds_of(view: RunView) -> float | None:
    """Return how long a run took, if it has ended."""
    if view.created_at is None or view.ended_at is None:
        return None
    return round((view.ended_at - view.created_at).total_seconds(), 3)


def _iso(at: Any) -> str | None:
    return iso(at.timestamp()) if at is not None else None


def _step_document(step: StepShown) -> dict[str, Any]:
    seconds = step.seconds
    return {
        "step": step.step,
        "visit": step.visit,
        "kind": step.kind,
        "status": step.status,
        "attempt": step.attempt,
        "started_at": iso(step.started_at),
        "ended_at": iso(step.ended_at),
        "seconds": round(seconds, 3) if seconds is not None else None,
        "due": iso(step.due),
        "waiting_for": step.signal,
        "pid": step.pid,
        "heartbeat_at": iso(step.beat_at),
        "progress": step.progress,
        "detail": step.detail,
        "model": step.meta.get("model_used"),
        "cost": step.meta.get("cost"),
        "usage": step.meta.get("usage"),
        "meta": step.meta,
        "result": step.result,
        "error": step.error,
        "failed_attempts": [_attempt_document(failed) for failed in step.failures],
    }


def _attempt_document(failed: FailedAttempt) -> dict[str, Any]:
    return {
        "attempt": failed.attempt,
        "started_at": iso(failed.started_at),
        "ended_at": iso(failed.ended_at),
        "error": failed.error,
    }


def print_result(result: Any) -> None:
    """Print a result to standard output: text as text, an object's members under their names."""
    console = output.console()
    if isinstance(result, Mapping) and result:
        for name, value in result.items():
            label = Text(output.safe(f"{name}:"), style="bold")
            if is_short(value):
                console.print(label, Text(output.safe(_plain(value))), soft_wrap=True)
            else:
                console.print(label, soft_wrap=True)
                _print_value(console, value, 2)
    else:
        _print_value(console, result, 0)


def is_short(value: Any) -> bool:
    """Tell whether a value fits beside its name."""
    return len(text := _plain(value)) <= SHORT and "\n" not in text


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else output.compact(value)


def _print_value(console: Console, value: Any, indent: int) -> None:
    """Print a value, wrapped to a terminal's width; for anybody else its lines are left alone."""
    text = value if isinstance(value, str) else output.pretty(value)
    for line in output.safe(text).strip("\n").split("\n"):
        wrapped = [line]
        if console.is_terminal:
            wrapped = [part.plain for part in Text(line).wrap(console, console.width - indent)]
        for part in wrapped or [""]:
            console.print(Text(" " * indent + part.rstrip()), soft_wrap=True)


def print_ending(shown: RunShown, modules: tuple[str, ...] = ()) -> None:
    """Print how a run has ended; for one that failed where, why, and what to do."""
    view = shown.view
    took = f" in {duration(seconds_of(view) or 0.0)}"
    if view.status != "failed":
        line = Text.assemble(f"run {view.id} ", output.status(view.status), took)
        output.console().print(line, soft_wrap=True)
        return
    error = view.error or {}
    place = f" at step {error['step']}" if error.get("step") else ""
    tries = f", attempt {error['attempt']}" if error.get("attempt") else ""
    output.error(f"run {view.id} failed{place}{tries}{took}")
    kind, message = error.get("kind") or error.get("type"), error.get("message")
    output.note(f"  {kind}: {output.indented(str(message), 2)}")
    output.note(f"  look into it:    perdure show {view.id}")
    output.note(f"  then try again:  perdure resume {view.id} --retry{_code(shown, modules)}")


def print_rest(shown: RunShown, modules: tuple[str, ...] = ()) -> None:
    """Print what a run that rests is waiting for, and how it goes on."""
    view = shown.view
    line = Text.assemble(f"run {view.id} is ", output.status(status_of(view)))
    for step in shown.steps:
        if step.awaits is not None:
            line.append(f" at step {step.step}, for {step.awaits}")
        elif step.status == "sleeping":
            line.append(f" at step {step.step}")
        elif step.status == "outcome_unknown":
            line.append(f" at step {step.step}: nobody knows whether it was done")
        elif step.status == "stranded":
            line.append(f" at step {step.step}: it does not fit the code that is there")
    if view.wake_at is not None:
        line.append(f", until {view.wake_at.astimezone():%Y-%m-%d %H:%M:%S}")
    output.console().print(line, soft_wrap=True)
    if not view.paused:
        for command in ways_on(shown):
            output.note(f"  send it:  {command}")
    if view.unsettled is not None:
        say = "--done JSON | --not-done | --failed WHY"
        output.note(f"  settle:   perdure settle {view.id} {shlex.quote(view.unsettled)} {say}")
    if view.stranded is not None:
        output.note(f"  why:      perdure doctor {view.id}")
    output.note(f"  go on:    perdure resume {view.id}{_code(shown, modules)}")


def ways_on(shown: RunShown) -> list[str]:
    """Return the commands that end a run's waits: one for each signal or event that may."""
    ways = [way for step in shown.steps for way in step.ways if way.kind != CHILDREN]
    return [_sent(way, shown.view.id) for way in ways]


def _sent(way: Way, run: str) -> str:
    if way.kind != "event":
        return f"perdure signal {shlex.quote(way.name)} --run {run}"
    about = "" if way.key is None else f" --entity {shlex.quote(way.key)}"
    matched: dict[str, Any] = decode(way.match) if way.match else {}
    pairs = (shlex.quote(f"{name}:={encode(value)}") for name, value in matched.items())
    return " ".join((f"perdure emit {shlex.quote(way.name)}{about}", *pairs))


def print_interrupted(shown: RunShown, modules: tuple[str, ...] = ()) -> None:
    """Say, on standard error, that nothing is lost, and how the run goes on."""
    output.note(f"run {shown.view.id} is interrupted; what it has done is kept. Go on with:")
    output.note(f"  perdure resume {shown.view.id}{_code(shown, modules)}")


def _code(shown: RunShown, modules: tuple[str, ...]) -> str:
    """Return the options that name a run's code; a graph needs none, unless it had some before."""
    if not modules and shown.plan.kind is not PlanKind.GRAPH:
        modules = ("MODULE",)
    return "".join(f" --module {shlex.quote(module)}" for module in modules)


def event_document(answer: EventAnswer) -> dict[str, Any]:
    """Return what came of telling an event."""
    return {
        "event_id": answer.event_id,
        "at": answer.at.isoformat() if answer.at else None,
        "started": list(answer.started),
        "woken": list(answer.woken),
        "kept": list(answer.kept),
        "refused": dict(answer.refused),
        "scheduled": [_scheduled_document(each) for each in answer.scheduled],
        "moved_from": answer.moved_from.isoformat() if answer.moved_from else None,
        "known": answer.known,
    }


def announced_document(view: EventView) -> dict[str, Any]:
    """Return an event that is known still, and what it is to start."""
    return {
        "event_id": view.id,
        "name": view.name,
        "at": view.at.isoformat(),
        "entity_type": view.entity_type,
        "entity_id": view.entity_id,
        "key": view.key,
        "payload": dict(view.payload),
        "scheduled": [_scheduled_document(each) for each in view.scheduled],
    }


def _scheduled_document(each: Scheduled) -> dict[str, Any]:
    return {
        "workflow": each.workflow,
        "at": each.at.isoformat(),
        "offset_minutes": each.offset_minutes,
    }
