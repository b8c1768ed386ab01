"""Where the figures were measured: the machine, the file system, the versions."""

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path


def facts(directory: Path) -> dict[str, str]:
    """Return what a reader needs to set the figures in relation to their own machine."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "store on": _file_system(directory),
        "Python": sys.version.split()[0],
        "apsw": _version("apsw"),
        "perdure": f"{_version('perdure')}, commit {_commit(directory)}",
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _file_system(directory: Path) -> str:
    """Return the type and device of the mount that holds a directory."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    held = [m for m in mounts if directory.resolve().is_relative_to(m[1])]
    device, _, kind = max(held, key=lambda mount: len(mount[1]))[:3]
    return f"{kind} ({device})"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _commit(directory: Path) -> str:
    command = ["git", "-C", str(directory), "describe", "--always", "--dirty"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
