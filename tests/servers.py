"""Database servers of their own for tests, where this machine has their programs.

A test that needs one is skipped elsewhere; where `CI=true` that is a failure, as `.ci/run`
installs them.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 60.0
NOBODY = "nobody"  # PostgreSQL refuses to be run by root


@dataclass(frozen=True)
class Postgresql:
    """A PostgreSQL server on a socket in a folder. Called, it connects to it (psycopg)."""

    folder: Path

    def __call__(self, **options: Any) -> Any:
        import psycopg

        return psycopg.connect(host=str(self.folder), user="perdure", dbname="postgres", **options)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it."""
        places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        initdb, server = _program("initdb", *places), _program("postgres", *places)
        _make(self.folder)
        data = str(self.folder / "data")
        _run(initdb, "-D", data, "-U", "perdure", "-A", "trust", "--no-sync")
        command = [server, "-D", data, "-k", str(self.folder), "-c", "listen_addresses="]
        with _running(command, self.folder / ".s.PGSQL.5432"):
            yield


@dataclass(frozen=True)
class Mariadb:
    """A MariaDB server, which speaks MySQL's protocol. Called, it connects to it (PyMySQL)."""

    folder: Path

    def __call__(self, **options: Any) -> Any:
        import pymysql

        socket = str(self.folder / "socket")
        return pymysql.connect(unix_socket=socket, user="root", database="test", **options)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it."""
        install = _program("mariadb-install-db")
        server = _program("mariadbd", Path("/usr/sbin"))
        _make(self.folder)
        data = f"--datadir={self.folder / 'data'}"
        _run(install, "--no-defaults", data, "--auth-root-authentication-method=normal")
        socket = self.folder / "socket"
        options = [f"--socket={socket}", f"--pid-file={self.folder / 'pid'}", "--skip-networking"]
        with _running([server, "--no-defaults", data, *options], socket):
            yield


def _program(name: str, *places: Path) -> str:
    found = shutil.which(name, path=os.pathsep.join([*map(str, places), os.environ["PATH"]]))
    if found is None:
        told = f"this machine has no {name}"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{told}, which .ci/run installs")
        pytest.skip(told)
    return found


def _make(folder: Path) -> None:
    """Make a folder that belongs to the user that the server is run by."""
    folder.mkdir(mode=0o700)
    if os.getuid() == 0:
        shutil.chown(folder, NOBODY)


def _user() -> str | None:
    return NOBODY if os.getuid() == 0 else None


def _run(*command: str) -> None:
    done = subprocess.run(
        command, user=_user(), capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _running(command: list[str], socket: Path) -> Iterator[None]:
    """Run a server until the block ends, which begins once it listens."""
    server = subprocess.Popen(
        command, user=_user(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/"
    )
    try:
        until = time.monotonic() + PATIENCE
        while not socket.exists():
            if server.poll() is not None or time.monotonic() > until:
                server.kill()
                raise AssertionError(server.communicate()[1].decode())
            time.sleep(0.02)
        yield
    finally:
        server.terminate()
        server.communicate()
