"""What happened in a history, as a hash, as counters, and as lines if somebody wants to read it."""

import hashlib
from collections import Counter

BLOCK = 256  # lines that are hashed at once


class Trace:
    """Every call and what came of it, in order. The same seed gives the same `digest`."""

    def __init__(self, *, keep: bool = False) -> None:
        self._hash = hashlib.blake2b(digest_size=16)
        self._keep = keep
        self._fresh: list[str] = []
        self.lines: list[str] = []
        self.counts: Counter[str] = Counter()

    def add(self, time: float, who: str, what: object) -> None:
        """Add one call, or what came of it."""
        self._fresh.append(f"{time:.6f} {who} {what}")
        if len(self._fresh) >= BLOCK:
            self._flush()

    def sometimes(self, what: str) -> None:
        """Count that something happened which must happen in some history."""
        self.counts[what] += 1

    @property
    def digest(self) -> str:
        """The hash of all that was added."""
        self._flush()
        return self._hash.hexdigest()

    def _flush(self) -> None:
        if self._fresh:
            self._hash.update("\n".join((*self._fresh, "")).encode())
            if self._keep:
                self.lines += self._fresh
            self._fresh.clear()
