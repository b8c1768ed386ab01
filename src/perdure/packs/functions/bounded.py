"""A process of its own for a library that opens strangers' files: bounded in memory and time.

What a hostile file does to the library, it does to that process only.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

MEMORY = 1024 * 1024 * 1024
"""What such a process may take, in bytes of address space."""

_BOOT = (
    "import os, sys\n"
    "sys.path[:] = sys.argv[1].split(os.pathsep)\n"
    "from perdure.packs.functions import {module}\n"
    "sys.exit({module}.main(sys.argv[2:]))\n"
)
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP")


def run_alone(
    module: str,
    file: BinaryIO,
    arguments: Sequence[int | str],
    *,
    seconds: float,
    secrets: Mapping[str, str],
) -> subprocess.CompletedProcess[bytes]:
    """Run the `main` of a module of this package with a file as its input; return how it ended.

    `secrets` are variables that it gets beside the few that it needs: it meets strangers, and
    arguments are public. Raises subprocess.TimeoutExpired.
    """
    paths = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    boot = _BOOT.format(module=module)
    return subprocess.run(  # noqa: S603 - our own interpreter, and no word of the file
        [sys.executable, "-I", "-c", boot, paths, *(str(argument) for argument in arguments)],
        stdin=file,
        capture_output=True,
        timeout=seconds,
        check=False,
        env={key: os.environ[key] for key in _KEPT if key in os.environ} | dict(secrets),
        start_new_session=True,  # Ctrl-C is for who waits here; its reader would look damaged
    )


def bound(memory: int, seconds: int) -> None:
    """Limit what this process may take, where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
