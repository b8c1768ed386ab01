"""Lock files: each incarnation holds one for its life, so that others see at once when it died."""

import os
import secrets
from pathlib import Path
from typing import Any

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows: a dead incarnation is known by its lease alone
    fcntl = None


class Incarnations:
    """The lock files of this process, in a folder beside the store."""

    def __init__(self, path: Path) -> None:
        self._folder = Path(f"{path}-locks")
        self._held: dict[str, int] = {}

    def hold(self) -> str | None:
        """Make and hold a lock file; return its name, None where nothing can be locked."""
        if fcntl is None:
            return None
        self._folder.mkdir(mode=0o700, exist_ok=True)
        name = secrets.token_hex(8)
        file = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # no flock on this file system
            os.close(file)
            return None
        self._held[name] = file
        return name

    def is_free(self, name: str) -> bool:
        """Whether nobody holds this lock: its process is dead, or has let go of it."""
        if fcntl is None:
            return False
        try:
            file = os.open(self._folder / name, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two may ask at one time
        except OSError:
            return False
        finally:
            os.close(file)
        return True

    def release(self, name: str | None) -> None:
        """Let go of a lock, ours or a dead one's, and remove its file."""
        if name is None:
            return
        (self._folder / name).unlink(missing_ok=True)
        if (file := self._held.pop(name, None)) is not None:
            os.close(file)

    def close(self) -> None:
        """Let go of every lock of ours; the files stay, free."""
        while self._held:
            os.close(self._held.popitem()[1])
