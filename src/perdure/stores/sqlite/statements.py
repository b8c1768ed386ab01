"""The SQL of the store: one statement a file, by the name of its place under `statements/`."""

from functools import cache
from importlib.resources import files
from typing import Any

import apsw


@cache
def sql(name: str) -> str:
    """Return a statement by its name, such as `commit/fence`; each file is read once.

    It ends where it ends: for a semicolon or a line after it SQLite would be asked to prepare
    what is left, each time anew, which takes as long as a small commit.
    """
    text = (files("perdure.stores.sqlite") / "statements" / f"{name}.sql").read_text(
        encoding="utf-8"
    )
    return text.rstrip().removesuffix(";")


def fetch(db: apsw.Connection, name: str, /, **asked: Any) -> list[tuple[Any, ...]]:
    """Run a statement by its name and return its rows."""
    return db.execute(sql(name), asked).fetchall()
