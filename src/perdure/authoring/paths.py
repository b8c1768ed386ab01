"""Which files the functions of a definition may read and write.

A run that was started here, on the command line or by this process, may read and write what its
process may. `allow_roots` narrows this to folders for what is called inside it, and
`PERDURE_FILE_ROOTS` (folders, parted as in PATH) for all functions of a process.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from perdure.errors import InvalidInputError, PathNotAllowedError
from perdure.outgoing.trials import refuse_in_trial

FILE_ROOTS = "PERDURE_FILE_ROOTS"
"""The variable that names the folders which functions of this process may use."""

Pathlike = str | os.PathLike[str]

_ALLOWED: ContextVar[tuple[Path, ...] | None] = ContextVar("perdure_allowed_roots", default=None)


def allowed_roots() -> tuple[Path, ...] | None:
    """Return the folders that functions may use in this context; None means any."""
    roots = _ALLOWED.get()
    if roots is None and (named := os.environ.get(FILE_ROOTS)):
        return tuple(Path(root).resolve() for root in named.split(os.pathsep) if root)
    return roots


@contextmanager
def allow_roots(roots: Iterable[Pathlike] | None) -> Iterator[None]:
    """Let functions called inside use files under these folders only; None lifts that limit."""
    resolved = None if roots is None else tuple(Path(root).resolve() for root in roots)
    token = _ALLOWED.set(resolved)
    try:
        yield
    finally:
        _ALLOWED.reset(token)


def readable_path(path: Pathlike) -> Path:
    """Return the path with its links followed, if functions may read it here.

    Raise PathNotAllowedError for one outside of `allowed_roots()`, whether it exists or not, and
    InvalidInputError for text that can be no path.
    """
    return _within(path, "read")


def writable_path(path: Pathlike) -> Path:
    """Return the path with its links followed, if functions may write it here; as above.

    Raises NotMockedError where the step is only tried out.
    """
    refuse_in_trial(f"writes the file {str(path)[:80]!r}")
    return _within(path, "written")


def _within(path: Pathlike, what: str) -> Path:
    try:
        resolved = Path(path).expanduser().resolve()
    except (ValueError, RuntimeError, OSError) as error:
        raise InvalidInputError(f"{str(path)[:80]!r} is no path ({error})") from error
    roots = allowed_roots()
    if roots is not None and not any(resolved.is_relative_to(root) for root in roots):
        raise PathNotAllowedError(
            f"'{path}' may not be {what} by this run. Let the operator add its folder to the "
            f"allowed ones ({FILE_ROOTS})"
        )
    return resolved
