"""What an error of SQLite means for the caller, and for the store."""

from types import TracebackType

import apsw

from perdure.errors import (
    StoreBusyError,
    StoreError,
    StoreFullError,
    StoreLostError,
    StorePlaceError,
    StoreRefusedError,
)
from perdure.stores.sqlite.guard import Guard

# Nothing was done and the connection is as good as before.
_BUSY = (apsw.BusyError, apsw.LockedError)
_REFUSED = (
    apsw.ConstraintError,
    apsw.MismatchError,
    apsw.TooBigError,
    apsw.RangeError,
    apsw.SQLError,
    ValueError,  # also UnicodeEncodeError: a lone surrogate; NaN
    OverflowError,
    RecursionError,
)
_TOLD = (apsw.Error, *_REFUSED)


class told:  # noqa: N801 - read as `with told(guard):`
    """Raise what an error of the database means, for the statements in the block."""

    __slots__ = ("_guard",)

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        """Raise StoreError in place of what the database said."""
        if kind is not None and (meant := meaning(error, self._guard)) is not None:
            raise meant from error


def meaning(error: BaseException | None, guard: Guard) -> StoreError | None:
    """Return what to raise in place of an error of the database; None for any other."""
    return _meaning(error, guard) if isinstance(error, _TOLD) else None


def _meaning(error: Exception, guard: Guard) -> StoreError:
    """Return the error to raise. One of the disk or the file makes the store lost."""
    if isinstance(error, _BUSY):
        return StoreBusyError(
            f"others write to the store {guard.name}. Nothing was done; try again."
        )
    if isinstance(error, apsw.FullError):
        return StoreFullError(
            f"the disk of the store {guard.name} is full. Nothing was done; make room, try again."
        )
    if isinstance(error, apsw.CantOpenError):
        return StorePlaceError(
            f"the file {guard.name} cannot be opened: it or its folder may not be read and"
            " written, or this process has too many files open."
        )
    if isinstance(error, _REFUSED):
        return StoreRefusedError(f"the store {guard.name} refused a row: {error}")
    if isinstance(error, (apsw.CorruptError, apsw.NotADBError)):
        guard.lose(f"is damaged, or not a store ({error}). Restore its file from a backup.")
        return StoreLostError(f"the file {guard.name} is damaged, or not a store: {error}")
    guard.lose(f"was lost to an error ({error}). Open it again: what was acknowledged is there.")
    return StoreLostError(f"the store {guard.name} was lost to an error: {error}")
