"""What a visit has changed in its run's context, as the text that is kept with the ended visit.

So that a run can go back to before any visit: `fold` follows the texts from the last whole context.
A text is what the visit left: empty if nothing changed, the context if that is short, or a *splice*
of what it found, `~found start tail middle`: its length, what is kept at its start and its end, and
what stands between; where that is long, the keys that changed, `@` and their JSON. Every 64th visit
has before that what it found, whole, and one that began with a payload has that: `#length length`,
a line's end, and both. Texts are compared at the speed of memory.
"""

from collections.abc import Sequence
from typing import NamedTuple

from perdure.kernel.plan import PlanKind
from perdure.ports.rows import Trace
from perdure.runtime.hotrun import HotRun
from perdure.wire.encoding import decode, encode

WHOLE_EVERY = 64
SHORT = 256
"""A context of so many characters is kept as it is."""

LONG = 4096
"""Where more than that would stand between, the keys are compared."""

MOST_FOLDED = 4 * WHOLE_EVERY
REWOUND = "rewound"
"""The status of a row that tells that the run went back; it has a context, and no visit."""


class Found(NamedTuple):
    """What a visit began with: the context, and the payload that goes into it."""

    context: str
    payload: str | None


def trace(hot: HotRun, found: str, payload: str | None) -> str | None:
    """Return the text for a visit of a machine that found this, and left what the run has now."""
    if hot.plan.kind is PlanKind.GRAPH:
        return None
    left = "" if hot.context is found or hot.context == found else _left(found, hot.context)
    is_due = hot.visits_ended % WHOLE_EVERY == 0
    hot.visits_ended += 1
    if payload is None and not is_due:
        return left or None
    return _headed(found if is_due else "", payload) + left


def whole(context: str, payload: str | None = None) -> str:
    """Return the text that what follows is to begin with this context."""
    return _headed(context, payload)


def fold(traces: Sequence[Trace]) -> Found | None:
    """Return what the first of these began with; they go back in time. None if it cannot be told."""
    parts = []
    for row in traces:
        parts.append(_parts(row.context or ""))
        if parts[-1][0]:
            break
    context: str | None = parts[-1][0] if parts else ""
    if not context:
        return None
    for _, _, left in reversed(parts[1:]):
        context = _spliced(context, left)
        if context is None:
            return None
    return Found(context, parts[0][1])


def _left(found: str, left: str) -> str:
    if len(left) <= SHORT:
        return left
    most = min(len(found), len(left))
    start = _shared(found, left, most)
    tail = _shared_tail(found, left, most - start)
    if len(left) - start - tail > LONG and (keys := _keys(found, left)) is not None:
        return keys
    return f"~{len(found)} {start} {tail} {left[start : len(left) - tail]}"


def _keys(found: str, left: str) -> str | None:
    """Return the keys that changed; None if the text would not come back as it is."""
    before, after = decode(found), decode(left)
    gone = object()
    changed = {name: value for name, value in after.items() if before.get(name, gone) != value}
    text = "@" + encode(changed)
    return text if _with_keys(found, text) == left else None


def _with_keys(found: str, text: str) -> str:
    return encode(decode(found) | decode(text[1:]))


def _spliced(found: str, left: str) -> str | None:
    """Return what was left; None if it was not made of what was found."""
    if left.startswith("@"):
        return _with_keys(found, left)
    if not left.startswith("~"):
        return left or found
    length, start, tail, middle = left[1:].split(" ", 3)
    if int(length) != len(found):
        return None
    return found[: int(start)] + middle + found[len(found) - int(tail) :]


def _shared(one: str, two: str, most: int) -> int:
    """Return how many characters both begin with, by halving: each look is one comparison in C."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == two[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _shared_tail(one: str, two: str, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == two[len(two) - middle : len(two) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _headed(base: str, payload: str | None) -> str:
    length = -1 if payload is None else len(payload)
    return f"#{len(base)} {length}\n{base}{payload or ''}"


def _parts(text: str) -> tuple[str, str | None, str]:
    """Return the whole context that a text has, if it has one, its payload, and what was left."""
    if not text.startswith("#"):
        return "", None, text
    head, _, rest = text.partition("\n")
    length, of_payload = map(int, head[1:].split(" "))
    if of_payload < 0:
        return rest[:length], None, rest[length:]
    end = length + of_payload
    return rest[:length], rest[length:end], rest[end:]
