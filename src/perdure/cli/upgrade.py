"""`perdure upgrade --plan`: what a deploy would mean for the live runs of a store."""

from typing import Any

from rich.console import Console
from rich.text import Text

from perdure.app.upgrades import Stranded, Upgrade, UpgradePlan, plan_upgrade
from perdure.authoring.registry import Workflow
from perdure.cli import output
from perdure.cli.opening import Common, reading
from perdure.cli.targets import import_code, load_workflow, workflows_in
from perdure.errors import ConfigError

FEW = 5
"""So many runs are named; the JSON document has all of them."""


def upgrade(*, plan: str, json: bool = False, common: Common | None = None) -> int:
    """Say what a deploy would mean for the live runs: safe, migration, or stranded.

    Nothing is written, and no worker need be stopped. Ends with 1 if a run would be stranded, and
    with 0 if none would.

    Parameters
    ----------
    plan
        The code that is to be deployed: a module (orders), a file (orders.py), or one class of it
        (orders:Order).
    json
        Print one JSON document.
    """
    flows = _flows(plan)
    with reading(common or Common()) as store:
        planned = plan_upgrade(store, flows)
    if json:
        output.document(_document(planned))
    else:
        _print(planned, plan)
    return 0 if planned.is_safe else 1


def _flows(target: str) -> list[Workflow]:
    if ":" in target:
        flows = [load_workflow(target)[0]]
    else:
        flows = list(workflows_in(import_code(target)).values())
    if not any(flow.bodies for flow in flows):
        raise ConfigError(
            f"{target} declares no workflow class. Runs of definitions stay by their own version, "
            "whatever is deployed"
        )
    return flows


def _print(planned: UpgradePlan, target: str) -> None:
    console = output.console()
    for upgrade in planned.upgrades:
        _print_upgrade(console, upgrade)
    if not planned.upgrades:
        console.print(Text(f"no live run is of {output.safe(target)}"), soft_wrap=True)
    if planned.others:
        told = ", ".join(f"{name} ({count})" for name, count in sorted(planned.others.items()))
        output.note(f"not looked at, since {target} does not declare them: runs of {told}")
    stuck = sum(upgrade.stuck for upgrade in planned.upgrades)
    if stuck:
        verdict = f"{_runs(stuck)} would be stranded"
        console.print(Text(verdict, style="red"), soft_wrap=True)
    else:
        console.print(Text("no run would be stranded", style="green"))


def _print_upgrade(console: Console, upgrade: Upgrade) -> None:
    line = Text.assemble((output.safe(upgrade.workflow), "bold"))
    line.append(output.safe(f", runs of version {upgrade.version}: "))
    line.append(_counted(upgrade))
    console.print(line, soft_wrap=True)
    for stranded in upgrade.stranded:
        _print_stranded(console, stranded)
    for note in _bodies(upgrade):
        console.print(Text(f"  - {output.safe(note)}"), soft_wrap=True)


def _counted(upgrade: Upgrade) -> str:
    shape = "the shape is the same" if upgrade.same else "the shape has changed"
    counts = (("safe", upgrade.safe), ("migration", upgrade.migration), ("stranded", upgrade.stuck))
    return ", ".join((shape, *(f"{count} {name}" for name, count in counts if count)))


def _print_stranded(console: Console, stranded: Stranded) -> None:
    named = ", ".join(stranded.runs[:FEW])
    more = f" and {len(stranded.runs) - FEW} more" if len(stranded.runs) > FEW else ""
    line = Text.assemble(("  ! ", "red"), output.safe(f"stranded: {stranded.why}"))
    console.print(line, soft_wrap=True)
    console.print(Text(f"      {output.safe(stranded.remedy)}", style="bold"), soft_wrap=True)
    console.print(Text(f"      {named}{more}", style="dim"), soft_wrap=True)


def _bodies(upgrade: Upgrade) -> list[str]:
    if upgrade.changed is None:
        return [
            "whether bodies have changed is not known: no worker of this Python has told its own"
        ]
    return [
        f"the body of {step!r} has changed: {_runs(count)} may still come to it"
        for step, count in sorted(upgrade.changed.items())
    ]


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _document(planned: UpgradePlan) -> dict[str, Any]:
    return {
        "safe": planned.is_safe,
        "upgrades": [_upgrade_document(upgrade) for upgrade in planned.upgrades],
        "others": dict(planned.others),
    }


def _upgrade_document(upgrade: Upgrade) -> dict[str, Any]:
    changed = upgrade.changed
    return {
        "workflow": upgrade.workflow,
        "version": upgrade.version,
        "to_version": upgrade.code,
        "same_shape": upgrade.same,
        "runs": {
            "safe": upgrade.safe,
            "migration": upgrade.migration,
            "stranded": upgrade.stuck,
        },
        "stranded": [
            {"why": each.why, "remedy": each.remedy, "runs": each.runs} for each in upgrade.stranded
        ],
        "changed_bodies": None
        if changed is None
        else [{"step": step, "runs": count} for step, count in sorted(changed.items())],
    }
