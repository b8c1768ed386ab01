"""The mailbox over dicts; what any store does is in tests/conformance/test_mailbox.py."""

from perdure.ports.broadcasts import Call, Letter
from perdure.stores.memory import mailbox
from perdure.stores.memory.tables import Draft, Tables


def test_what_nobody_passed_for_stays():
    tables = Tables(mailbox={1: Letter(1, "go", "k", "m", None, None, None, 0.0, 9.0)})
    draft = Draft(tables)

    assert mailbox.answer(tables, draft, {}, [Call("r1", "go", "k", "w", 0.0)], 1.0) == []
    assert draft.mailbox == tables.mailbox
