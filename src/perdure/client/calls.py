"""What all calls of a client share: the engine that they work with, and pages of lists."""

from collections.abc import Sequence
from typing import Any

from perdure.app.engine import Engine
from perdure.client.embedded import Embedded


class Page(list[Any]):
    """A page of a list; `total` is how many there are on all pages, `has_more` whether more follow."""

    def __init__(self, items: Sequence[Any], *, total: int, has_more: bool) -> None:
        super().__init__(items)
        self.total = total
        self.has_more = has_more


class Calls:
    """Calls over an engine in this process."""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    @property
    def _engine(self) -> Engine:
        return self._embedded.get()
