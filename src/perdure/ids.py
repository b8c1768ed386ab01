"""Ids that sort by the time they were made and say what they name."""

import hashlib
import os
import threading

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_PAIRS = tuple(one + two for one in _ALPHABET for two in _ALPHABET)
_lock = threading.Lock()
_last = 0


def new_id(prefix: str, now: float) -> str:
    """Return `prefix_` and 26 characters that grow with `now` (seconds) and never repeat.

    48 bits of milliseconds, 16 bits that count within a process, 64 bits of chance.
    """
    global _last  # noqa: PLW0603
    with _lock:
        stamp = max(int(now * 1000) << 16, _last + 1)
        _last = stamp
    return f"{prefix}_{_base32((stamp << 64) | int.from_bytes(os.urandom(8), 'big'))}"


def child_id(parent: str, step: str, visit: int, number: int) -> str:
    """Return the id of the child that this visit of a run starts as its `number`th: ever the same.

    It sorts beside its parent: its time is the parent's, the rest a hash of 80 bits.
    """
    digest = hashlib.sha256(f"{parent}/{step}/{visit}/{number}".encode()).digest()
    prefix, _, made = parent.partition("_")
    stamp = made[:10] if len(made) == 26 else "0" * 10
    return f"{prefix}_{stamp}{_base32(int.from_bytes(digest[:10], 'big'))[10:]}"


def named_id(prefix: str, *of: object, at: float = 0.0) -> str:
    """Return the id of what is told apart by these texts and numbers: ever the same.

    48 bits are the milliseconds of `at`, so that it sorts by it, the rest a hash of 80 bits.
    """
    digest = hashlib.sha256(repr(of).encode()).digest()
    stamp = int(at * 1000) & ((1 << 48) - 1)
    return f"{prefix}_{_base32((stamp << 80) | int.from_bytes(digest[:10], 'big'))}"


def _base32(number: int) -> str:
    """Return 26 characters, made two at a time: every start of a run waits for them."""
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])
