"""`perdure doctor`: why a run does not advance, or how the store is doing."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from perdure.app.clock import SystemClock
from perdure.app.doctor import Finding, StoreHealth, examine_run, examine_store
from perdure.app.shown import show
from perdure.cli import documents, output
from perdure.cli.opening import Common, reading, run_id
from perdure.cli.spans import ago, iso, moment
from perdure.ports.rows import WorkerRow
from perdure.ports.store import Store
from perdure.wire.spans import duration


def doctor(run: str | None = None, /, *, json: bool = False, common: Common | None = None) -> None:
    """Say why a run does not advance; without one, how the store is doing and who works on it.

    Parameters
    ----------
    run
        The run's id, or `last`.
    json
        Print one JSON document.
    """
    now = SystemClock().now()
    with reading(common or Common()) as store:
        if run is None:
            health = examine_store(store, now)
            output.document(_health_document(health)) if json else _print_health(health, now)
        else:
            _tell_run(store, run_id(store, run), now, json=json)


def _tell_run(store: Store, run: str, now: float, *, json: bool) -> None:
    findings = examine_run(store, run, now)
    view = show(store, run).view
    if json:
        document = documents.summary_document(view)
        output.document({**document, "findings": [_finding_document(each) for each in findings]})
        return
    console = output.console()
    line = Text.assemble((view.id, "bold"), " of ", output.safe(view.name), " is ")
    line.append_text(output.status(documents.status_of(view)))
    console.print(line, soft_wrap=True)
    for finding in findings:
        _print_finding(console, finding, now)


def _print_finding(console: Console, finding: Finding, now: float) -> None:
    mark, style = ("!", "yellow") if finding.problem else ("-", "dim")
    line = Text.assemble((f"  {mark} ", style), output.safe(finding.text))
    if finding.since is not None:
        line.append(f", since {moment(finding.since)} ({ago(finding.since, now)})")
    if finding.until is not None:
        line.append(f", until {moment(finding.until)} (in {duration(finding.until - now)})")
    console.print(line, soft_wrap=True)
    if finding.command:
        console.print(Text(f"      {output.safe(finding.command)}", style="bold"), soft_wrap=True)


def _print_health(health: StoreHealth, now: float) -> None:
    console = output.console()
    for name, value in _facts(health):
        line = Text.assemble((f"{name:<12}", "bold"), output.safe(value))
        console.print(line, soft_wrap=True)
    for (workflow, status), count in sorted(health.live.items()):
        line = Text.assemble(("live runs   ", "bold"), f"{count} ", output.status(status))
        line.append(f", {output.safe(workflow)}")
        console.print(line, soft_wrap=True)
    if not health.live:
        console.print(Text.assemble(("live runs   ", "bold"), "none"))
    for finding in health.findings:
        _print_finding(console, finding, now)
    if not any(finding.problem for finding in health.findings):
        console.print(Text("nothing is wrong with it", style="green"))


def _facts(health: StoreHealth) -> Iterator[tuple[str, str]]:
    info = health.info
    yield "store", str(info.get("path", info.get("store")))
    yield "durability", str(info.get("durability"))
    if "sqlite" in info:
        yield "database", f"SQLite {info['sqlite']}, tables of version {info.get('tables')}"
    if "bytes" in info:
        yield "size", f"{_size(info['bytes'])}, and a log of {_size(info.get('log_bytes', 0))}"
    if info.get("file_system"):
        yield "on", str(info["file_system"])
    for worker in health.processes:
        yield "process", f"{worker.pid} on {worker.host}, since {moment(worker.started_at)}"
    if not health.processes:
        yield "process", "none works on it now"


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count / 2**10:.0f} KiB"


def _health_document(health: StoreHealth) -> dict[str, Any]:
    return {
        **health.info,
        "processes": [_process_document(worker) for worker in health.processes],
        "live": [
            {"workflow": workflow, "status": status, "count": count}
            for (workflow, status), count in sorted(health.live.items())
        ],
        "findings": [_finding_document(finding) for finding in health.findings],
    }


def _process_document(worker: WorkerRow) -> dict[str, Any]:
    return {"pid": worker.pid, "host": worker.host, "started_at": iso(worker.started_at)}


def _finding_document(finding: Finding) -> dict[str, Any]:
    since, until = iso(finding.since), iso(finding.until)
    return {**asdict(finding), "since": since, "until": until}
