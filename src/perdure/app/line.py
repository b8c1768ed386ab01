"""Why runs wait in line: as many of their workflow live as may."""

from collections.abc import Iterator
from shlex import quote

from perdure.ports.limits import LimitRow
from perdure.ports.rows import Loaded
from perdure.ports.store import Store


def why_in_line(store: Store, loaded: Loaded) -> tuple[str, str] | None:
    """Return why a run has not begun, and a command that helps; None if it is not in line."""
    if all(wait.kind != "line" for wait in loaded.waits):
        return None
    workflow = loaded.row.workflow
    row = next((row for row in store.limits.standing() if row.workflow == workflow), None)
    if row is None or row.holds is None or loaded.inbox:
        return "its turn in line has come, and it is about to begin", ""
    return (
        f"it waits in line: {_limit(row)}",
        f"perdure runs --workflow {quote(workflow)} --status live",
    )


def lines(store: Store) -> Iterator[tuple[str, str, float | None]]:
    """Yield each line of a store: what is to be said of it, a command, and since when it waits."""
    for row in store.limits.standing():
        if row.in_line:
            runs = "1 run waits" if row.in_line == 1 else f"{row.in_line} runs wait"
            yield f"{runs} in line: {_limit(row)}", "perdure limits", row.since


def _limit(row: LimitRow) -> str:
    live = "1 run lives" if row.live == 1 else f"{row.live} runs live"
    most = "any number" if row.holds is None else f"at most {row.holds}"
    return f"{live} of {row.workflow!r}, {most} may"
