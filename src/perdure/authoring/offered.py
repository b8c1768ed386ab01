"""What this process can run beside what every perdure can: functions of somebody's own, by name.

It is apart from `functions` so that a process which runs no definition need not import that.
"""

_offered: set[str] = set()


def host_of(function: str) -> str:
    """Return what a process must host to run a step that calls this function."""
    return f"function:{function}"


def offer(function: str) -> None:
    """Note that this function is here, and not in every process."""
    _offered.add(host_of(function))


def is_offered(host: str) -> bool:
    """Whether this is here."""
    return host in _offered


def hosts() -> list[str]:
    """Return all that is here, sorted."""
    return sorted(_offered)


def count() -> int:
    """Return how many there are: it grows with every new one."""
    return len(_offered)
