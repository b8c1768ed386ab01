"""What woke a run, and what it brought: one text, kept with the attempt that is to begin with it."""

from typing import NamedTuple

from perdure.wire.encoding import decode, encode

SIGN = "@"
"""What such a text begins with, and no JSON text does."""


class Woken(NamedTuple):
    """What ended a wait: its kind, name, and the way's key.

    The kind is 'signal', 'event', 'timeout', or 'children' where there were other ways out. A
    graph's step may also have slept, which is the kind 'sleep'.
    """

    kind: str
    name: str = ""
    key: str | None = None


def pack_woken(woken: Woken, payload: str | None, since: float | None = None) -> str:
    """Return both as one text: the sign, a JSON array, a line's end, and the payload as it is.

    `since` is when a graph's visit began to rest.
    """
    head = [*woken] if since is None else [*woken, since]
    return f"{SIGN}{encode(head)}\n{payload or ''}"


def unpack_woken(text: str | None) -> tuple[Woken | None, str | None]:
    """Return what woke the run, and the payload. A text that is a payload alone brings only that."""
    if text is None or not text.startswith(SIGN):
        return None, text
    woken, _, payload = text.partition("\n")
    return Woken(*decode(woken.removeprefix(SIGN))[:3]), payload or None


def rested_since(text: str | None) -> float | None:
    """Return when the visit began to rest that is told this; None if it did not."""
    if text is None or not text.startswith(SIGN):
        return None
    head = decode(text.partition("\n")[0].removeprefix(SIGN))
    since: float | None = head[3] if len(head) > 3 else None
    return since
