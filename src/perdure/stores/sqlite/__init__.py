"""A store in one SQLite file, shared by the processes of one machine.

Reading order: `store` (the port's methods), `commit` (fence first, write second), `reading`;
then what is under them: `writer` and `readers` (who may use a connection, and when),
`turnstile` (processes take turns), `incarnations` (who is dead), `connection`, `place`,
`migrations`, `trouble` (what errors mean) and `guard` (whether the store may be used at all).
"""

from perdure.stores.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
