"""Events over dicts: a draft's are its own until it is kept."""

from perdure.ports.events import Told
from perdure.stores.memory.events import MemoryEventWriter
from perdure.stores.memory.tables import Draft, Tables


def test_a_draft_that_is_dropped_has_told_nothing():
    tables = Tables()
    draft = Draft(tables)
    told = Told("e1", "due", "", None, None, 1.0, 1.0, "{}")

    MemoryEventWriter(draft.events, draft.awaited).tell(told)

    assert tables.events.events == {}
    draft.keep()
    assert tables.events.events == {"e1": told}
