"""Makes an environment for each peer: `python -m benchmarks.peers.install`; a full run does it too.

The versions are pinned in `dbos.txt` and `langgraph.txt`. An environment that was made from the
same file is kept.
"""

import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Peer:
    """Another engine: whose environment, which script, what it is asked on top."""

    name: str
    environment: str
    extra: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        """Return the interpreter of its environment."""
        return HERE / ".venvs" / self.environment / "bin" / "python"

    @property
    def script(self) -> Path:
        """Return the script that has its cases."""
        return HERE / f"{self.environment}_cases.py"

    @property
    def requirements(self) -> Path:
        """Return the file that pins its versions."""
        return HERE / f"{self.environment}.txt"


PEERS = (
    Peer("DBOS", "dbos"),
    Peer("DBOS, WAL", "dbos", ("wal=1",)),
    Peer("LangGraph", "langgraph"),
)


def ensure(peer: Peer) -> None:
    """Make a peer's environment, unless it stands as its file asks."""
    root = peer.python.parent.parent
    stamp = root / "installed.txt"
    wanted = peer.requirements.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print(f"installing {peer.environment} in {root}", flush=True)
    venv.create(root, with_pip=True, clear=True)
    command = [str(peer.python), "-m", "pip", "install", "--quiet", "-r", str(peer.requirements)]
    subprocess.run(command, check=True)
    stamp.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    for each in PEERS:
        ensure(each)
    sys.exit(0)
