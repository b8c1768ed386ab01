"""The settings: defaults, then `perdure.toml`, then the environment (`PERDURE_...`).

Read by hand and not by a library: a script that runs one step is to end within a third of a
second, and these few names do not need more.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from perdure.errors import ConfigError

Durability = Literal["full", "process"]

DEFAULT_STORE = Path(".perdure") / "perdure.db"
MEMORY = ":memory:"
FILE = "perdure.toml"
TABLES = ("models",)
"""The tables of the file, which others read: `read_table`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How an engine is set up. Times are in seconds.

    `store` is the database file (`:memory:` keeps nothing), `worker` whether an engine executes
    (`on`) or only starts and signals (`off`), `threads`, `coroutines` and `processes` how many
    steps run at a time, `grace_seconds` how long a cancelled step in a process has to end by
    itself, `queues` which ones it serves, by name with commas between (all, where it is empty),
    `exit_seconds` how long a script that ends goes on with what is ready, `mailbox_seconds` how
    long a signal with a key that nobody waits for is kept, `keep_days` for how many days runs are
    kept that have ended, where their workflow does not say (0: for ever).
    """

    store: str = str(DEFAULT_STORE)
    worker: str = "on"
    durability: Durability = "full"
    threads: int = 32
    coroutines: int = 1000
    processes: int = os.cpu_count() or 1
    grace_seconds: float = 5.0
    lease_seconds: float = 30.0
    exit_seconds: float = 5.0
    queues: str = ""
    mailbox_seconds: float = 7 * 86400.0
    keep_days: float = 30.0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant. Raises ConfigError."""
        if self.worker not in ("on", "off"):
            raise ConfigError(f"worker is {self.worker!r}; it can be 'on' or 'off'")
        if self.durability not in ("full", "process"):
            raise ConfigError(f"durability is {self.durability!r}; it can be 'full' or 'process'")
        if self.keep_days < 0:
            raise ConfigError(f"keep_days is {self.keep_days!r}; it can be 0 (for ever) or more")
        for name in ("threads", "coroutines", "processes", "lease_seconds"):
            if getattr(self, name) <= 0:
                raise ConfigError(f"{name} is {getattr(self, name)!r}; it must be more than 0")

    @property
    def served(self) -> tuple[str, ...] | None:
        """The queues that are served; None for all of them."""
        names = (name.strip() for name in self.queues.split(","))
        return tuple(dict.fromkeys(name for name in names if name)) or None

    @property
    def keep_seconds(self) -> float | None:
        """For how long a run is kept after its end; None for ever."""
        return self.keep_days * 86400.0 or None

    @property
    def path(self) -> Path | None:
        """The database file; None for a store in memory."""
        return None if self.store == MEMORY else Path(self.store).expanduser().absolute()


_in_memory = False


def keep_in_memory(on: bool = True) -> None:
    """Have stores kept in memory in this process, but where a path is given or PERDURE_STORE is set.

    The pytest plugin turns it on, so that tests never run the live runs of a developer's store.
    """
    global _in_memory  # noqa: PLW0603
    _in_memory = on


def load_config(
    environ: Mapping[str, str] | None = None, folder: Path | None = None, **given: Any
) -> Config:
    """Return the settings. `given` wins over the environment, that over `perdure.toml`.

    Raises ConfigError that names the setting and where it comes from.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    file = (folder or Path.cwd()) / FILE
    if file.is_file():
        values |= _from_file(file)
    if _in_memory:
        values["store"] = MEMORY
    for field in fields(Config):
        name = f"PERDURE_{field.name.upper()}"
        if name in environ:
            values[field.name] = _typed(field.name, environ[name], name)
    values |= {name: value for name, value in given.items() if value is not None}
    return Config(**values)


def read_table(name: str, folder: Path | None = None) -> tuple[Path, dict[str, Any]]:
    """Return `perdure.toml`, and what it says in a table of that name; nothing if it has none.

    Raises ConfigError.
    """
    file = (folder or Path.cwd()) / FILE
    said = _body(file).get(name, {}) if file.is_file() else {}
    if not isinstance(said, dict):
        raise ConfigError(f"{file}: {name} is {said!r}, not a table")
    return file, said


def _body(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not TOML: {error}") from error


def _from_file(file: Path) -> dict[str, Any]:
    body = {name: said for name, said in _body(file).items() if name not in TABLES}
    known = {field.name for field in fields(Config)}
    if unknown := sorted(set(body) - known):
        names = ", ".join(sorted((*known, *TABLES)))
        raise ConfigError(f"{file}: unknown setting {unknown[0]!r}; there are {names}")
    return {name: _typed(name, value, str(file)) for name, value in body.items()}


def _typed(name: str, value: Any, place: str) -> Any:
    kind = {field.name: field.type for field in fields(Config)}[name]
    wanted = kind if kind in (int, float) else str
    try:
        return wanted(value)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{place}: {name} is {value!r}, not {wanted.__name__}") from error
