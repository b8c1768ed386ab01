"""The SQL of the store: one statement a file, by the name of its place under `statements/`."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import apsw

from perdure.stores.rows import Row, encode_rows, refuse_odd
from perdure.wire.encoding import decode

FEW = 4
"""So many rows are bound one by one; more travel as one JSON text."""

_VALUES = re.compile(r"VALUES \(([?, ]+)\)(.*)", re.DOTALL)


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


@cache
def sql_of_many(name: str) -> str:
    """Return what does for a JSON array of rows what `commit/NAME` does for the values of one.

    An insert is the same but for where its values come from; others are under `many`, of which
    questions give one text, a JSON array of rows.
    """
    text = sql(f"commit/{name}")
    found = _VALUES.search(text)
    if found is None:
        return sql(f"many/{name}")
    columns = ", ".join(f"value->>{n}" for n in range(found.group(1).count("?")))
    values = f"SELECT {columns} FROM jsonb_each(?) WHERE true"  # noqa: S608
    return text[: found.start()] + values + found.group(2)


def write(db: apsw.Connection, name: str, rows: Sequence[Row]) -> None:
    """Run `commit/NAME` for rows: for each of them if they are few, else for all at once.

    To bind a row's values takes half the time of reading them out of JSON. But apsw lets go of the
    interpreter's lock for each statement and each row of an answer, and beside a busy thread it is
    long in coming back.
    """
    if len(rows) <= FEW:
        refuse_odd(rows)
        db.executemany(sql(f"commit/{name}"), rows)
    else:
        db.execute(sql_of_many(name), (encode_rows(rows),))


def ask(db: apsw.Connection, name: str, rows: Sequence[Row]) -> list[Any]:
    """Return what `commit/NAME` answers to these rows, asked as `write` writes."""
    if len(rows) <= FEW:
        refuse_odd(rows)
        return list(db.executemany(sql(f"commit/{name}"), rows))
    ((text,),) = db.execute(sql_of_many(name), (encode_rows(rows),))
    answers: list[Any] = decode(text)
    return answers


def fetch(db: apsw.Connection, name: str, /, **asked: Any) -> list[tuple[Any, ...]]:
    """Run a statement by its name and return its rows."""
    return db.execute(sql(name), asked).fetchall()
