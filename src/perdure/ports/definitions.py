"""Definitions that are kept in a store: workflows as data, dynamic ones, and templates.

A definition has an id that stays, and revisions: each is what somebody wrote, whole, and never
changes. One that is archived is still there for the runs that it began, and is listed no more.
"""

from typing import Literal, NamedTuple, Protocol

DEFINITION = "definition"
REVISION = "revision"
"""Under which labels a run has the definition, and the revision of it, that it was begun by."""


Standing = Literal["created", "running", "completed", "failed", "cancelled", "archived"]


class DefinitionRow(NamedTuple):
    """A definition at one of its revisions: `version` and `body` (JSON text) are that one's.

    `kind` is workflow, dynamic or template. `said` is the JSON text of what is said of the
    definition beside its revisions. `key` is the idempotency key that it was made under.
    `latest` is the status of the run that it began last, None if there is none; `made_at` and
    `changed_at` are its first and its newest revision's times.
    """

    id: str
    kind: str
    name: str
    revision: int
    version: str
    body: str
    made_at: float
    changed_at: float
    archived_at: float | None = None
    key: str | None = None
    said: str = "{}"
    latest: str | None = None


class DefinitionQuery(NamedTuple):
    """Which definitions to list, and in what order.

    `status` compares what `DefinitionRow.latest` means to people: created, running, completed,
    failed, cancelled, archived. Archived ones are listed only where it is asked for them. `sort` is
    created_at (the newest first), name or status; `backwards` turns it around.
    """

    kinds: tuple[str, ...] = ("workflow", "dynamic")
    status: str | None = None
    name: str | None = None
    sort: str = "created_at"
    backwards: bool = False
    limit: int = 50
    offset: int = 0


def status_of(archived: bool, latest: str | None) -> Standing:
    """Return what a definition's status is, by that of the run which it began last."""
    if archived:
        return "archived"
    if latest is None:
        return "created"
    match latest:
        case "completed" | "failed" | "cancelled":
            return latest
        case _:
            return "running"


class DefinitionKeeper(Protocol):
    """The definitions of a store."""

    def add(self, row: DefinitionRow) -> str:
        """Keep a new definition; return its id, or that of the one that has its key."""

    def revise(self, row: DefinitionRow, old: int) -> bool:
        """Add a revision, where the newest one is `old` and nothing is archived."""

    def say(self, definition: str, said: str, old: str) -> bool:
        """Write what is said of a definition beside its revisions, where `old` stands there."""

    def archive(self, definition: str, at: float) -> bool:
        """Archive a definition; False if there is none that is not archived."""

    def get(self, definition: str, revision: int | None = None) -> DefinitionRow | None:
        """Return a definition, archived or not, at its newest revision or at this one."""

    def revisions(self, definition: str) -> list[tuple[int, str, float]]:
        """Return number, version and time of all revisions, the newest first."""

    def find(self, query: DefinitionQuery) -> list[DefinitionRow]:
        """Return definitions at their newest revisions."""

    def count(self, query: DefinitionQuery) -> int:
        """Return how many there are, whatever the query's limit and offset."""

    def runs(self, definition: str, status: str | None = None) -> int:
        """Return how many runs a definition began that have this status; `live` is what goes on."""
