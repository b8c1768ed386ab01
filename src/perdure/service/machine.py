"""What this machine has, beside what definitions say that they need."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from perdure.errors import Problem

_GPUS = ("nvidia0", "kfd", "dxg")
_DEVICES = Path("/dev")


def lacks(definition: Mapping[str, Any]) -> list[Problem]:
    """Return a warning for each resource that a definition needs and this machine has not."""
    found = list(_lacking(definition, "resource_requirements"))
    for number, step in enumerate(definition.get("steps") or ()):
        if isinstance(step, Mapping):
            found += _lacking(step, f"steps[{number}].resource_requirements")
    return found


def _lacking(said: Mapping[str, Any], here: str) -> Iterator[Problem]:
    wanted = said.get("resource_requirements")
    if not isinstance(wanted, Mapping):
        return
    hint = "Executions run here all the same, with what there is"
    cores, ram = os.cpu_count() or 1, ram_gb()
    if _is_more(wanted.get("cpu_cores"), cores):
        yield Problem(f"{here}.cpu_cores", f"this machine has {cores}", hint, "warning")
    if ram is not None and _is_more(wanted.get("ram_gb"), ram):
        yield Problem(f"{here}.ram_gb", f"this machine has {ram:.1f}", hint, "warning")
    if wanted.get("gpu_required") is True and not has_gpu():
        yield Problem(f"{here}.gpu_required", "no GPU is seen on this machine", hint, "warning")


def _is_more(wanted: object, there: float) -> bool:
    return isinstance(wanted, int | float) and wanted > there


def ram_gb() -> float | None:
    """Return how much memory this machine has, in GB; None where nobody can say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (ValueError, OSError, AttributeError):
        return None


def has_gpu() -> bool:
    """Whether the system shows a device that is one."""
    return any((_DEVICES / name).exists() for name in _GPUS)
