"""The data keys of runs that have secrets: their rows, and what opens and seals with them.

A run has one data key. It is written with the run's birth, wrapped by a *master key* that the store
never sees, and it is gone for ever when its row is emptied. Both are found by their ids.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from perdure.errors import ConfigError, StepError


class MasterKeyError(ConfigError):
    """The master key is missing, cannot be used, or is not the one that a store's keys need."""


class SecretGoneError(StepError):
    """A run's data key was destroyed, so that its sealed values cannot be read any more."""

    kind = "secret_deleted"
    retryable = False


class SealBrokenError(StepError):
    """A sealed value is not what was sealed under this key for this place."""

    kind = "seal_broken"
    retryable = False


class DataKey(NamedTuple):
    """The data key of a run, wrapped by the master key of this id; None once it was destroyed.

    `gone_at` says when that was, and `gone_by` who did it.
    """

    run: str
    master: str
    wrapped: str | None
    gone_at: float | None = None
    gone_by: str | None = None


class KeyGone(NamedTuple):
    """The data key of a run is destroyed, if it has one still."""

    run: str
    at: float
    by: str


class KeyRows(Protocol):
    """The data keys of a store."""

    def get(self, run: str) -> DataKey | None:
        """Return the data key of a run; None if it never had one."""

    def masters(self) -> dict[str, int]:
        """Return how many data keys each master key wraps, by its id."""

    def under(self, master: str, most: int) -> list[DataKey]:
        """Return data keys that this master key wraps, by run."""

    def rewrap(self, rows: Sequence[DataKey], old: str) -> int:
        """Wrap keys anew, those that the master key `old` still wraps; return how many these were."""

    def destroy(self, rows: Sequence[KeyGone]) -> list[str]:
        """Destroy the data keys of runs, and return the runs that had one.

        What the rows held is overwritten in the database file, not only let go.
        """


class Vault(Protocol):
    """Seals and opens values of runs, each for its place: an input, or the result of a step.

    Its methods may be called from several threads. They raise SecretGoneError, MasterKeyError, and
    `opened` SealBrokenError.
    """

    def sealed(self, run: str, place: str, kind: str, text: str) -> str:
        """Return the token of a JSON text that was sealed."""

    def opened(self, run: str, place: str, kind: str, token: str) -> str:
        """Return the JSON text of a token."""
