"""The steps from an empty database to today's: numbered files, applied once, forward only."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import apsw

from perdure.errors import StoreError, StoreNewerError

APPLICATION_ID = 0x70657264  # 'perd': tells our files from other people's


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; what was applied is known by its checksum."""

    number: int
    name: str
    script: str

    @property
    def checksum(self) -> str:
        """Return the hash of the script."""
        return hashlib.sha256(self.script.encode()).hexdigest()


@cache
def known() -> tuple[Migration, ...]:
    """Return this code's migrations, in order."""
    folder = files("perdure.stores.sqlite") / "migrations"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    made = [(name, (folder / name).read_text(encoding="utf-8")) for name in names]
    return tuple(Migration(int(name[:4]), name, script=script) for name, script in made)


def is_current(db: apsw.Connection) -> bool:
    """Whether nothing is left to apply; what was applied is not looked at again."""
    return _version(db) == known()[-1].number and _is_ours(db) and not _statistics(db)


def migrate(
    db: apsw.Connection, path: str, migrations: tuple[Migration, ...] | None = None
) -> None:
    """Bring a database to today's tables, within the open transaction.

    Raises StoreNewerError for a newer database, StoreError for one that is not ours or was made
    by scripts that are not these.
    """
    migrations = known() if migrations is None else migrations
    version = _version(db)
    _check_ours(db, path, version)
    if version > len(migrations):
        raise StoreNewerError(
            f"{path} was written by a newer perdure (its tables are at {version}, this one knows"
            f" {len(migrations)}). Upgrade perdure, or name another store with PERDURE_STORE."
        )
    if version:
        _check_applied(db, path, migrations[:version])
    for migration in migrations[version:]:
        _apply(db, migration)
    for table in _statistics(db):
        # from a moment when a table was short they would turn a seek in it into a scan for ever
        db.execute(f"DROP TABLE {table}")


def _apply(db: apsw.Connection, migration: Migration) -> None:
    if migration.number == 1:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(
            "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
            " checksum TEXT NOT NULL) STRICT"
        )
    db.execute(migration.script)
    db.execute(
        "INSERT INTO migrations VALUES (?, ?, ?)",
        (migration.number, migration.name, migration.checksum),
    )
    db.execute(f"PRAGMA user_version = {migration.number}")


def _check_ours(db: apsw.Connection, path: str, version: int) -> None:
    if _is_ours(db):
        return
    if version or db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
        raise StoreError(
            f"{path} is a SQLite database, but not a store of perdure. Name another file."
        )


def _check_applied(db: apsw.Connection, path: str, migrations: tuple[Migration, ...]) -> None:
    applied = db.execute("SELECT name, checksum FROM migrations ORDER BY number").fetchall()
    wanted = [(migration.name, migration.checksum) for migration in migrations]
    for found, ours in zip(applied, wanted, strict=True):
        if found != ours:
            raise StoreError(
                f"{path} was made by {found[0]} as it is not known here. It belongs to another"
                " build of perdure: open it with that one, or name another store."
            )


def _version(db: apsw.Connection) -> int:
    return int(db.pragma("user_version"))


def _is_ours(db: apsw.Connection) -> bool:
    return bool(db.pragma("application_id") == APPLICATION_ID)


def _statistics(db: apsw.Connection) -> list[str]:
    """Return the tables that somebody's ANALYZE has left."""
    found = db.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'sqlite_stat_'")
    return [str(name) for (name,) in found]
