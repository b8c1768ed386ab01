"""`perdure show`: all there is to know of a run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from rich.console import Console
from rich.text import Text

from perdure.app.costs import RunCost, dollars
from perdure.app.shown import RunShown, StepShown
from perdure.app.shown import show as picture_of
from perdure.cli import documents, output
from perdure.cli.columns import Cell, print_columns
from perdure.cli.opening import Common, reading, run_id
from perdure.cli.scene import answered, told_progress, visit_name
from perdure.cli.spans import iso, moment
from perdure.errors import ConfigError
from perdure.kernel.plan import PlanKind
from perdure.ports.commit import Written
from perdure.ports.store import Store
from perdure.runtime.records import load_events
from perdure.wire.encoding import decode
from perdure.wire.spans import duration

HEADER = ("STEP", "STATUS", "TIME", "ATTEMPTS", "MODEL", "RESULT")
PREVIEW = 80
PAGE = 1000


def show(
    run: str,
    /,
    *,
    step: str | None = None,
    history: bool = False,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Show a run: its steps with times, attempts, models, results and errors.

    Parameters
    ----------
    run
        The run's id, or `last`.
    step
        Show the visits of this step alone, with their whole results and tracebacks.
    history
        Show everything that was recorded of it, as it happened.
    json
        Print one JSON document.
    """
    with reading(common or Common()) as store:
        shown = picture_of(store, run_id(store, run))
        told = _history(store, shown.view.id) if history else []
    if step is not None:
        _show_step(shown, step, json=json)
    elif json:
        document = documents.run_document(shown)
        output.document({**document, "history": _told(told)} if history else document)
    elif history:
        _print_history(told)
    else:
        _print_run(shown)


def _history(store: Store, run: str) -> list[Written]:
    told: list[Written] = []
    while page := store.history(run, told[-1].seq if told else 0, PAGE):
        told += page
    return told


def _told(told: Sequence[Written]) -> list[dict[str, Any]]:
    return [
        {
            "seq": written.seq,
            "at": iso(written.at),
            "message": decode(written.message),
            "events": [_event(event) for event in load_events(written.events)],
        }
        for written in told
    ]


def _event(event: Any) -> dict[str, Any]:
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    values |= {name: iso(values[name]) for name in ("due", "deadline") if name in values}
    return {"event": type(event).__name__, **values}


def _print_history(told: Sequence[Written]) -> None:
    console = output.console()
    for written in told:
        for event in load_events(written.events):
            values = _event(event)
            line = Text.assemble((moment(written.at), "dim"), f"  {written.seq:>5}  ")
            line.append(values.pop("event"), style="bold")
            shown = (f"{name}={value!r}" for name, value in values.items() if value is not None)
            line.append("  " + output.safe(" ".join(shown)).replace("\n", " "))
            console.print(line, soft_wrap=True)


def _print_run(shown: RunShown) -> None:
    console = output.console()
    for name, value in _facts(shown):
        console.print(Text.assemble((f"{name:<11}", "bold"), value), soft_wrap=True)
    values = "inputs" if shown.plan.kind is PlanKind.GRAPH else "context"
    console.print(
        Text.assemble((f"{values:<11}", "bold"), _preview(shown.view.data)), soft_wrap=True
    )
    console.print()
    rows = [_row(step) for step in shown.steps]
    print_columns(console, HEADER, rows, shrinks=(5, 4, 0))
    _print_errors(console, shown)
    if shown.plan.kind is PlanKind.GRAPH and shown.view.status == "completed":
        console.print(Text("\nresult", style="bold"))
        documents.print_result(shown.result)


def _facts(shown: RunShown) -> list[tuple[str, Text]]:
    view = shown.view
    facts = [
        ("run", Text(view.id)),
        ("workflow", Text(output.safe(f"{view.name} {view.version}"))),
        ("status", output.status(documents.status_of(view))),
    ]
    if view.created_at is not None:
        facts.append(("started", Text(moment(view.created_at.timestamp()))))
    if view.ended_at is not None:
        took = duration(documents.seconds_of(view) or 0.0)
        facts.append(("ended", Text(f"{moment(view.ended_at.timestamp())}, after {took}")))
    facts += [("cost", Text(output.safe(each))) for each in _cost(shown.cost)]
    if view.parent is not None:
        facts.append(("parent", Text(view.parent)))
    if shown.children:
        counts = Counter(child.status for child in shown.children)
        told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        facts.append(("children", Text(f"{told}. List them: perdure runs --parent {view.id}")))
    if view.secrets is not None:
        facts.append(("secrets", Text(output.safe(view.secrets))))
    if view.tags:
        facts.append(("tags", Text(output.safe(", ".join(view.tags)))))
    for name, value in view.attributes.items():
        facts.append((name, Text(output.safe(value))))
    awaited = [step.awaits for step in shown.steps if step.status == "waiting" and step.awaits]
    facts += [("waits for", Text(output.safe(each))) for each in awaited]
    facts += [("send it", Text(output.safe(each))) for each in documents.ways_on(shown)]
    if view.in_line:
        facts.append(("waits", Text("in line: as many of its workflow live as may")))
    if view.unsettled is not None:
        facts.append(("unsettled", Text(output.safe(f"step {view.unsettled!r}"))))
    if view.stranded is not None:
        why = f"step {view.stranded!r} does not fit the code that is there. Why: perdure doctor"
        facts.append(("stranded", Text(output.safe(f"{why} {view.id}"))))
    if view.wake_at is not None:
        facts.append(("until", Text(moment(view.wake_at.timestamp()))))
    return facts


def _cost(cost: RunCost) -> list[str]:
    """Say what a run has cost; nothing of one that has asked no model."""
    if not cost.answers or cost.total is not None:
        return [dollars(cost.total or 0.0)] if cost.answers else []
    answers = dict.fromkeys(f"{each.model} (step {each.step})" for each in cost.unknown)
    who = ", ".join([*answers][:3]) + (" and others" if len(answers) > 3 else "")
    known = dollars(cost.known)
    return [f"not known: no price, or no count of tokens, for {who}. The rest: {known}"]


def _row(step: StepShown) -> tuple[Cell, ...]:
    seconds = step.seconds
    return (
        output.safe(visit_name(step.step, step.visit)),
        output.status(step.status),
        duration(seconds) if seconds is not None else "",
        str(step.attempt or ""),
        output.safe(_answered(step)),
        Text(_outcome(step), style="dim"),
    )


def _answered(step: StepShown) -> str:
    """Return who answered, and for how much, where somebody was paid."""
    cost = step.meta.get("cost")
    return " ".join(filter(None, (answered(step.meta), dollars(cost) if cost else "")))


def _outcome(step: StepShown) -> str:
    if step.error is not None:
        return output.safe(f"{step.error.get('kind')}: {step.error.get('message')}").split("\n")[0]
    if step.awaits is not None:
        return output.safe(f"waits for {step.awaits}")
    if step.children:
        return "waits for children"
    if step.status in ("sleeping", "retrying") and step.due is not None:
        return f"until {moment(step.due)}"
    if step.pid is not None:
        said = told_progress(step.progress, step.detail)
        return f"in process {step.pid}" + (f", {said}" if said else "")
    return _preview(step.result) if step.result is not None else ""


def _preview(value: Any) -> str:
    text = value if isinstance(value, str) else output.compact(value)
    text = " ".join(output.safe(text).split())
    return text if len(text) <= PREVIEW else f"{text[: PREVIEW - 1]}…"


def _print_errors(console: Console, shown: RunShown) -> None:
    """Print the errors in full, those of attempts that were followed by another too."""
    for step in shown.steps:
        for failed in step.failures:
            title = f"\n{visit_name(step.step, step.visit)}, attempt {failed.attempt} of several"
            _print_error(console, title, failed.error, traceback=False)
        if step.error is not None:
            title = f"\n{visit_name(step.step, step.visit)}, attempt {step.attempt}"
            of_code = step.error.get("kind") == "error"  # any other kind says what is wrong
            _print_error(console, title, step.error, traceback=of_code)
    error = shown.view.error
    if error is not None and not any(step.error for step in shown.steps):
        _print_error(console, "\nthe run", error, traceback=False)


def _print_error(console: Console, title: str, error: dict[str, Any], *, traceback: bool) -> None:
    console.print(Text(output.safe(f"{title}: {error.get('kind')}"), style="red"), soft_wrap=True)
    message = output.indented(str(error.get("message")), 2)
    console.print(Text(output.safe(f"  {message}")), soft_wrap=True)
    if traceback and error.get("traceback"):
        lines = output.indented(str(error["traceback"]), 2)
        console.print(Text(output.safe(f"  {lines}"), style="dim"), soft_wrap=True)


def _show_step(shown: RunShown, name: str, *, json: bool) -> None:
    visits = [step for step in shown.steps if step.step == name]
    if not visits:
        names = ", ".join(dict.fromkeys(step.step for step in shown.steps))
        raise ConfigError(f"run {shown.view.id} has no step {name!r}. It has: {names}")
    if json:
        document = documents.run_document(shown)
        output.document([step for step in document["steps"] if step["step"] == name])
        return
    console = output.console()
    for visit in visits:
        title = Text.assemble(
            (output.safe(visit_name(visit.step, visit.visit)), "bold"),
            "  ",
            output.status(visit.status),
        )
        if visit.seconds is not None:
            title.append(f"  {duration(visit.seconds)}")
        if model := answered(visit.meta):
            title.append(f"  by {output.safe(model)}")
        console.print(title, soft_wrap=True)
        for failed in visit.failures:
            _print_error(console, f"attempt {failed.attempt}", failed.error, traceback=True)
        if visit.error is not None:
            _print_error(console, f"attempt {visit.attempt}", visit.error, traceback=True)
        if visit.result is not None:
            documents.print_result(visit.result)
