"""Drivers of PEP 249 that no module of ours is: they differ in marks and in what they say."""

import sqlite3


class Driver:
    """Another driver over a file of SQLite: PEP 249 and no more, with marks of its own."""

    def __init__(self, path, style, **said):
        self._db = sqlite3.connect(path)
        self.paramstyle = style
        self.executed = []
        for name, value in said.items():
            setattr(self, name, value)

    def cursor(self):
        return Cursor(self._db.cursor(), self)

    def commit(self):
        self._db.commit()

    def rollback(self):
        self._db.rollback()

    def close(self):
        self._db.close()


class Cursor:
    def __init__(self, cursor, driver):
        self._cursor, self._driver = cursor, driver

    def execute(self, statement, values=()):
        style = self._driver.paramstyle
        self._driver.executed.append(statement)
        if style in ("format", "pyformat"):
            assert "?" not in statement
            statement = statement.replace("%s", "?")
        elif style == "numeric":
            statement = statement.replace(":", "?")
        self._cursor.execute(statement, values)

    def fetchall(self):
        return self._cursor.fetchall()


STYLES = ("qmark", "format", "pyformat", "numeric", "named")
