"""Where a step stands in a run: a plan step's name, or an item of a loop below one.

A path is text: `extract`, `process[3]`, `process[3].summarize`. It names rows, events and
attempts alike, so an item of a loop is addressed as any other step.
"""


def plan_name(path: str) -> str:
    """Return the name under which the plan knows the step at `path` (without item numbers)."""
    if "[" not in path:
        return path
    return ".".join(part.partition("[")[0] for part in path.split("."))


def item(path: str, index: int) -> str:
    """Return the path of item `index` (from 0) of the loop at `path`."""
    return f"{path}[{index}]"


def inner(path: str, name: str) -> str:
    """Return the path of the step `name` inside the block at `path`."""
    return f"{path}.{name}"


def parent(path: str) -> str | None:
    """Return the path of the loop or block that `path` is in; None at the plan's own height."""
    if path.endswith("]"):
        return path.rpartition("[")[0]
    head, dot, _ = path.rpartition(".")
    return head if dot else None


def item_index(path: str) -> int | None:
    """Return the number of the item that `path` names or is in; None outside loops."""
    _, bracket, rest = path.rpartition("[")
    return int(rest.partition("]")[0]) if bracket else None
