"""What a database keeps beside the ledger's rows, each part under its own name."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import apsw

from perdure.stores.sqlite.archive import SqliteArchive
from perdure.stores.sqlite.budgets import SqliteBudgets
from perdure.stores.sqlite.data_keys import SqliteKeys
from perdure.stores.sqlite.definitions import SqliteDefinitions
from perdure.stores.sqlite.limits import SqliteLimits
from perdure.stores.sqlite.queues import SqliteQueues

Open = Callable[[], AbstractContextManager[apsw.Connection]]


class Keepers:
    """The runs that are over, the queues, limits, definitions and budgets of a store."""

    def __init__(self, writing: Open, reading: Open) -> None:
        self.archive = SqliteArchive(writing, reading)
        self.queues = SqliteQueues(writing, reading)
        self.limits = SqliteLimits(writing, reading)
        self.data_keys = SqliteKeys(writing, reading)
        self.definitions = SqliteDefinitions(writing, reading)
        self.budgets = SqliteBudgets(writing, reading)
