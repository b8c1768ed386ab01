"""Messages over dicts."""

import pytest

from perdure.errors import RunNotFoundError
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced
from perdure.stores.memory.commit import apply
from perdure.stores.memory.inbox import deliver, put
from perdure.stores.memory.tables import Broadcast, Draft, Tables
from tests.conformance.given import NOW, born, commit, wait


@pytest.fixture
def tables():
    made = Tables()
    draft = Draft(made)
    apply(made, draft, commit(born=[born("r1"), born("r2")], waits_made=[wait("r1"), wait("r2")]))
    draft.keep()
    return made


def test_a_message_of_a_dropped_draft_uses_no_key(tables):
    message = InboxMade("r1", "m", None, "k")
    put(tables, Draft(tables), [message])

    (number,) = put(tables, Draft(tables), [message])

    assert number is not None


def test_a_message_for_an_unknown_run_is_refused(tables):
    with pytest.raises(RunNotFoundError):
        put(tables, Draft(tables), [InboxMade("nobody", "m", None, None)])


def test_a_broadcast_remembers_how_far_it_came(tables):
    tables.signals[1] = Broadcast(Announced("go", "m", None, None, None, NOW), most=9)

    first = deliver(tables, Draft(tables), 1, 1)
    second = deliver(tables, Draft(tables), 1, 1)

    assert first[:2] == ([("r1", "signal")], True)
    assert second[:2] == ([("r2", "signal")], False)
    assert not tables.signals
