"""Every store there is: what `ports.store` says holds for each of them."""

import pytest

from perdure.stores.memory import MemoryStore
from perdure.stores.sqlite import SqliteStore, statements

AT_ONCE = "sqlite, rows at once"
MAKERS = {
    "memory": lambda _: MemoryStore(),
    "sqlite": lambda folder: SqliteStore(folder / "perdure.db"),
    "sqlite in memory": lambda _: SqliteStore.in_memory(),
    AT_ONCE: lambda _: SqliteStore.in_memory(),
}


@pytest.fixture(params=MAKERS)
def store(request, tmp_path, monkeypatch):
    if request.param == AT_ONCE:
        monkeypatch.setattr(statements, "FEW", 0)
    opened = MAKERS[request.param](tmp_path)
    yield opened
    opened.close()
