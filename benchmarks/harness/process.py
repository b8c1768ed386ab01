"""What the kernel knows of this process: its memory, its CPU time, what it wrote."""

import gc
import os
import time
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process had used at a moment; two of them make a difference."""

    seconds: float
    cpu_seconds: float
    bytes_written: int  # by write calls, so a page counts each time it is written
    calls: int  # read and write calls

    def since(self, earlier: "Usage") -> "Usage":
        """Return what was used since an earlier moment."""
        return Usage(
            self.seconds - earlier.seconds,
            self.cpu_seconds - earlier.cpu_seconds,
            bytes_written=self.bytes_written - earlier.bytes_written,
            calls=self.calls - earlier.calls,
        )


def usage() -> Usage:
    """Return what this process, all its threads together, has used so far."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    counts = dict(line.split(": ") for line in lines)
    return Usage(
        time.perf_counter(),
        time.process_time(),
        bytes_written=int(counts["wchar"]),
        calls=int(counts["syscr"]) + int(counts["syscw"]),
    )


def resident() -> int:
    """Return the bytes of memory that this process occupies, garbage not counted."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
