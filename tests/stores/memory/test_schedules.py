"""Schedules in memory: what `tests/conformance` does not see."""

from perdure.stores.memory.schedules import drop, due, next_due, put
from perdure.stores.memory.tables import Draft, Tables
from tests.conformance.test_schedules import NOW, schedule


def test_a_draft_changes_nothing_before_it_is_kept():
    tables = Tables()
    draft = Draft(tables)

    put(draft, schedule(), 0)
    before = dict(tables.schedules)
    draft.keep()

    assert before == {}
    assert tables.schedules == {"nightly": schedule()}


def test_a_draft_sees_what_it_has_dropped():
    tables = Tables(schedules={"nightly": schedule()})
    draft = Draft(tables)

    assert [drop(draft, "nightly"), drop(draft, "nightly")] == [True, False]
    assert due(tables, NOW + 10) == [schedule()]
    assert next_due(tables, NOW) == NOW + 10
