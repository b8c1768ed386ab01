"""The states of a step in a picture: their colours by day and by night, and their signs.

A state is told by its sign as well, for who does not tell colours apart.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """How a state looks: (fill, line, text) on light and on dark ground, and a sign.

    The sign is a path in a square of 12 by 12. A `dashed` box was passed over.
    """

    light: tuple[str, str, str]
    dark: tuple[str, str, str]
    sign: str
    dashed: bool = False


_GREY = ("#f6f8fa", "#8c959f", "#24292f"), ("#161b22", "#6e7681", "#c9d1d9")
_FADED = ("#f6f8fa", "#afb8c1", "#57606a"), ("#0d1117", "#484f58", "#8b949e")
_BLUE = ("#ddf4ff", "#0969da", "#0a3069"), ("#0c2d6b", "#388bfd", "#cae8ff")
_AMBER = ("#fff8c5", "#9a6700", "#4d2d00"), ("#3b2300", "#d29922", "#f8e3a1")
_GREEN = ("#dafbe1", "#1a7f37", "#033a16"), ("#033a16", "#2ea043", "#aff5b4")
_RED = ("#ffebe9", "#cf222e", "#660018"), ("#490202", "#f85149", "#ffdcd7")

_DOT = "M6 3.5a2.5 2.5 0 1 0 .01 0"
_CHECK = "M2 6.5L5 9.5L10.5 3"
_CROSS = "M2.5 2.5L9.5 9.5M9.5 2.5L2.5 9.5"
_PLAY = "M3.5 2L10 6L3.5 10Z"
_CLOCK = "M6 1.2a4.8 4.8 0 1 0 .01 0M6 3.4V6.2L8 7.6"
_TURN = "M9.7 4.2A4.3 4.3 0 1 0 10.3 6.6M10.2 1.4V4.4H7.2"
_SKIP = "M2 2.5L6 6L2 9.5M7 2.5V9.5"
_STOP = "M3 3H9V9H3Z"
_ASK = "M3.8 4.2A2.3 2.3 0 1 1 6 6.6V7.6M6 9.6V10.2"

STATES: dict[str, Look] = {
    "pending": Look(*_GREY, _DOT),
    "queued": Look(*_GREY, _CLOCK),
    "running": Look(*_BLUE, _PLAY),
    "retrying": Look(*_AMBER, _TURN),
    "sleeping": Look(*_AMBER, _CLOCK),
    "waiting": Look(*_AMBER, _CLOCK),
    "completed": Look(*_GREEN, _CHECK),
    "failed": Look(*_RED, _CROSS),
    "outcome_unknown": Look(*_RED, _ASK),
    "stranded": Look(*_RED, _ASK),
    "stopped": Look(*_FADED, _STOP),
    "cancelled": Look(*_FADED, _STOP),
    "skipped": Look(*_FADED, _SKIP, dashed=True),
}
"""Every state that has a look; the order is that of legends."""


RESTING = ("wait", "sleep", "workflow")
"""The kinds of a graph's steps whose second attempt only takes up what the first one waited for."""


def words(state: str) -> str:
    """Return a state's name as it is read."""
    return state.replace("_", " ")
