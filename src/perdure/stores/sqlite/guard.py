"""Whether a store may be used: not after it was lost, was closed, or in a forked child."""

from perdure.errors import StoreLostError


class Guard:
    """Says no once there is a reason, and keeps the first one."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._why: str | None = None

    def check(self) -> None:
        """Raise StoreLostError if the store may not be used any more."""
        if self._why is not None:
            raise StoreLostError(f"the store {self.name} {self._why}")

    @property
    def is_open(self) -> bool:
        """Whether the store may be used."""
        return self._why is None

    def lose(self, why: str) -> None:
        """Refuse every later use, for this reason."""
        self._why = self._why or why
