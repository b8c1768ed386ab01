"""A process that does nothing but rotate the master key: `python -m tests.crash.rotor STORE`."""

import sys
from contextlib import closing
from pathlib import Path

from perdure.app.clock import SystemClock
from perdure.app.sealing import Secrets
from perdure.stores.sqlite import SqliteStore


def main(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        secrets = Secrets(store, path, SystemClock())
        while True:
            sys.stdout.write(f"{secrets.rotate()}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
