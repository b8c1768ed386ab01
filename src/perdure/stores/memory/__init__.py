"""A store of plain dicts in one process, for tests and sandboxes: it ends with the process.

Reading order: `tables` (what is kept), `commit` (fence first, write second), `store`.
"""

from perdure.stores.memory.store import MemoryStore

__all__ = ["MemoryStore"]
